"""Answers what waits in a conversation, in order, one worker at a time.

A worker holds a conversation by a lease: a random word and a time in its row. The answer is stored only if the word is
still there (`LeaseLost` otherwise), so a worker that was thought dead cannot answer a second time.
"""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from bot.failures import log_failure
from bot.phrases import say
from bot.replies import Message, Reply, ReplyKind
from channels.conversations import Exchange, LeaseLost, finish_turn, run_turn, turn_of
from channels.database import in_database
from channels.dialogue import TakeTurn
from channels.models import Conversation, InboundMessage, InboundState
from channels.registry import RENDERINGS

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3  # a message that killed its worker so often is answered with a fixed sentence


async def process_conversation(pseudonym: str, answer: TakeTurn | None = None) -> int:
    """Answers all that waits; how many were answered. 0 if another worker is at it: it will see the new message itself."""
    answered = 0
    # Looking again after the lease is given back: a message may have come in the moment before.
    while await in_database(is_waiting, pseudonym):
        lease = secrets.token_hex(16)
        if not await in_database(take_lease, pseudonym, lease):
            break
        done = await _answer_all(pseudonym, lease, answer)
        answered += done
        if not done:
            break  # the dialogue failed; the sweep comes back to it
    return answered


async def _answer_all(pseudonym: str, lease: str, answer: TakeTurn | None) -> int:
    answered = 0
    try:
        while row := await in_database(next_message, pseudonym, lease):
            exchange = await _exchange(row, answer)
            await in_database(finish_turn, row, exchange, lease=lease)
            answered += 1
    except LeaseLost:
        logger.warning("a conversation went over to another worker")
    except Exception as error:  # the edge of the worker: one bad conversation must not stop the others
        log_failure(logger, "answering", error)
    finally:
        await in_database(give_back, pseudonym, lease)
    return answered


async def _exchange(row: InboundMessage, answer: TakeTurn | None) -> Exchange:
    conversation = row.conversation
    if row.excess == 1:
        return _fixed(conversation, "too_many")
    if row.excess > 1:  # they were told with the first one
        return Exchange(_fixed(conversation, "too_many").reply, ())
    if row.attempts > MOST_ATTEMPTS:
        logger.error(
            "inbound message %s failed %d times; answered with a fixed sentence", row.pk, MOST_ATTEMPTS
        )
        return _fixed(conversation, "unreadable")
    return await run_turn(turn_of(row, conversation, conversation.channel), answer)


def _fixed(conversation: Conversation, phrase: str) -> Exchange:
    language = conversation.language or settings.SAFAR.default_language
    reply = Reply(ReplyKind.SMALLTALK, language, (Message(say(phrase, language)),))
    return Exchange(reply, RENDERINGS[conversation.channel](reply))


def is_waiting(pseudonym: str) -> bool:
    return _waiting(pseudonym).exists()


def take_lease(pseudonym: str, lease: str) -> bool:
    """Whether the conversation is ours now: it was free, or its holder is dead."""
    now = timezone.now()
    free = Q(lease="") | Q(leased_until__lt=now)
    return bool(
        Conversation.objects.filter(free, pk=pseudonym).update(lease=lease, leased_until=now + lease_time())
    )


def next_message(pseudonym: str, lease: str) -> InboundMessage | None:
    """The oldest message without an answer, marked as being answered, and the lease renewed. Raises `LeaseLost`."""
    with transaction.atomic():
        mine = Conversation.objects.filter(pk=pseudonym, lease=lease)
        if not mine.update(leased_until=timezone.now() + lease_time()):
            raise LeaseLost
        row = _waiting(pseudonym).select_related("conversation").order_by("id").first()
        if row is not None:
            InboundMessage.objects.filter(pk=row.pk).update(
                state=InboundState.ANSWERING, attempts=F("attempts") + 1
            )
            row.attempts += 1
    return row


def give_back(pseudonym: str, lease: str) -> None:
    Conversation.objects.filter(pk=pseudonym, lease=lease).update(lease="", leased_until=None)


def _waiting(pseudonym: str) -> QuerySet[InboundMessage]:
    return InboundMessage.objects.filter(conversation_id=pseudonym).exclude(state=InboundState.ANSWERED)


def lease_time() -> timedelta:
    """Several times the longest turn (`RASA_TIMEOUT_S` and the search after it)."""
    return timedelta(seconds=settings.SAFAR.worker_lease_s)
