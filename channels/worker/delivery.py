"""Sends what is due, in order within a conversation, and records what came of it.

A message is claimed before it is sent. A claim that ran out, or an attempt that broke off, may have gone out: then the channel
is asked first (`find_sent`). Twilio knows; Telegram cannot be asked, and gets the message again, because a lost answer is
worse than a repeated one.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from bot.failures import log_failure
from channels import monitoring
from channels.contract import Channel, SendError, SendFailure, Sending
from channels.database import in_database
from channels.models import OutboundMessage, OutboundState, Person, stored_payload
from channels.receipts import apply_receipts
from channels.registry import enabled_channels

logger = logging.getLogger(__name__)

AT_ONCE = 8  # sends under way; Telegram allows 30 messages a second, Twilio queues
LONGEST_WAIT_S = 900.0
GIVE_UP_AFTER = timedelta(hours=24)  # WhatsApp's window; an answer that comes later only confuses
WAITING = (OutboundState.QUEUED, OutboundState.SENDING)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to send. ``uncertain``: an earlier attempt may have gone out."""

    message_id: int
    attempts: int
    conversation: str
    channel: str
    sending: Sending
    uncertain: bool
    unreachable: bool


async def send_due(channels: Mapping[str, Channel] | None = None) -> int:
    """Sends until nothing is due; how many messages were tried."""
    channels = enabled_channels() if channels is None else channels
    tried = 0
    while claims := await in_database(claim_due):
        await asyncio.gather(*(_deliver(claim, channels.get(claim.channel)) for claim in claims))
        tried += len(claims)
    return tried


async def _deliver(claim: Claim, channel: Channel | None) -> None:
    try:
        if claim.unreachable:
            raise SendError(SendFailure.BLOCKED_BY_USER, "known-unreachable")
        if channel is None:
            raise SendError(SendFailure.MISCONFIGURED, "channel-off")
        provider_id, result = await _send_once(claim, channel)
    except SendError as error:
        monitoring.SENDS.labels(claim.channel, error.failure).inc()
        logger.warning(
            "%s: message %d, attempt %d: %s", claim.channel, claim.message_id, claim.attempts, error
        )
        await in_database(record_failure, claim, error)
    except Exception as error:  # the edge of the worker: one bad message must not stop the others
        log_failure(logger, f"sending message {claim.message_id}", error)
        await in_database(record_failure, claim, SendError(SendFailure.REJECTED, type(error).__name__))
    else:
        monitoring.SENDS.labels(claim.channel, result).inc()
        monitoring.MESSAGES_OUT.labels(claim.channel).inc()
        await in_database(record_sent, claim, provider_id)


async def _send_once(claim: Claim, channel: Channel) -> tuple[str, str]:
    """(provider's id, "sent" or "found"); raises `SendError`."""
    if claim.uncertain and (found := await channel.find_sent(claim.sending)):
        return found, "found"
    return await channel.send(claim.sending.address, claim.sending.payload), "sent"


def claim_due(most: int = AT_ONCE) -> list[Claim]:
    """Claims the oldest due message of up to ``most`` conversations."""
    now = timezone.now()
    with transaction.atomic():
        rows = list(
            _due(now).select_for_update(skip_locked=True, of=("self",)).select_related("conversation")[:most]
        )
        people = Person.objects.in_bulk([row.conversation_id for row in rows], field_name="pseudonym")
        return [_claim(row, people[row.conversation_id], now) for row in rows]


def _due(now: datetime) -> QuerySet[OutboundMessage]:
    earlier = OutboundMessage.objects.filter(
        conversation=OuterRef("conversation"), pk__lt=OuterRef("pk"), state__in=WAITING
    )
    ready = Q(state=OutboundState.QUEUED, next_attempt_at__lte=now) | Q(
        state=OutboundState.SENDING, claimed_until__lt=now
    )
    return OutboundMessage.objects.filter(ready).filter(~Exists(earlier)).order_by("pk")


def _claim(row: OutboundMessage, person: Person, now: datetime) -> Claim:
    uncertain = row.state == OutboundState.SENDING or row.error_code.startswith(SendFailure.UNREACHABLE)
    since = row.attempted_at
    row.state, row.claimed_until = OutboundState.SENDING, now + claim_time()
    row.attempted_at, row.attempts = since or now, row.attempts + 1
    row.save(update_fields=["state", "claimed_until", "attempted_at", "attempts"])
    known = _known_ids(row, since) if uncertain and since else frozenset()
    sending = Sending(person.address, stored_payload(row), since, known)
    return Claim(
        row.pk, row.attempts, row.conversation_id, person.channel, sending, uncertain, person.unreachable
    )


def _known_ids(row: OutboundMessage, since: datetime) -> frozenset[str]:
    """Ids that belong to other messages of the conversation, so that an equal text is not taken for this one."""
    others = OutboundMessage.objects.filter(
        conversation=row.conversation_id, attempted_at__gte=since - timedelta(hours=1)
    )
    return frozenset(others.exclude(pk=row.pk).exclude(provider_id="").values_list("provider_id", flat=True))


def record_sent(claim: Claim, provider_id: str) -> None:
    with transaction.atomic():
        row = _claimed(claim)
        if row is None:
            return
        row.state, row.provider_id, row.error_code = OutboundState.SENT, provider_id, ""
        apply_receipts(claim.channel, row)
        row.save(update_fields=["state", "provider_id", "error_code"])


def record_failure(claim: Claim, error: SendError) -> None:
    """Back to the queue with a wait, or failed for good; a person who blocked us is not written to again."""
    now = timezone.now()
    with transaction.atomic():
        row = _claimed(claim)
        if row is None:
            return
        row.error_code = f"{error.failure}:{error.code}"[:64]
        given_up = not error.retryable or now - row.created_at > GIVE_UP_AFTER
        row.state = OutboundState.FAILED if given_up else OutboundState.QUEUED
        row.next_attempt_at = now + timedelta(seconds=wait_s(claim.attempts, error.retry_after_s))
        row.save(update_fields=["state", "error_code", "next_attempt_at"])
        if error.failure is SendFailure.BLOCKED_BY_USER:
            Person.objects.filter(pseudonym=claim.conversation).update(unreachable=True)


def _claimed(claim: Claim) -> OutboundMessage | None:
    """The row, if the claim still holds."""
    held = OutboundMessage.objects.select_for_update().filter(
        pk=claim.message_id, attempts=claim.attempts, state=OutboundState.SENDING
    )
    return held.first()


def wait_s(attempts: int, retry_after_s: float | None = None) -> float:
    """Seconds before the next attempt: what the provider asked for, or twice as long each time; spread by chance."""
    if retry_after_s is not None:
        return retry_after_s * random.uniform(1.0, 1.1)  # noqa: S311 -- spreads load, guards nothing
    return min(2.0**attempts, LONGEST_WAIT_S) * random.uniform(0.5, 1.0)  # noqa: S311


def claim_time() -> timedelta:
    """Longer than a send can take with its lookup (twice 15 s), or a slow send would be taken for a dead one."""
    return timedelta(seconds=2 * settings.SAFAR.worker_lease_s)
