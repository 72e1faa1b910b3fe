"""Deletes from Rasa's memory of conversations, which holds what people wrote and which Rasa itself never deletes from."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import redis
from django.conf import settings

REDIS_KEY = "tracker:{}"  # rasa.core.tracker_store.RedisTrackerStore


def forget(conversations: Iterable[str]) -> int:
    """Delete conversations by pseudonym; how many there were."""
    names = list(conversations)
    if settings.SAFAR.rasa_tracker_redis:
        with closing(redis.Redis.from_url(settings.SAFAR.rasa_tracker_redis)) as client:
            return int(client.delete(*(REDIS_KEY.format(name) for name in names))) if names else 0
    return sum(_delete("sender_id = ?", name) for name in names)


def purge(before: datetime) -> int:
    """Delete conversations untouched since `before` (aware); how many. Redis expires them by itself (record_exp)."""
    if settings.SAFAR.rasa_tracker_redis:
        return 0
    return _delete("updated < ?", before.timestamp())


def _delete(condition: str, value: str | float) -> int:
    """From the table of `bot.assistant.tracker_store`; 0 if Rasa has not run yet."""
    if not Path(settings.TRACKER_FILE).exists():
        return 0
    with closing(sqlite3.connect(settings.TRACKER_FILE, timeout=20)) as connection, connection:
        return connection.execute(f"DELETE FROM trackers WHERE {condition}", (value,)).rowcount  # noqa: S608 (constants)
