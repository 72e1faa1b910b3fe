"""Takes in what a provider's notice says: messages, delivery receipts, blocked and returning people."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.utils import timezone

from channels.contract import Delivery, Ignored, Incoming, Reachability, Received
from channels.conversations import store
from channels.models import Person
from channels.pseudonyms import pseudonym
from channels.receipts import record_receipt

logger = logging.getLogger(__name__)

# Messages of one address answered in a minute; far more than a person types, far less than a stuck script sends.
MESSAGES_PER_MINUTE = 20


def accept(channel: str, incoming: Iterable[Incoming]) -> set[str]:
    """Stores it all; the pseudonyms of the conversations that now have something to answer. Raises `DatabaseError`."""
    waiting = set()
    for item in incoming:
        match item:
            case Received():
                row = store(channel, item, per_minute=MESSAGES_PER_MINUTE)
                if row is None:
                    logger.info("%s: a message was delivered again", channel)
                else:
                    _set_reachable(channel, item.address, reachable=True)
                    waiting.add(row.conversation_id)
            case Delivery():
                record_receipt(channel, item, timezone.now())
            case Reachability():
                _set_reachable(channel, item.address, item.reachable)
            case Ignored():
                logger.info("%s: ignored: %s", channel, item.reason)
    return waiting


def _set_reachable(channel: str, address: str, reachable: bool) -> None:
    Person.objects.filter(pseudonym=pseudonym(channel, address), unreachable=reachable).update(
        unreachable=not reachable
    )
