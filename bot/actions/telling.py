"""What all actions share: to hand on an outcome, and to read an entity."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.outcomes import Outcome

Events = list[dict[str, Any]]


def tell(dispatcher: CollectingDispatcher, outcome: Outcome) -> None:
    """Outcomes travel as Rasa's custom message; `bot.composing` words them."""
    dispatcher.utter_message(json_message=outcome.to_json())


def entity(tracker: Tracker, name: str) -> str | None:
    return next(tracker.get_latest_entity_values(name), None)
