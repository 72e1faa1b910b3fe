"""Callers that come at the same time share one call (leader and followers); a caller alone waits for nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Result = TypeVar("Result")
_LARGEST = 16


class _Asked(Generic[Result]):
    """What one caller waits for. ``woken``: its answer is there, or it is its turn to lead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.woken = threading.Event()
        self.answered = False
        self.result: Result | None = None
        self.error: Exception | None = None

    def succeed(self, result: Result) -> None:
        self.result, self.answered = result, True

    def fail(self, error: Exception) -> None:
        self.error, self.answered = error, True


class Batcher(Generic[Result]):
    """One text in, one result out, for any number of threads. ``work`` is called by one thread at a time."""

    def __init__(self, work: Callable[[Sequence[str]], Sequence[Result]], largest: int = _LARGEST) -> None:
        self._work = work
        self._largest = largest
        self._lock = threading.Lock()
        self._waiting: list[
            _Asked[Result]
        ] = []  # while there is a leader, it is the first until it has begun
        self._led = False

    def __call__(self, text: str) -> Result:
        """Raises what ``work`` raises for this text."""
        asked = _Asked[Result](text)
        with self._lock:
            self._waiting.append(asked)
            follows, self._led = self._led, True
        if follows:
            asked.woken.wait()
        if not asked.answered:
            self._lead(asked)
        if asked.error:
            raise asked.error
        return asked.result  # type: ignore[return-value]  # answered without an error

    def _lead(self, leader: _Asked[Result]) -> None:
        """Answer all that wait, the leader among them; then the next that waits leads."""
        with self._lock:
            batch = self._waiting[: self._largest]
            del self._waiting[: self._largest]
        try:
            self._answer(batch)
        finally:
            self._hand_over([asked for asked in batch if asked is not leader])

    def _answer(self, batch: Sequence[_Asked[Result]]) -> None:
        try:
            results = self._work([asked.text for asked in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].fail(error)
                return
            for asked in batch:  # one at a time, so that a text that cannot be worked on hurts nobody else
                self._answer([asked])
        else:
            for asked, result in zip(batch, results, strict=True):
                asked.succeed(result)

    def _hand_over(self, followers: Sequence[_Asked[Result]]) -> None:
        """An interrupted leader leaves followers without an answer; they wait again, first in the row."""
        with self._lock:
            self._waiting[:0] = [asked for asked in followers if not asked.answered]
            following = self._waiting[0] if self._waiting else None
            self._led = following is not None
        for asked in followers:
            if asked.answered:
                asked.woken.set()
        if following:
            following.woken.set()
