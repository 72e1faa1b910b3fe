"""The JSON of the web chat: what may come in, what goes out, and how errors look. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.replies import CitedSource
from channels.cleaning import LONGEST_TEXT, clean_text
from channels.conversations import LONGEST_PAYLOAD, Exchange
from channels.models import buttons_json
from channels.registry import RENDERINGS, WEB

LARGEST_BODY = 64 * 1024  # bytes: 4,000 characters as JSON escapes are 24,000, so there is room to spare
_CONVERSATION = re.compile(r"[A-Za-z0-9_-]{8,64}")
_FIELDS = ("conversation", "text", "channel", "payload")


class Refused(Exception):
    """A request we do not take. ``code`` is for programs, the message for people, ``field`` names the culprit."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field

    def to_json(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message, "field": self.field}}


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A message to the chat API, checked. ``channel``: whose rendering is wanted."""

    conversation: str
    text: str
    channel: str = WEB
    payload: str | None = None


def parse_chat_request(body: bytes) -> ChatRequest:
    """Raises `Refused`."""
    fields = _object(body)
    unknown = sorted(set(fields) - set(_FIELDS))
    if unknown:
        raise Refused(
            400, "unknown_field", f"Unknown field; known are: {', '.join(_FIELDS)}.", unknown[0][:64]
        )
    return chat_request(
        conversation=_text(fields, "conversation", ""),
        text=_text(fields, "text", ""),
        channel=_text(fields, "channel", WEB),
        payload=_text(fields, "payload", "") or None,
    )


def chat_request(conversation: str, text: str, channel: str = WEB, payload: str | None = None) -> ChatRequest:
    """Checks the values; raises `Refused`."""
    checked_conversation(conversation)
    if channel not in RENDERINGS:
        raise Refused(400, "invalid", f"channel must be one of: {', '.join(RENDERINGS)}.", "channel")
    if payload is not None and len(payload) > LONGEST_PAYLOAD:
        raise Refused(413, "too_long", f"payload must have at most {LONGEST_PAYLOAD} characters.", "payload")
    if len(text) > LONGEST_TEXT:
        raise Refused(413, "too_long", f"text must have at most {LONGEST_TEXT} characters.", "text")
    cleaned = clean_text(text)
    if not cleaned and payload is None:
        raise Refused(400, "empty", "text is empty: write a question.", "text")
    return ChatRequest(conversation, cleaned, channel, clean_text(payload) if payload is not None else None)


def parse_forget_request(body: bytes) -> str:
    """The conversation to forget; raises `Refused`."""
    fields = _object(body)
    if set(fields) != {"conversation"}:
        raise Refused(400, "unknown_field", "Send conversation and nothing else.")
    return checked_conversation(_text(fields, "conversation", ""))


def checked_conversation(conversation: str) -> str:
    if not _CONVERSATION.fullmatch(conversation):
        raise Refused(400, "invalid", "conversation must be 8 to 64 letters, digits, - or _.", "conversation")
    return conversation


def _object(body: bytes) -> dict[str, Any]:
    if len(body) > LARGEST_BODY:
        raise too_large()
    try:
        value = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused(400, "not_json", "The body is not JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise Refused(400, "not_json", "The body must be a JSON object.")
    return value


def _text(fields: dict[str, Any], name: str, default: str) -> str:
    value = fields.get(name, default)
    if value is None and name == "payload":
        return default
    if not isinstance(value, str):
        raise Refused(400, "invalid", f"{name} must be a text.", name)
    return value


def too_large() -> Refused:
    return Refused(413, "too_large", f"The request must have at most {LARGEST_BODY} bytes.")


def exchange_json(exchange: Exchange) -> dict[str, Any]:
    """The answer object of `/chat/api` and of `manage.py ask --json`."""
    reply = exchange.reply
    return {
        "kind": str(reply.kind),
        "language": reply.language,
        "article": reply.article,
        "country": reply.country,
        "candidates": list(reply.candidates),
        "score": reply.score,
        "messages": [
            {"text": payload.text, "buttons": buttons_json(payload.buttons)} for payload in exchange.payloads
        ],
        "sources": sources_json(reply.sources),
    }


def sources_json(sources: Sequence[CitedSource]) -> list[dict[str, str]]:
    return [
        {
            "title": source.title,
            "publisher": source.publisher,
            "url": source.url,
            "checked": source.checked.isoformat(),
        }
        for source in sources
    ]
