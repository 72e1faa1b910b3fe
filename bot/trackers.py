"""Deletes from Rasa's tracker store. Rasa keeps what people wrote in its table ``events`` and never deletes by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import connections

ALIAS = "trackers"  # the database that endpoints.yml names
TABLE = "events"  # rasa.core.tracker_store.SQLTrackerStore


def forget(conversations: Iterable[str]) -> int:
    """Delete whole conversations by pseudonym; the number of events deleted."""
    return sum(_delete("sender_id = %s", conversation) for conversation in conversations)


def purge(before: datetime) -> int:
    """Delete events older than `before` (aware); the number deleted. Slots older than that are forgotten with them."""
    return _delete("timestamp < %s", before.timestamp())


def _delete(condition: str, value: object) -> int:
    connection = connections[ALIAS]
    if TABLE not in connection.introspection.table_names():
        return 0  # Rasa has not run yet
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE {condition}", [value])  # noqa: S608 (both are constants of this module)
        return max(0, cursor.rowcount)
