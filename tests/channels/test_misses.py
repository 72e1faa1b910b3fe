"""Which questions are kept for staff, and that nothing of the person is kept with them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as django_settings
from django.db import DatabaseError
from django.utils import timezone

from bot.replies import Message, Reply, ReplyKind
from bot.turn import Turn
from channels import misses
from channels.contract import Payload, Received
from channels.conversations import Exchange, LeaseLost, converse, finish_turn, new_message_id
from channels.inbox import accept
from channels.models import Conversation, InboundMessage, OutboundMessage
from channels.pseudonyms import pseudonym
from channels.registry import RENDERINGS
from channels.retention import forget_conversation
from channels.worker.turns import process_conversation
from channels.worker.upkeep import forget_what_is_old
from knowledge_base.content import Library
from knowledge_base.misses.kinds import MissKind
from knowledge_base.misses.models import Miss
from knowledge_base.published import pinned

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]
NEAREST = (("sa/passport", 0.41), ("sa/wages", 0.2))
DECLINED = Reply(
    ReplyKind.UNKNOWN, "en", (Message("I do not know"),), missed=MissKind.DECLINED, nearest=NEAREST
)
OUT_OF_SCOPE = replace(DECLINED, kind=ReplyKind.OUT_OF_SCOPE, missed=MissKind.OUT_OF_SCOPE, nearest=())
ANSWER = replace(DECLINED, kind=ReplyKind.ANSWER, missed=None, article="sa/passport")
WHICH = replace(ANSWER, kind=ReplyKind.WHICH, article=None)
COUNTRY = replace(WHICH, kind=ReplyKind.COUNTRY, nearest=())
MENU = replace(COUNTRY, kind=ReplyKind.MENU)
SORRY = replace(COUNTRY, kind=ReplyKind.FEEDBACK, missed=MissKind.NOT_HELPFUL)
THANKS = replace(COUNTRY, kind=ReplyKind.FEEDBACK)
MORE = replace(ANSWER, kind=ReplyKind.MORE, earlier=True, nearest=())
QUESTION = "can my boss keep passport AB1234567? call 0300-1234567"
REDACTED = "can my boss keep passport [document]? call [phone]"


def converse_with(*turns: tuple[str, Reply], channel: str = "web") -> None:
    """A conversation: what was sent (a leading slash is a button's payload), and what the dialogue replied."""
    for sent, reply in turns:

        async def answer(turn: Turn, reply: Reply = reply) -> Reply:
            return reply

        payload = sent if sent.startswith("/") else None
        received = Received("conversation-1", new_message_id(), "" if payload else sent, payload)
        async_to_sync(converse)(channel, received, answer)


def kept(*fields: str) -> list[tuple[Any, ...]]:
    return list(Miss.objects.order_by("id").values_list(*fields))


@pytest.mark.parametrize("channel", list(RENDERINGS))
def test_a_declined_question_is_kept_without_the_person(channel: str) -> None:
    name = pseudonym(channel, "+923001234567")
    accept(channel, [Received("+923001234567", "m1", QUESTION)])

    async def answer(turn: Turn) -> Reply:
        return DECLINED

    async_to_sync(process_conversation)(name, answer)
    (miss,) = Miss.objects.values()
    assert (miss["text"], miss["kind"], miss["channel"], miss["state"]) == (
        REDACTED,
        "declined",
        channel,
        "open",
    )
    assert (miss["language"], miss["nearest"]) == ("en", [["sa/passport", 0.41], ["sa/wages", 0.2]])
    assert miss["day"] == timezone.localdate()
    assert name not in str(miss)
    assert not {field.name for field in Miss._meta.get_fields()} & {
        "conversation",
        "pseudonym",
        "received_at",
    }


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        pytest.param([("q", OUT_OF_SCOPE)], [("out-of-scope", "q", "")], id="another subject"),
        pytest.param([("q", ANSWER)], [], id="an answer is no miss"),
        pytest.param([("q", ANSWER), ("/helpful", THANKS)], [], id="nor is one that helped"),
        pytest.param(
            [("q", ANSWER), ("/not_helpful", SORRY)], [("not-helpful", "q", "sa/passport")], id="not helpful"
        ),
        pytest.param(
            [("q", ANSWER), ("/more", MORE), ("no use at all", SORRY)],
            [("not-helpful", "q", "sa/passport")],
            id="typed, after reading on",
        ),
        pytest.param(
            [("q", ANSWER), ("other", WHICH), ("/not_helpful", SORRY)],
            [("not-helpful", "other", "")],
            id="none of these",
        ),
        pytest.param(
            [("q", COUNTRY), ("saudi", replace(ANSWER, earlier=True)), ("/not_helpful", SORRY)],
            [("not-helpful", "q", "sa/passport")],
            id="the country came after the question",
        ),
        pytest.param(
            [("q", WHICH), ("/choose", replace(ANSWER, earlier=True, nearest=())), ("/not_helpful", SORRY)],
            [("not-helpful", "q", "sa/passport")],
            id="chosen from a list",
        ),
        pytest.param(
            [("q", ANSWER), ("/not_helpful", SORRY), ("/not_helpful", SORRY)],
            [("not-helpful", "q", "sa/passport")],
            id="tapped twice",
        ),
        pytest.param(
            [("q", DECLINED), ("this is no help", SORRY)], [("declined", "q", "")], id="complained of a decline"
        ),
        pytest.param(
            [("q", ANSWER), ("/menu", MENU), ("/choose", replace(ANSWER, earlier=True)), ("/not_helpful", SORRY)],
            [("not-helpful", "Employer keeps the passport", "sa/passport")],
            id="chosen from the menu",
        ),
        pytest.param([("no use at all", SORRY)], [("not-helpful", "no use at all", "")], id="out of the blue"),
        pytest.param([("/not_helpful", SORRY)], [], id="nothing is known of it any more"),
        pytest.param(
            [("q", ANSWER), ("/more", replace(DECLINED, article="sa/passport", earlier=True))],
            [("declined", "q", "sa/passport")],
            id="withheld meanwhile",
        ),
        pytest.param(
            [("q", ANSWER), ("how much", replace(MORE, kind=ReplyKind.FOLLOW_UP, missed=MissKind.DECLINED))],
            [("declined", "q – how much", "sa/passport")],
            id="the article does not say what was asked next",
        ),
    ],
)  # fmt: skip
def test_what_is_kept_of_a_conversation(
    turns: list[tuple[str, Reply]], expected: list[tuple[str, str, str]], library: Library
) -> None:
    title = library.title("sa/passport", "en")
    with pinned(library):
        converse_with(*turns)
    wanted = [
        (kind, title if text.startswith("Employer") else text, article) for kind, text, article in expected
    ]
    assert kept("kind", "text", "article") == wanted


def test_not_helpful_keeps_what_came_nearest_to_the_question() -> None:
    converse_with(
        ("q", WHICH), ("/choose", replace(ANSWER, earlier=True, nearest=())), ("/not_helpful", SORRY)
    )
    assert kept("nearest") == [([list(pair) for pair in NEAREST],)]


def test_the_language_is_that_of_the_words_and_the_country_is_looked_for_in_them() -> None:
    converse_with(("دبئی میں میرا اقامہ ختم ہو گیا ہے کیا کروں", DECLINED))
    assert kept("language", "country") == [("ur", "ae")]


def test_the_country_that_the_dialogue_knows_counts_first() -> None:
    converse_with(("dubai is far", replace(DECLINED, country="qa")))
    assert kept("country") == [("qa",)]


def test_of_a_question_that_is_deleted_by_now_the_articles_title_is_kept(library: Library) -> None:
    converse_with(("q", ANSWER))
    InboundMessage.objects.all().delete()
    with pinned(library):
        converse_with(("/not_helpful", SORRY))
    assert kept("text", "article") == [(library.title("sa/passport", "en"), "sa/passport")]


@pytest.mark.parametrize("error", [DatabaseError, RuntimeError])
def test_a_failure_to_keep_stops_no_answer_and_logs_no_words(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        Miss.objects.create(text="half", day=timezone.localdate())
        raise error(QUESTION)

    monkeypatch.setattr(misses, "keep", broken)
    converse_with((QUESTION, DECLINED))
    assert OutboundMessage.objects.count() == 1
    assert InboundMessage.objects.get().state == "answered"
    assert Miss.objects.count() == 0
    assert error.__name__ in caplog.text
    assert "passport" not in caplog.text


def test_an_answer_that_is_not_stored_keeps_no_question() -> None:
    accept("sms", [Received("+923001234567", "m1", QUESTION)])
    row = InboundMessage.objects.select_related("conversation").get()
    with pytest.raises(LeaseLost):
        finish_turn(row, Exchange(DECLINED, (Payload("late"),)), lease="somebody-elses")
    assert Miss.objects.count() == 0


def test_a_memory_of_another_release_is_no_obstacle() -> None:
    converse_with(("q", ANSWER))
    Conversation.objects.update(answered={"question": InboundMessage.objects.get().pk, "invented": 1})
    converse_with(("/not_helpful", SORRY))
    assert kept("text") == [("q",)]


def test_a_miss_outlives_the_conversation_and_is_deleted_in_its_own_time() -> None:
    converse_with(("q", DECLINED))
    assert forget_conversation(Conversation.objects.get().pk)
    days = django_settings.SAFAR.misses_days
    for age, left in ((days, 1), (days + 1, 0)):
        Miss.objects.update(day=timezone.localdate() - timedelta(days=age))
        forget_what_is_old()
        assert Miss.objects.count() == left
