"""Delivery receipts: kept as they come, and carried over to the message in whatever order they come."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from channels.contract import Delivery
from channels.models import DeliveryReceipt, OutboundMessage, OutboundState

# A receipt counts only if it says more than what is known. "failed" after "delivered" would be a contradiction and does not.
_RANKS = {"sending": 0, "queued": 0, "sent": 1, "failed": 2, "delivered": 3, "read": 4}


def record_receipt(channel: str, delivery: Delivery, now: datetime) -> None:
    """Stores the receipt once and moves the message's state forward, never back."""
    with transaction.atomic():
        DeliveryReceipt.objects.get_or_create(
            channel=channel,
            provider_id=delivery.provider_id,
            status=delivery.status,
            defaults={"error_code": delivery.error_code, "received_at": now},
        )
        message = (
            OutboundMessage.objects.select_for_update()
            .filter(provider_id=delivery.provider_id, conversation__channel=channel)
            .first()
        )
        if message is not None and apply_receipt(message, delivery):
            message.save(update_fields=["state", "error_code"])


def apply_receipts(channel: str, message: OutboundMessage) -> None:
    """Carries over the receipts that came before we had stored the message's id. Does not save."""
    for receipt in DeliveryReceipt.objects.filter(channel=channel, provider_id=message.provider_id):
        apply_receipt(message, Delivery(receipt.provider_id, receipt.status, receipt.error_code))  # type: ignore[arg-type]


def apply_receipt(message: OutboundMessage, delivery: Delivery) -> bool:
    """Whether the receipt changed the message."""
    if _RANKS[delivery.status] <= _RANKS[message.state]:
        return False
    message.state = OutboundState(delivery.status)
    message.error_code = delivery.error_code
    return True
