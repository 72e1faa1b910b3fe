"""Runs a database step outside the event loop, on threads that keep their connections.

Django gives each request a thread, and so a connection, of its own; opening SQLite and setting its pragmas costs more than
the step itself. SQLite has one writer at a time, so one thread is enough and nobody waits in its busy handler.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection

P = ParamSpec("P")
T = TypeVar("T")


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1 if connection.vendor == "sqlite" else 8, thread_name_prefix="database")


async def in_database(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of ``step``; its exceptions are raised here.

    With the setting DATABASE_ON_CALLERS_THREAD it runs on the thread that called ``async_to_sync``, inside its transaction:
    that is how tests see what they wrote.
    """
    if getattr(settings, "DATABASE_ON_CALLERS_THREAD", False):
        return await sync_to_async(step)(*args, **kwargs)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads(), partial(_step, step, *args, **kwargs))


def _step(step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    try:
        return step(*args, **kwargs)
    except DatabaseError:
        if not connection.in_atomic_block:
            connection.close()  # it may be the connection that broke; the next step opens a new one
        raise
