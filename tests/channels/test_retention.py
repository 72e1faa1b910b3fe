from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from asgiref.sync import async_to_sync
from django.core.management import call_command
from django.utils import timezone

from channels.contract import Delivery, Received
from channels.inbox import accept
from channels.models import Conversation, DeliveryReceipt, InboundMessage, OutboundMessage, Person
from channels.pseudonyms import pseudonym
from channels.retention import forget_conversation, purge
from channels.worker.delivery import send_due
from channels.worker.turns import process_conversation
from config.environment import Environment
from tests.fakes.channel import FakeChannel
from tests.fakes.dialogue import take_turn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]
TABLES = (Person, Conversation, InboundMessage, OutboundMessage, DeliveryReceipt)
NAME = pseudonym("telegram", "1")


def counts() -> list[int]:
    return [model.objects.count() for model in TABLES]  # type: ignore[attr-defined]


@pytest.fixture
def talked(db: None, configured: Environment) -> None:
    """A person who asked, was answered, and whose phone confirmed it."""
    accept("telegram", [Received("1", "m1", "question")])
    async_to_sync(process_conversation)(NAME, take_turn)
    async_to_sync(send_due)({"telegram": FakeChannel()})
    accept("telegram", [Delivery("id-1", "delivered")])
    assert counts() == [1, 1, 1, 1, 1]


def make_older(days: int) -> None:
    then = timezone.now() - timedelta(days=days)
    InboundMessage.objects.update(received_at=then)
    OutboundMessage.objects.update(created_at=then)
    DeliveryReceipt.objects.update(received_at=then)
    Conversation.objects.update(last_activity=then)


@pytest.mark.usefixtures("talked")
def test_forgotten_conversation_leaves_nothing() -> None:
    accept("telegram", [Received("2", "m2", "somebody else")])
    assert forget_conversation(NAME)
    assert counts() == [1, 1, 1, 0, 0]
    assert not forget_conversation(NAME)


@pytest.mark.usefixtures("talked")
def test_what_is_young_is_kept() -> None:
    make_older(days=29)
    assert purge(timezone.now(), keep_days=30) == 0
    assert counts() == [1, 1, 1, 1, 1]


@pytest.mark.usefixtures("talked")
def test_what_is_old_is_deleted_with_the_person() -> None:
    make_older(days=31)
    assert purge(timezone.now(), keep_days=30) == 5
    assert counts() == [0, 0, 0, 0, 0]


@pytest.mark.usefixtures("talked")
def test_asking_for_a_counsellor_does_not_keep_a_person_for_ever() -> None:
    Conversation.objects.update(handoff_requested_at=timezone.now())
    purge(timezone.now(), keep_days=30)
    assert counts()[:2] == [1, 1]
    make_older(days=31)
    purge(timezone.now(), keep_days=30)
    assert counts() == [0, 0, 0, 0, 0]


def test_what_still_waits_is_kept_however_old() -> None:
    accept("telegram", [Received("1", "m1", "question")])
    make_older(days=99)
    purge(timezone.now(), keep_days=30)
    assert counts() == [1, 1, 1, 0, 0]


@pytest.mark.usefixtures("talked")
def test_command_says_what_it_did() -> None:
    make_older(days=31)
    out = StringIO()
    call_command("purge", stdout=out)
    assert "Deleted 5 rows: messages older than 30 days" in out.getvalue()
