"""What we keep, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from channels.models import (
    Conversation,
    DeliveryReceipt,
    InboundMessage,
    InboundState,
    OutboundMessage,
    Person,
)

WAITING = ("queued", "sending")


def forget_conversation(pseudonym: str) -> bool:
    """Deletes the person, the conversation and all its messages; False if there was none."""
    with transaction.atomic():
        sent = list(
            OutboundMessage.objects.filter(conversation_id=pseudonym)
            .exclude(provider_id="")
            .values_list("provider_id", flat=True)
        )
        DeliveryReceipt.objects.filter(provider_id__in=sent).delete()
        people, _ = Person.objects.filter(pseudonym=pseudonym).delete()
        conversations, _ = Conversation.objects.filter(pk=pseudonym).delete()
    return bool(people or conversations)


def purge(now: datetime, keep_days: int) -> int:
    """Deletes messages and receipts older than ``keep_days``, and then people who have nothing left; number of rows deleted.

    What still waits to be answered or sent is kept, however old.
    """
    before = now - timedelta(days=keep_days)
    deleted = 0
    with transaction.atomic():
        old_in = InboundMessage.objects.filter(received_at__lt=before, state=InboundState.ANSWERED)
        old_out = OutboundMessage.objects.filter(created_at__lt=before).exclude(state__in=WAITING)
        old_receipts = DeliveryReceipt.objects.filter(received_at__lt=before)
        for rows in (old_out, old_in, old_receipts):
            deleted += rows.delete()[0]
        idle = Conversation.objects.filter(last_activity__lt=before, inbound=None, outbound=None)
        deleted += Person.objects.filter(pseudonym__in=idle.values("pk")).delete()[0]
        deleted += idle.delete()[0]
    return deleted
