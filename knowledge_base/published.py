"""The library as it is published now, kept in memory and reloaded when staff change something.

`current_library` may be called from any thread; from a coroutine call ``await acurrent_library()``. A reload happens
in one thread only; the others go on with what is there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from asgiref.sync import sync_to_async
from django.db import DatabaseError

from knowledge_base.content import Library

CHECK_EVERY_S = 1.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Loaded:
    library: Library
    version: int
    checked_at: float


class _Shelf:
    """The last loaded library. Reads are one attribute access, so that no lock is needed for them."""

    def __init__(self) -> None:
        self.loaded: _Loaded | None = None
        self.lock = threading.Lock()


_shelf = _Shelf()


def current_library() -> Library:
    """The published library, not older than a second. One small query a second, a full read after a change."""
    loaded = _shelf.loaded
    if loaded is not None and time.monotonic() - loaded.checked_at < CHECK_EVERY_S:
        return loaded.library
    if not _shelf.lock.acquire(blocking=loaded is None):
        assert loaded is not None  # noqa: S101  the lock is only skipped when something is loaded
        return loaded.library
    try:
        return _refreshed().library
    except DatabaseError:
        if loaded is None:
            raise
        logger.exception(
            "The database did not answer; going on with the library of version %s.", loaded.version
        )
        _shelf.loaded = replace(loaded, checked_at=time.monotonic())
        return loaded.library
    finally:
        _shelf.lock.release()


async def acurrent_library() -> Library:
    """`current_library` for coroutines: the database is asked in a thread, and only when a check is due."""
    loaded = _shelf.loaded
    if loaded is not None and time.monotonic() - loaded.checked_at < CHECK_EVERY_S:
        return loaded.library
    return await sync_to_async(current_library, thread_sensitive=True)()


def forget() -> None:
    """Drop what is in memory; the next call reads the database."""
    _shelf.loaded = None


def _refreshed() -> _Loaded:
    from knowledge_base.models import ContentVersion
    from knowledge_base.rows import library_from_rows

    now, version, loaded = time.monotonic(), ContentVersion.current(), _shelf.loaded
    if loaded is None or loaded.version != version:
        loaded = _Loaded(library_from_rows(), version, now)
    _shelf.loaded = _Loaded(loaded.library, version, now)
    return _shelf.loaded


@contextmanager
def pinned(library: Library) -> Iterator[None]:
    """Within the block this is the published library, whatever the database says: for tools that work from files."""
    before = _shelf.loaded
    _shelf.loaded = _Loaded(library, version=-1, checked_at=float("inf"))
    try:
        yield
    finally:
        _shelf.loaded = before
