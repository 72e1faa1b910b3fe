"""Rasa's memory of conversations, in SQLite: one row a conversation, holding its current session.

Rasa's own SQL store writes a row an event through an ORM and counts them again at every save: 45 % of a turn's time in Rasa
(`make bench`). Its Redis store, which keeps a conversation under one key as this does, serves where several machines share the work.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker

# The web process deletes from this table (bot/trackers.py).
TABLE = "CREATE TABLE IF NOT EXISTS trackers (sender_id TEXT PRIMARY KEY, updated REAL NOT NULL, dialogue TEXT NOT NULL)"
SAVE = (
    "INSERT INTO trackers VALUES (?, ?, ?) "
    "ON CONFLICT (sender_id) DO UPDATE SET updated = excluded.updated, dialogue = excluded.dialogue"
)


class SessionTrackerStore(TrackerStore, SerializedTrackerAsText):
    """`db` is the path of the SQLite file. Only the current session is kept: its first events set the slots anew."""

    def __init__(
        self, domain: Domain, db: str, event_broker: EventBroker | None = None, **kwargs: Any
    ) -> None:
        # Rasa names its own keyword for the address; we have none.
        kwargs.pop("host", None)
        self._connection = sqlite3.connect(db, timeout=20, isolation_level=None)
        # WAL and NORMAL: no wait for the disk in a turn; after a power cut the last turns' memory may be gone, no answer is.
        self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {TABLE};")
        super().__init__(domain, event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        dialogue = {
            "name": tracker.sender_id,
            "events": [event.as_dict() for event in current_session(list(tracker.events))],
        }
        self._connection.execute(SAVE, (tracker.sender_id, time.time(), json.dumps(dialogue)))

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        row = self._connection.execute(
            "SELECT dialogue FROM trackers WHERE sender_id = ?", (sender_id,)
        ).fetchone()
        return self.deserialise_tracker(sender_id, row[0]) if row else None

    async def keys(self) -> Iterable[str]:
        return [row[0] for row in self._connection.execute("SELECT sender_id FROM trackers")]


def current_session(events: list[Event]) -> list[Event]:
    """From the last start of a session on. Rasa sets the carried-over slots again right after it."""
    for index in range(len(events) - 1, -1, -1):
        event = events[index]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_SESSION_START_NAME:
            return events[index:]
    return events
