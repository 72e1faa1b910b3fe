"""The worker's one event loop, in a thread of its own: clients keep their connections from task to task."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
DRAIN_S = 3.0  # what is under way may finish within this time when the worker stops


class EventLoopThread:
    """Runs coroutines for threads that have no event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="event-loop", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Waits for the result; raises what the coroutine raises."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def begin(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Starts it and does not wait."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def stop(self) -> None:
        """Lets what is under way finish for a moment, then cancels it: leases are given back on the way out."""
        self.run(_drain())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=DRAIN_S)


async def _drain() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if not others:
        return
    _, late = await asyncio.wait(others, timeout=DRAIN_S)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late, timeout=DRAIN_S)


event_loop = EventLoopThread()
