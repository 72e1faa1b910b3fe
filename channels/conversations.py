"""Takes a message in once, has the dialogue answer it, and stores the answer: one path for all channels.

Each step that touches the database is one synchronous function in one transaction, so that the asynchronous callers
change threads once a step. Addresses are used here to find the pseudonym and go no further.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from bot.replies import Reply
from bot.turn import Turn
from channels import monitoring
from channels.choices import resolve
from channels.cleaning import clean_text
from channels.contract import Payload, Received
from channels.database import in_database
from channels.dialogue import TakeTurn, dialogue
from channels.misses import keep_miss, remembered
from channels.models import (
    Conversation,
    InboundMessage,
    InboundState,
    OutboundMessage,
    OutboundState,
    Person,
    buttons_json,
    payload_json,
)
from channels.pseudonyms import pseudonym
from channels.registry import RENDERINGS, WEB
from nlu.urgency import detect_urgency

logger = logging.getLogger(__name__)

LONGEST_PAYLOAD = 256


class LeaseLost(Exception):
    """Another worker answers this conversation by now; what we were about to store must not be stored."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A reply, and the same as its channel shows it."""

    reply: Reply
    payloads: Sequence[Payload]


async def converse(channel: str, incoming: Received, answer: TakeTurn | None = None) -> Exchange:
    """One turn of the web chat, answered at once. ``channel`` is the one whose rendering is wanted; nothing is sent."""
    row = await in_database(begin_web_turn, incoming)
    turn = turn_of(row, row.conversation, channel)
    exchange = await run_turn(turn, answer)
    await in_database(finish_turn, row, exchange, OutboundState.DELIVERED)
    monitoring.MESSAGES_OUT.labels(WEB).inc(len(exchange.payloads))
    return exchange


async def run_turn(turn: Turn, answer: TakeTurn | None = None) -> Exchange:
    """Has the dialogue answer, measures it, and renders for the turn's channel."""
    with monitoring.turn_timer() as timer:
        reply = await (answer or dialogue())(turn)
        timer.kind = reply.kind
    if reply.degraded:
        monitoring.DEGRADED.labels(turn.channel).inc()
    return Exchange(reply, RENDERINGS[turn.channel](reply))


def begin_web_turn(incoming: Received) -> InboundMessage:
    """Stores a message of the web chat, already being answered."""
    row = store(WEB, incoming, InboundState.ANSWERING)
    if row is None:
        raise IntegrityError("a web message's id is made anew each time and cannot be known already")
    return row


def store(
    channel: str,
    incoming: Received,
    state: InboundState = InboundState.RECEIVED,
    per_minute: int | None = None,
) -> InboundMessage | None:
    """Stores a message once; None if the provider delivered it before. ``per_minute``: messages answered in a minute."""
    now = timezone.now()
    name = pseudonym(channel, incoming.address)
    with transaction.atomic():
        conversation = _conversation(channel, incoming.address, name, now)
        text = clean_text(incoming.text)
        row = InboundMessage(
            conversation=conversation,
            channel=channel,
            provider_id=incoming.provider_id,
            text=text,
            payload=(incoming.payload or "")[:LONGEST_PAYLOAD] or resolve(text, conversation.last_choices),
            media=incoming.media,
            received_at=now,
            state=state,
        )
        if not _inserted(row):
            return None
        _count_window(conversation, row, per_minute, now)
    monitoring.MESSAGES_IN.labels(channel).inc()
    return row


def _conversation(channel: str, address: str, name: str, now: datetime) -> Conversation:
    try:
        return Conversation.objects.get(pk=name)
    except Conversation.DoesNotExist:
        Person.objects.get_or_create(pseudonym=name, defaults={"channel": channel, "address": address})
        conversation, _ = Conversation.objects.get_or_create(
            pk=name, defaults={"channel": channel, "last_activity": now}
        )
        return conversation


def _inserted(row: InboundMessage) -> bool:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if InboundMessage.objects.filter(channel=row.channel, provider_id=row.provider_id).exists():
            return False
        raise
    return True


def _count_window(
    conversation: Conversation, row: InboundMessage, per_minute: int | None, now: datetime
) -> None:
    """Counts the message into the running minute, and marks it when there are too many; a cry for help never is."""
    if per_minute is None:
        return
    if conversation.window_started is None or now - conversation.window_started >= timedelta(minutes=1):
        conversation.window_started, conversation.window_count = now, 0
    conversation.window_count += 1
    conversation.save(update_fields=["window_started", "window_count"])
    if conversation.window_count > per_minute and not detect_urgency(row.text):
        row.excess = conversation.window_count - per_minute
        row.save(update_fields=["excess"])


def turn_of(row: InboundMessage, conversation: Conversation, channel: str) -> Turn:
    """What the dialogue needs to know of a stored message."""
    return Turn(
        conversation=conversation.pseudonym,
        text=row.text,
        channel=channel,
        payload=row.payload,
        media=row.media,  # type: ignore[arg-type]  # stored from a MediaKind
        language=conversation.language,
        pinned=conversation.pinned,
        first_contact=conversation.first_answered_at is None,
        message_id=str(row.pk),
    )


def finish_turn(
    row: InboundMessage,
    exchange: Exchange,
    state: OutboundState = OutboundState.QUEUED,
    lease: str | None = None,
) -> None:
    """Stores the answer, marks the message answered and carries out the reply's effects: all or nothing.

    With a ``lease``, raises `LeaseLost` and stores nothing if another worker holds the conversation by now.
    """
    now = timezone.now()
    with transaction.atomic():
        changed = _reply_effects(row.conversation, exchange, now)
        changed["answered"] = remembered(row, exchange.reply)
        mine = Conversation.objects.filter(pk=row.conversation_id)
        if lease is not None:
            mine = mine.filter(lease=lease)
        if not mine.update(**changed):
            raise LeaseLost
        OutboundMessage.objects.bulk_create(
            OutboundMessage(
                conversation_id=row.conversation_id,
                inbound=row,
                seq=seq,
                payload=payload_json(payload),
                state=state,
                created_at=now,
                next_attempt_at=now,
            )
            for seq, payload in enumerate(exchange.payloads)
        )
        InboundMessage.objects.filter(pk=row.pk).update(state=InboundState.ANSWERED)
        keep_miss(row, exchange.reply)
    for name, value in changed.items():
        setattr(row.conversation, name, value)


def _reply_effects(conversation: Conversation, exchange: Exchange, now: datetime) -> dict[str, object]:
    reply = exchange.reply
    changed: dict[str, object] = {"last_activity": now}
    if conversation.first_answered_at is None:
        changed["first_answered_at"] = now
    if not conversation.pinned or reply.pin_language:
        changed["language"] = reply.pin_language or reply.language
    if reply.pin_language:
        changed["pinned"] = True
    if reply.handoff:
        changed["handoff_requested_at"] = now
    choices = tuple(choice for payload in exchange.payloads for choice in payload.choices)
    if choices:
        changed["choices"] = buttons_json(choices)
    return changed


def new_message_id() -> str:
    """An id for messages that come without a provider's (web chat, terminal)."""
    return uuid.uuid4().hex
