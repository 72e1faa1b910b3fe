"""The task queue. It only wakes the worker; what there is to do stands in the database."""

from __future__ import annotations

from django.conf import settings
from huey import Huey, RedisHuey, SqliteHuey

NAME = "safar"


def build_queue() -> Huey:
    """Redis when one is configured, else a SQLite file that needs no server."""
    if settings.SAFAR.redis_url:
        return RedisHuey(NAME, url=settings.SAFAR.redis_url, results=False)
    return SqliteHuey(NAME, filename=str(settings.HUEY_FILE), results=False)


queue = build_queue()
