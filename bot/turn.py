"""One turn of a conversation: what the person sent in, a `Reply` out. Never raises for anything a person can send."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings

from bot.composing import Wording, compose
from bot.degraded import decide_without_engine
from bot.engine import EngineUnavailable, configured_engine
from bot.outcomes import Outcome
from bot.payloads import MediaKind, parse_payload, payload
from bot.replies import Button, Message, Reply, ReplyKind
from knowledge_base.published import acurrent_library
from nlu.identification import identify
from nlu.languages import LANGUAGES

logger = logging.getLogger(__name__)

BRIEF_CHANNELS = frozenset({"sms"})  # every part costs money there
LONGEST_TEXT = 2000  # characters that are read; a story's beginning and end say most
_clients: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = (
    weakref.WeakKeyDictionary()
)


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
    language = language_of(turn)
    library = await acurrent_library()
    wording = Wording(
        library, language, datetime.now(UTC).date(), turn.first_contact, brief=turn.channel in BRIEF_CHANNELS
    )
    message = to_engine(turn)
    if message is None:
        return compose(Outcome(ReplyKind.MEDIA, phrase="unreadable"), wording)
    try:
        outcomes = await configured_engine().ask(
            _client(), turn.conversation, message, _metadata(turn, language)
        )
        degraded = False
    except EngineUnavailable as error:
        logger.warning("Degraded turn: %s", error)
        outcomes = await sync_to_async(decide_without_engine, thread_sensitive=False)(
            turn.text, turn.payload, turn.media, language
        )
        degraded = True
    return replace(merge(composed(outcomes, wording)), degraded=degraded)


def composed(outcomes: Sequence[Outcome], wording: Wording) -> list[Reply]:
    """Each outcome in words; who we are is said once, at the end."""
    last = len(outcomes) - 1
    first_contact = wording.first_contact
    return [
        compose(outcome, replace(wording, first_contact=first_contact and place == last))
        for place, outcome in enumerate(outcomes)
    ]


def language_of(turn: Turn) -> str:
    """The language to answer in: the pinned one, else the message's, else the conversation's, else the installation's."""
    known = turn.language if turn.language in LANGUAGES else None
    if known and turn.pinned:
        return known
    found = identify(turn.text, known=known).language if turn.text and not turn.payload else None
    return found or known or str(settings.SAFAR.default_language)


def to_engine(turn: Turn) -> str | None:
    """The text that Rasa reads, or None when there is nothing to read.

    Only a payload of ours may start with "/": a typed slash must not reach Rasa's own notation for intents.
    """
    if turn.payload and parse_payload(turn.payload):
        return turn.payload
    text = shortened(turn.text).lstrip("/ \t\n").strip()
    if text:
        return text
    if turn.media:
        return payload("media", media=turn.media)
    return None


def shortened(text: str) -> str:
    """At most `LONGEST_TEXT` characters: the first two thirds and the last third of that."""
    if len(text) <= LONGEST_TEXT:
        return text
    head = LONGEST_TEXT * 2 // 3
    return f"{text[:head]} {text[-(LONGEST_TEXT - head) :]}"


def merge(replies: list[Reply]) -> Reply:
    """Several outcomes of one turn (a double question) make one reply; the first one names it."""
    first = replies[0]
    *before, last = replies
    messages = (*(message for reply in before for message in _as_the_first(reply)), *last.messages)
    sources = tuple(dict.fromkeys(source for reply in replies for source in reply.sources))
    pinned = next((reply.pin_language for reply in replies if reply.pin_language), None)
    missed = next((reply.missed for reply in replies if reply.missed), None)
    return replace(
        first,
        messages=messages,
        sources=sources,
        pin_language=pinned,
        missed=missed,
        handoff=any(reply.handoff for reply in replies),
    )


def _as_the_first(reply: Reply) -> Iterator[Message]:
    """Messages above another answer: "more" says of what, and whether it helped is asked once, at the end."""
    feedback = {payload("helpful"), payload("not_helpful")}
    for message in reply.messages:
        kept = [button for button in message.buttons if button.payload not in feedback]
        yield replace(message, buttons=tuple(_of_article(button, reply) for button in kept))


def _of_article(button: Button, reply: Reply) -> Button:
    if button.payload != payload("more") or reply.article is None:
        return button
    return replace(button, payload=payload("more", article=reply.article))


def _metadata(turn: Turn, language: str) -> dict[str, Any]:
    return {"language": language, "channel": turn.channel, "message_id": turn.message_id}


def _client() -> httpx.AsyncClient:
    """One keep-alive client per event loop: a client may not be used from two."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=32))
    return _clients[loop]
