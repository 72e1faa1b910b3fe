from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connections

from bot import trackers

pytestmark = pytest.mark.django_db(databases=["default", "trackers"])
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def events() -> Iterator[None]:
    """The table as Rasa's SQLTrackerStore makes it."""
    with connections["trackers"].cursor() as cursor:
        cursor.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255), timestamp FLOAT, data TEXT)"
        )
        rows = [("a", NOW.timestamp() - 10), ("a", NOW.timestamp() + 10), ("b", NOW.timestamp() - 10)]
        cursor.executemany("INSERT INTO events (sender_id, timestamp, data) VALUES (%s, %s, '{}')", rows)
    yield
    with connections["trackers"].cursor() as cursor:
        cursor.execute("DROP TABLE events")


def left() -> list[str]:
    with connections["trackers"].cursor() as cursor:
        cursor.execute("SELECT sender_id FROM events ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_forgetting_deletes_that_conversation_only(events: None) -> None:
    assert trackers.forget(["a", "no-such"]) == 2
    assert left() == ["b"]


def test_purging_deletes_what_is_older(events: None) -> None:
    assert trackers.purge(NOW) == 2
    assert left() == ["a"]


def test_nothing_to_do_before_rasa_ran() -> None:
    assert trackers.forget(["a"]) == 0
    assert trackers.purge(NOW) == 0
