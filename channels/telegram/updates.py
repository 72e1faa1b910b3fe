"""Telegram's updates: https://core.telegram.org/bots/api#update. Pure.

What we ask Telegram for is `ALLOWED_UPDATES`; anything else is ignored with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from channels.contract import Ignored, Incoming, Reachability, Received
from channels.taming import Wild

if TYPE_CHECKING:
    from bot.payloads import MediaKind

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

# Field of a message -> what we call it. First match counts; a video note is a video, an animation an image.
_MEDIA: tuple[tuple[str, MediaKind], ...] = (
    ("voice", "voice"),
    ("audio", "voice"),
    ("photo", "image"),
    ("animation", "image"),
    ("video", "video"),
    ("video_note", "video"),
    ("document", "document"),
    ("sticker", "sticker"),
    ("location", "location"),
    ("venue", "location"),
    ("contact", "contact"),
    ("poll", "other"),
    ("dice", "other"),
    ("story", "other"),
    ("paid_media", "other"),
    ("checklist", "other"),
)
_GONE = frozenset({"kicked", "left"})


def parse_update(body: bytes) -> Sequence[Incoming]:
    """One update as what it means to us; raises `Malformed`, which names the field."""
    update = Wild.from_json(body)
    update_id = update.integer("update_id")
    if "message" in update:
        return [_message(update.object("message"), update_id)]
    if "callback_query" in update:
        return [_tap(update.object("callback_query"), update_id)]
    if "my_chat_member" in update:
        return [_membership(update.object("my_chat_member"))]
    if "edited_message" in update:
        return [Ignored("edited message: the first version is being answered")]
    kinds = [name for name in update.names() if name != "update_id"]
    return [Ignored(f"update without a message for us ({'known' if kinds else 'no'} kind)")]


def _message(message: Wild, update_id: int) -> Incoming:
    chat = message.object("chat")
    if chat.text("type") != "private":
        return Ignored("not a private chat")
    address = str(chat.integer("id"))
    text = without_command_mark(message.text_or("text", "") or message.text_or("caption", ""))
    media = next((kind for name, kind in _MEDIA if name in message), None)
    if not text and media is None:
        return Ignored("service message without text")
    return Received(address, str(update_id), text, media=media)


def without_command_mark(text: str) -> str:
    """ "/menu@SafarBot" is the word "menu": a slash means something else to the dialogue engine."""
    if not text.startswith("/"):
        return text
    command, _, rest = text[1:].partition(" ")
    return f"{command.partition('@')[0]} {rest}".strip()


def _tap(query: Wild, update_id: int) -> Incoming:
    if "message" not in query or "data" not in query:
        return Ignored("button that is not from a message of ours")
    chat = query.object("message").object("chat")
    if chat.text("type") != "private":
        return Ignored("not a private chat")
    return Received(
        str(chat.integer("id")), str(update_id), payload=query.text("data"), acknowledge=query.text("id")
    )


def _membership(change: Wild) -> Incoming:
    chat = change.object("chat")
    if chat.text("type") != "private":
        return Ignored("not a private chat")
    status = change.object("new_chat_member").text("status")
    return Reachability(str(chat.integer("id")), reachable=status not in _GONE)
