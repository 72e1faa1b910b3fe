"""From the outbox to the provider, whatever comes between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from channels.contract import Channel, Delivery, Payload, SendError, SendFailure
from channels.inbox import accept
from channels.models import Conversation, DeliveryReceipt, OutboundMessage, Person, payload_json
from channels.pseudonyms import pseudonym
from channels.worker.delivery import GIVE_UP_AFTER, LONGEST_WAIT_S, claim_due, record_sent, send_due, wait_s
from tests.fakes.channel import FakeChannel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]


def queue(text: str, address: str = "1", **given: Any) -> OutboundMessage:
    name, now = pseudonym("telegram", address), timezone.now()
    Person.objects.get_or_create(pseudonym=name, defaults={"channel": "telegram", "address": address})
    conversation, _ = Conversation.objects.get_or_create(
        pseudonym=name, defaults={"channel": "telegram", "last_activity": now}
    )
    values = {
        "created_at": now,
        "next_attempt_at": now,
        "seq": 0,
        "payload": payload_json(Payload(text)),
    } | given
    return OutboundMessage.objects.create(conversation=conversation, **values)


def send(channel: Channel | None) -> int:
    return async_to_sync(send_due)({} if channel is None else {"telegram": channel})


def due_now() -> None:
    OutboundMessage.objects.update(next_attempt_at=timezone.now())


def state(row: OutboundMessage) -> str:
    row.refresh_from_db()
    return str(row.state)


def test_messages_go_out_in_order_and_are_recorded() -> None:
    rows = [queue(text) for text in ("a", "b", "c")]
    channel = FakeChannel()
    assert send(channel) == 3
    assert channel.sent == [("1", "a"), ("1", "b"), ("1", "c")]
    assert channel.most_at_once == 1  # one conversation, one at a time
    assert [state(row) for row in rows] == ["sent"] * 3
    assert rows[0].provider_id == "id-1"
    assert send(channel) == 0


def test_conversations_do_not_wait_for_each_other() -> None:
    for number in range(6):
        queue("x", address=str(number))
    channel = FakeChannel()
    send(channel)
    assert len(channel.sent) == 6
    assert channel.most_at_once > 1


def test_throttled_message_waits_as_long_as_asked_and_keeps_its_place() -> None:
    first, second = queue("a"), queue("b")
    channel = FakeChannel(SendError(SendFailure.THROTTLED, "429", retry_after_s=40))
    assert send(channel) == 1
    assert (state(first), state(second)) == ("queued", "queued")
    assert 39 <= (first.next_attempt_at - timezone.now()).total_seconds() <= 44
    assert first.error_code == "throttled:429"
    assert send(channel) == 0
    due_now()
    send(channel)
    assert [text for _, text in channel.sent] == ["a", "b"]
    assert channel.looked_up == []  # a message refused is certainly not sent


def test_rejected_message_fails_and_the_next_one_goes() -> None:
    first, second = queue("a"), queue("b")
    channel = FakeChannel(SendError(SendFailure.REJECTED, "400"))
    send(channel)
    assert (state(first), state(second)) == ("failed", "sent")


def test_person_who_blocked_us_gets_nothing_more() -> None:
    first, second = queue("a"), queue("b")
    channel = FakeChannel(SendError(SendFailure.BLOCKED_BY_USER, "403"))
    send(channel)
    assert (state(first), state(second)) == ("failed", "failed")
    assert Person.objects.get().unreachable
    assert channel.sent == []


def test_unreachable_provider_is_asked_before_the_message_goes_again() -> None:
    row = queue("a")
    channel = FakeChannel(SendError(SendFailure.UNREACHABLE, "ReadTimeout"))
    send(channel)
    channel.found = "SM-first-attempt"
    due_now()
    send(channel)
    assert state(row) == "sent"
    assert row.provider_id == "SM-first-attempt"
    assert channel.sent == []
    assert channel.looked_up[0].since == row.attempted_at


def test_claim_that_ran_out_is_uncertain_and_looked_up() -> None:
    past = timezone.now() - timedelta(minutes=5)
    row = queue(
        "a",
        state="sending",
        attempts=1,
        attempted_at=past,
        claimed_until=timezone.now() - timedelta(seconds=1),
    )
    channel = FakeChannel()
    send(channel)
    assert state(row) == "sent"
    assert channel.looked_up[0].since == past
    assert channel.sent == [("1", "a")]


def test_claim_that_still_holds_is_left_alone() -> None:
    queue(
        "a",
        state="sending",
        attempts=1,
        attempted_at=timezone.now(),
        claimed_until=timezone.now() + timedelta(seconds=9),
    )
    queue("b")
    channel = FakeChannel()
    assert send(channel) == 0


def test_lookup_that_fails_waits_and_is_repeated() -> None:
    row = queue("a", error_code="unreachable:x", attempts=1, attempted_at=timezone.now())
    channel = FakeChannel()
    channel.found = SendError(SendFailure.UNREACHABLE, "down")  # type: ignore[assignment]
    send(channel)
    assert state(row) == "queued"
    assert channel.sent == []


def test_id_of_another_message_is_not_taken_for_this_one() -> None:
    queue("a", state="sent", provider_id="SM1", attempted_at=timezone.now(), attempts=1)
    queue("a", error_code="unreachable:x", attempts=1, attempted_at=timezone.now())
    channel = FakeChannel()
    send(channel)
    assert channel.looked_up[0].known_ids == {"SM1"}


def test_old_message_is_given_up() -> None:
    row = queue("a", created_at=timezone.now() - GIVE_UP_AFTER - timedelta(minutes=1))
    send(FakeChannel(SendError(SendFailure.UNREACHABLE, "down")))
    assert state(row) == "failed"


def test_channel_without_credentials_keeps_its_messages() -> None:
    row = queue("a")
    send(None)
    assert state(row) == "queued"
    assert row.error_code == "misconfigured:channel-off"


def test_failure_nobody_thought_of_fails_one_message_only(caplog: pytest.LogCaptureFixture) -> None:
    first, second = queue("private words"), queue("b", address="2")
    send(FakeChannel(KeyError("private words")))
    assert sorted([state(first), state(second)]) == ["failed", "sent"]
    assert "KeyError" in caplog.text
    assert "private words" not in caplog.text


def test_slow_worker_does_not_overwrite_what_the_next_one_recorded() -> None:
    row = queue("a")
    (slow,) = claim_due()
    OutboundMessage.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    (quick,) = claim_due()
    record_sent(quick, "quick")
    record_sent(slow, "slow")
    state(row)
    assert row.provider_id == "quick"


def test_waits_grow_and_are_spread() -> None:
    assert 1 <= wait_s(1) <= 2
    assert 16 <= wait_s(5) <= 32
    assert LONGEST_WAIT_S / 2 <= wait_s(50) <= LONGEST_WAIT_S
    assert len({wait_s(3) for _ in range(20)}) > 10
    assert 30 <= wait_s(1, retry_after_s=30) <= 33


@pytest.mark.parametrize(
    ("order", "final"),
    [
        (["sent", "delivered", "read"], "read"),
        (["read", "delivered", "sent"], "read"),
        (["delivered", "sent"], "delivered"),
        (["sent", "failed"], "failed"),
        (["failed", "sent"], "failed"),
        (["delivered", "failed"], "delivered"),
        (["failed", "delivered"], "delivered"),
        (["sent", "sent", "sent"], "sent"),
    ],
)
def test_receipts_in_any_order_say_the_same(order: list[str], final: str) -> None:
    row = queue("a", state="sent", provider_id="SM1")
    for status in order:
        accept("telegram", [Delivery("SM1", status, "30003" if status == "failed" else "")])  # type: ignore[arg-type]
    assert state(row) == final
    assert row.error_code == ("30003" if final == "failed" else row.error_code)
    assert DeliveryReceipt.objects.count() == len(set(order))


def test_receipt_that_comes_before_our_own_record_counts() -> None:
    row = queue("a")
    accept("telegram", [Delivery("id-1", "delivered")])
    send(FakeChannel())
    assert state(row) == "delivered"


def test_receipt_for_an_unknown_message_or_another_channel_changes_nothing() -> None:
    row = queue("a", state="sent", provider_id="SM1")
    accept("telegram", [Delivery("SM-unknown", "read")])
    accept("sms", [Delivery("SM1", "read")])
    assert state(row) == "sent"
