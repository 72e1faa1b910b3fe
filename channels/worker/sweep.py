"""Finds what a dead worker, a lost wake-up or a waiting retry left behind."""

from __future__ import annotations

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from bot.failures import log_failure
from channels.database import in_database
from channels.models import Conversation, InboundMessage, InboundState
from channels.registry import WEBHOOK_CHANNELS
from channels.worker.delivery import send_due
from channels.worker.turns import process_conversation

logger = logging.getLogger(__name__)

AT_ONCE = 4  # conversations


async def sweep_for_ever(every_s: float) -> None:
    """Sweeps at once and then every ``every_s`` seconds."""
    while True:
        try:
            await sync_to_async(
                close_old_connections
            )()  # those that the dialogue opened; no request ends here to do it
            await sweep()
        except Exception as error:  # the edge of the worker: the next sweep must come
            log_failure(logger, "sweeping", error)
        await asyncio.sleep(every_s)


async def sweep() -> None:
    """Answers every conversation that waits without a living worker, and sends what is due."""
    waiting = await in_database(left_behind)
    for begin in range(0, len(waiting), AT_ONCE):
        await asyncio.gather(
            *(process_conversation(pseudonym) for pseudonym in waiting[begin : begin + AT_ONCE])
        )
    await send_due()


def left_behind() -> list[str]:
    """Conversations with a message to answer that no living worker holds. The web chat answers its own."""
    unanswered = InboundMessage.objects.filter(conversation=OuterRef("pk")).exclude(
        state=InboundState.ANSWERED
    )
    free = Q(lease="") | Q(leased_until__lt=timezone.now())
    rows = Conversation.objects.filter(free, Exists(unanswered), channel__in=WEBHOOK_CHANNELS)
    return list(rows.order_by("last_activity").values_list("pk", flat=True))
