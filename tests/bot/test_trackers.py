from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from bot import trackers

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, settings: Settings) -> Path:
    """The file as `bot.assistant.tracker_store` makes it (that runs in Rasa's Python only)."""
    settings.TRACKER_FILE = tmp_path / "trackers.sqlite3"
    with sqlite3.connect(settings.TRACKER_FILE) as connection:
        connection.execute(
            "CREATE TABLE trackers (sender_id TEXT PRIMARY KEY, updated REAL NOT NULL, dialogue TEXT NOT NULL)"
        )
        rows = [("old", NOW.timestamp() - 10, "{}"), ("new", NOW.timestamp() + 10, "{}")]
        connection.executemany("INSERT INTO trackers VALUES (?, ?, ?)", rows)
    return tmp_path / "trackers.sqlite3"


def left(store: Path) -> list[str]:
    with sqlite3.connect(store) as connection:
        return [row[0] for row in connection.execute("SELECT sender_id FROM trackers ORDER BY updated")]


def test_forgetting_deletes_that_conversation_only(store: Path) -> None:
    assert trackers.forget(["new", "no-such"]) == 1
    assert left(store) == ["old"]


def test_purging_deletes_what_is_older(store: Path) -> None:
    assert trackers.purge(NOW) == 1
    assert left(store) == ["new"]


def test_nothing_to_do_before_rasa_ran(tmp_path: Path, settings: Settings) -> None:
    settings.TRACKER_FILE = tmp_path / "none.sqlite3"
    assert trackers.forget(["a"]) == 0
    assert trackers.purge(NOW) == 0
