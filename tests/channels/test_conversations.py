"""From a stored message to a stored answer, and what is remembered in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from bot.replies import Button, Message, Reply, ReplyKind
from bot.turn import Turn
from channels.contract import Payload, Reachability, Received
from channels.conversations import Exchange, LeaseLost, converse, finish_turn, store, turn_of
from channels.inbox import MESSAGES_PER_MINUTE, accept
from channels.models import Conversation, InboundMessage, OutboundMessage, Person
from channels.pseudonyms import pseudonym
from channels.worker.turns import MOST_ATTEMPTS, process_conversation
from config.environment import Environment
from tests.fakes.dialogue import answer_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]
ADDRESS = "+923000000001"
NAME = pseudonym("sms", ADDRESS)


class Dialogue:
    """Remembers the turns; answers with the replies given, then as the fake does."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.turns: list[Turn] = []
        self._replies = list(replies)

    async def __call__(self, turn: Turn) -> Reply:
        self.turns.append(turn)
        reply = self._replies.pop(0) if self._replies else answer_to(turn)
        if isinstance(reply, Exception):
            raise reply
        return reply


def say(text: str, number: int, channel: str = "sms", address: str = ADDRESS) -> set[str]:
    return accept(channel, [Received(address, f"SM{number}", text)])


def process(dialogue: Dialogue, name: str = NAME) -> int:
    return async_to_sync(process_conversation)(name, dialogue)


def reply(language: str = "ur", *buttons: Button, kind: ReplyKind = ReplyKind.WHICH) -> Reply:
    return Reply(kind, language, (Message("کون سا؟", buttons=tuple(buttons)),))


def test_pseudonym_is_stable_and_depends_on_channel_address_and_key() -> None:
    assert pseudonym("sms", ADDRESS) == NAME
    assert (
        len(
            {
                NAME,
                pseudonym("whatsapp", ADDRESS),
                pseudonym("sms", "+923000000002"),
                pseudonym("sms", ADDRESS, "other"),
            }
        )
        == 4
    )
    assert len(NAME) == 64


def test_messages_are_answered_in_order_and_once() -> None:
    for number, text in enumerate(["first", "second", "third"]):
        assert say(text, number) == {NAME}
    dialogue = Dialogue()
    assert process(dialogue) == 3
    assert process(dialogue) == 0
    assert [turn.text for turn in dialogue.turns] == ["first", "second", "third"]
    assert [turn.first_contact for turn in dialogue.turns] == [True, False, False]
    assert [row.payload["text"].splitlines()[0] for row in OutboundMessage.objects.order_by("id")] == [
        "You said: first",
        "You said: second",
        "You said: third",
    ]


def test_address_stands_in_one_table_only() -> None:
    say("hello", 1)
    process(Dialogue())
    assert Person.objects.get().address == ADDRESS
    for model in (Conversation, InboundMessage, OutboundMessage):
        for row in model.objects.values():
            assert ADDRESS not in str(row)


def test_language_of_the_answer_is_remembered() -> None:
    dialogue = Dialogue(reply("ps"))
    say("x", 1)
    process(dialogue)
    say("y", 2)
    process(dialogue)
    assert [(turn.language, turn.pinned) for turn in dialogue.turns] == [(None, False), ("ps", False)]


def test_pinned_language_stays_until_another_is_pinned() -> None:
    pinned = replace(reply("sd", kind=ReplyKind.LANGUAGE), pin_language="sd")
    dialogue = Dialogue(pinned, reply("en"), replace(pinned, language="ur", pin_language="ur"))
    for number in range(4):
        say("x", number)
        process(dialogue)
    assert [(turn.language, turn.pinned) for turn in dialogue.turns] == [
        (None, False),
        ("sd", True),
        ("sd", True),
        ("ur", True),
    ]


def test_wish_for_a_person_is_put_down() -> None:
    dialogue = Dialogue(replace(reply(kind=ReplyKind.HANDOFF), handoff=True))
    say("human please", 1)
    process(dialogue)
    assert Conversation.objects.get().handoff_requested_at is not None


def test_typed_number_means_the_choice_sent_last() -> None:
    dialogue = Dialogue(
        reply("ur", Button("پاسپورٹ", "/a"), Button("تنخواہ", "/b")),
        reply("ur", Button("مزید", "/c")),
        reply("ur"),
        reply("ur"),
    )
    for number, text in enumerate(["question", "۲", "1", "مزید", "2"]):
        say(text, number)
        process(dialogue)
    assert [turn.payload for turn in dialogue.turns] == [None, "/b", "/c", "/c", None]
    assert dialogue.turns[1].text == "۲"


def test_numbers_run_on_over_the_messages_of_a_reply() -> None:
    two = Reply(
        ReplyKind.WHICH,
        "en",
        (Message("A", buttons=(Button("One", "/1"),)), Message("B", buttons=(Button("Two", "/2"),))),
    )
    dialogue = Dialogue(two)
    say("x", 1)
    process(dialogue)
    assert [row.payload["text"] for row in OutboundMessage.objects.order_by("id")] == [
        "A\nReply:\n1 One",
        "B\nReply:\n2 Two",
    ]
    say("2", 2)
    process(dialogue)
    assert dialogue.turns[1].payload == "/2"


def test_text_is_cleaned_before_it_is_kept() -> None:
    say("a\x00b\x07\r\nc\ud800\u202e کت\u200cب ", 1)
    assert InboundMessage.objects.get().text == "ab\nc کت\u200cب"


def test_too_many_messages_get_one_honest_line(configured: Environment) -> None:
    for number in range(MESSAGES_PER_MINUTE + 5):
        say("spam", number)
    dialogue = Dialogue()
    assert process(dialogue) == MESSAGES_PER_MINUTE + 5
    assert len(dialogue.turns) == MESSAGES_PER_MINUTE
    texts = [row.payload["text"] for row in OutboundMessage.objects.order_by("id")]
    assert len(texts) == MESSAGES_PER_MINUTE + 1
    assert "faster than I can answer" in texts[-1]


def test_a_minute_later_messages_are_answered_again() -> None:
    for number in range(MESSAGES_PER_MINUTE + 2):
        say("spam", number)
    Conversation.objects.update(window_started=timezone.now() - timedelta(seconds=61))
    say("now a question", 1000)
    dialogue = Dialogue()
    process(dialogue)
    assert dialogue.turns[-1].text == "now a question"


def test_conversation_held_by_another_worker_is_left_alone() -> None:
    say("x", 1)
    Conversation.objects.update(lease="another", leased_until=timezone.now() + timedelta(seconds=5))
    dialogue = Dialogue()
    assert process(dialogue) == 0
    assert dialogue.turns == []


def test_conversation_of_a_dead_worker_is_taken_over() -> None:
    say("x", 1)
    InboundMessage.objects.update(state="answering", attempts=1)
    Conversation.objects.update(lease="dead", leased_until=timezone.now() - timedelta(seconds=1))
    assert process(Dialogue()) == 1
    assert Conversation.objects.get().lease == ""


def test_worker_that_lost_its_lease_stores_nothing() -> None:
    say("x", 1)
    row = InboundMessage.objects.select_related("conversation").get()
    Conversation.objects.update(lease="the-new-one")
    given = answer_to(turn_of(row, row.conversation, "sms"))
    with pytest.raises(LeaseLost):
        finish_turn(row, Exchange(given, (Payload("late"),)), lease="the-old-one")
    assert OutboundMessage.objects.count() == 0
    assert InboundMessage.objects.get().state == "received"


def test_message_that_came_during_the_last_turn_is_answered_too() -> None:
    class Interrupted(Dialogue):
        async def __call__(self, turn: Turn) -> Reply:
            if not self.turns:
                from asgiref.sync import sync_to_async

                await sync_to_async(say)("meanwhile", 2)
            return await super().__call__(turn)

    say("x", 1)
    dialogue = Interrupted()
    assert process(dialogue) == 2
    assert [turn.text for turn in dialogue.turns] == ["x", "meanwhile"]


def test_dialogue_that_breaks_is_tried_again_and_never_silent(caplog: pytest.LogCaptureFixture) -> None:
    secret = "my private words"
    broken = Dialogue(*[ValueError(secret) for _ in range(MOST_ATTEMPTS)])
    say(secret, 1)
    for _ in range(MOST_ATTEMPTS):
        assert process(broken) == 0
        assert Conversation.objects.get().lease == ""
    assert process(broken) == 1
    assert len(broken.turns) == MOST_ATTEMPTS
    assert OutboundMessage.objects.get().payload["text"]
    assert "ValueError" in caplog.text
    assert secret not in caplog.text


def test_person_who_blocked_us_is_known_and_comes_back() -> None:
    say("x", 1)
    accept("sms", [Reachability(ADDRESS, reachable=False)])
    assert Person.objects.get().unreachable
    say("y", 2)
    assert not Person.objects.get().unreachable


def test_blocking_stranger_is_not_stored() -> None:
    assert accept("sms", [Reachability("+923000000009", reachable=False)]) == set()
    assert Person.objects.count() == 0


@pytest.mark.parametrize("channel", ["web", "sms", "whatsapp", "telegram"])
def test_converse_answers_at_once_and_sends_nothing(channel: str) -> None:
    exchange = async_to_sync(converse)(channel, Received("conversation-1", "m1", "hello"), Dialogue())
    assert exchange.reply.kind is ReplyKind.ANSWER
    assert "You said: hello" in exchange.payloads[0].text
    assert [row.state for row in OutboundMessage.objects.all()] == ["delivered"]
    assert InboundMessage.objects.get().state == "answered"
    assert Conversation.objects.get().channel == "web"


def test_converse_understands_numbers_and_remembers() -> None:
    dialogue = Dialogue(reply("ur", Button("پاسپورٹ", "/a")))
    for number, text in enumerate(["x", "1"]):
        async_to_sync(converse)("sms", Received("conversation-1", f"m{number}", text), dialogue)
    assert dialogue.turns[1].payload == "/a"
    assert [turn.first_contact for turn in dialogue.turns] == [True, False]


def test_store_is_true_to_what_came() -> None:
    row = store("telegram", Received("1", "7", "caption", media="image", payload="/x" * 300))
    assert row is not None
    assert (row.media, len(row.payload or ""), row.text) == ("image", 256, "caption")
