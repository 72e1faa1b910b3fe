"""How far a build is: for whoever waits for it at a terminal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from threading import Lock
from typing import NoReturn

from tqdm import tqdm

Progress = Callable[[str, int, int], object]
"""Called, from any thread, with what is being done, how much of it was done since the last call, and how much there is."""


class Bars(ExitStack):
    """A bar for each thing that is done; none where nobody looks."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: dict[str, tqdm[NoReturn]] = {}
        self._lock = Lock()

    def progress(self, stage: str, done: int, total: int) -> None:
        with self._lock:
            if stage not in self._bars:
                self._bars[stage] = self.enter_context(
                    tqdm(desc=stage, total=total, disable=None, leave=False)
                )
            self._bars[stage].update(done)


def tell_nobody(stage: str, done: int, total: int) -> None:
    pass
