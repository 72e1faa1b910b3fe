"""One turn of a conversation: what the person sent in, a `Reply` out. Never raises for anything a person can send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.replies import Reply

MediaKind = Literal["voice", "image", "video", "document", "sticker", "location", "contact", "other"]


@dataclass(frozen=True, slots=True)
class Turn:
    """What the person sent.

    conversation: pseudonym of (channel, address), stable, not reversible without the key.
    text: what was typed; empty when only media came.
    payload: a button's payload when a button was tapped (or its number or title typed), else None.
    media: kind of attachment that we cannot read, if any.
    language: pinned or last known language tag of the conversation, or None on first contact.
    pinned: the person chose `language`, do not follow the message's language.
    first_contact: no message of this conversation was answered before.
    message_id: our id of the stored message, for idempotency and logs.
    """

    conversation: str
    text: str
    channel: str
    payload: str | None = None
    media: MediaKind | None = None
    language: str | None = None
    pinned: bool = False
    first_contact: bool = False
    message_id: str = ""


async def take_turn(turn: Turn) -> Reply:
    """Ask the dialogue engine; when it is down or slow, answer straight from the search."""
    raise NotImplementedError
