"""What the worker does by itself: a new index after a change in the console, and forgetting."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django.fixtures import Settings

from channels.models import InboundMessage
from channels.worker import upkeep
from knowledge_base.models import ContentVersion


@pytest.mark.django_db(transaction=True)
async def test_a_change_in_the_console_makes_a_new_index(monkeypatch: pytest.MonkeyPatch) -> None:
    rebuilt = asyncio.Event()
    versions = iter([1, 1, 2, 2, 2])

    async def run(name: str) -> bool:
        assert name == "build_index"
        rebuilt.set()
        return True

    monkeypatch.setattr(upkeep, "EVERY_S", 0.01)
    monkeypatch.setattr(upkeep, "run_command", run)
    monkeypatch.setattr(upkeep, "forget_what_is_old", lambda: 0)
    monkeypatch.setattr(ContentVersion, "current", lambda: next(versions, 2))
    task = asyncio.create_task(upkeep.upkeep_for_ever())
    await asyncio.wait_for(rebuilt.wait(), timeout=5)
    task.cancel()


@pytest.mark.django_db
def test_old_messages_and_rasas_memory_of_them_are_forgotten(tmp_path: Path, settings: Settings) -> None:
    settings.TRACKER_FILE = tmp_path / "trackers.sqlite3"
    old = timezone.now() - timedelta(days=django_settings.SAFAR.retention_days + 1)
    with sqlite3.connect(settings.TRACKER_FILE) as connection:
        connection.execute(
            "CREATE TABLE trackers (sender_id TEXT PRIMARY KEY, updated REAL NOT NULL, dialogue TEXT NOT NULL)"
        )
        connection.execute("INSERT INTO trackers VALUES ('p', ?, '{}')", (old.timestamp(),))
    assert upkeep.forget_what_is_old() == 1
    assert InboundMessage.objects.count() == 0
    with sqlite3.connect(settings.TRACKER_FILE) as connection:
        assert connection.execute("SELECT count(*) FROM trackers").fetchone() == (0,)
