"""What the components share about Rasa messages."""

from __future__ import annotations

from typing import Any

from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message


def is_payload(message: Message) -> bool:
    """Whether the text is a button's payload (``/more``), which Rasa itself turns into an intent."""
    return (message.get(TEXT) or "").startswith(INTENT_MESSAGE_PREFIX)


def add_entity(
    message: Message, entity: str, value: str, extractor: str, span: tuple[int, int] | None = None
) -> None:
    """Append an entity; ``span`` is its half-open range in the text, the whole text if there is none."""
    start, end = span or (0, len(message.get(TEXT) or ""))
    found: list[dict[str, Any]] = list(message.get(ENTITIES) or [])
    found.append(
        {
            "entity": entity,
            "value": value,
            "start": start,
            "end": end,
            "confidence": 1.0,
            "extractor": extractor,
        }
    )
    message.set(ENTITIES, found, add_to_output=True)
