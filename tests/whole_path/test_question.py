"""The question of the first issue, from a signed webhook to what the provider gets to deliver."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from channels.sms.rendering import LIMITS
from channels.whatsapp.rendering import LIMITS as WHATSAPP_LIMITS
from knowledge_base.content import Library
from knowledge_base.sms_length import is_gsm7, sms_parts
from tests.whole_path.house import House
from tests.whole_path.people import Person
from tests.whole_path.texts import (
    ARTICLE,
    EMERGENCIES,
    EMERGENCY_NUMBER,
    LABOUR_HOTLINE,
    QUESTIONS,
    first_number,
    is_in,
    is_in_script_of,
    source_line,
)

pytestmark = [pytest.mark.rasa, pytest.mark.model, pytest.mark.slow]

CHANNELS = ("telegram", "whatsapp", "sms")
each_channel = pytest.mark.parametrize("channel", CHANNELS)
each_language = pytest.mark.parametrize("tag", QUESTIONS)


@each_channel
@each_language
def test_question_gets_the_sourced_answer_in_its_own_script(
    house: House, library: Library, channel: str, tag: str
) -> None:
    answer, introduction = Person(house, channel).says(QUESTIONS[tag])
    assert LABOUR_HOTLINE in answer
    assert is_in(answer, tag), answer
    assert source_line(answer, tag, library.articles[ARTICLE].review.last), answer
    assert is_in_script_of(introduction, tag), introduction


@each_channel
@each_language
def test_one_means_more_and_gives_the_longer_text(
    house: House, library: Library, channel: str, tag: str
) -> None:
    person = Person(house, channel)
    short = person.says(QUESTIONS[tag])[0]
    more = "\n".join(person.says("1"))
    assert is_in(more, tag), more
    assert "3000" in more.replace(",", ""), more  # the fine, in the article's second part only
    assert len(more) > len(short)
    assert source_line(more, tag, library.articles[ARTICLE].review.last), more


def test_tapped_more_gives_the_longer_text(house: House) -> None:
    person = Person(house, "telegram")
    person.says(QUESTIONS["ur"])
    keyboard = person.sent()[0]["reply_markup"]["inline_keyboard"]
    more = "\n".join(person.taps(keyboard[0][0]["callback_data"]))
    assert is_in(more, "ur"), more
    assert "3000" in more.replace(",", ""), more


def test_second_answer_brings_no_second_introduction(house: House) -> None:
    person = Person(house, "sms")
    assert len(person.says(QUESTIONS["ur"])) == 2
    assert len(person.says(QUESTIONS["ur"])) == 1


def test_language_is_followed_from_message_to_message(house: House) -> None:
    person = Person(house, "whatsapp")
    for tag, question in QUESTIONS.items():
        assert is_in(person.says(question)[0], tag)


@each_language
def test_sms_stays_within_its_price(house: House, tag: str) -> None:
    person = Person(house, "sms")
    texts = [*person.says(QUESTIONS[tag]), *person.says("1")]
    for text in texts:
        assert sms_parts(text) <= (LIMITS.sms_parts or 0)
        assert len(text) <= LIMITS.text_units
        assert is_gsm7(text) == (tag != "ur"), text


def test_whatsapp_stays_within_its_length(house: House) -> None:
    person = Person(house, "whatsapp")
    texts = [*person.says(QUESTIONS["ur"]), *person.says("1")]
    assert all(len(text) <= WHATSAPP_LIMITS.text_units for text in texts)


@each_channel
@pytest.mark.parametrize("tag", EMERGENCIES)
def test_emergency_gets_the_numbers_first(house: House, channel: str, tag: str) -> None:
    texts = Person(house, channel).says(EMERGENCIES[tag])
    assert len(texts) == 1  # no introduction in the way
    assert first_number(texts[0]) == EMERGENCY_NUMBER
    assert is_in(texts[0], tag), texts[0]


@pytest.mark.parametrize(
    ("channel", "kind"),
    [
        ("telegram", "message__voice"),
        ("telegram", "message__sticker"),
        ("telegram", "message__location"),
        ("whatsapp", "message__voice"),
        ("whatsapp", "message__location"),
        ("sms", "message__mms_photo"),
    ],
)
def test_what_cannot_be_read_gets_an_honest_answer_in_the_language_of_the_conversation(
    house: House, channel: str, kind: str
) -> None:
    person = Person(house, channel)
    person.says(QUESTIONS["ur-Latn"])
    texts = person.sends(person.message(kind=kind))
    assert len(texts) == 1
    assert "nahi" in texts[0] or "sirf likhai" in texts[0]
    assert is_in(texts[0], "ur-Latn"), texts[0]


def test_voice_note_as_first_contact_is_answered(house: House) -> None:
    person = Person(house, "telegram")
    texts = person.sends(person.message(kind="message__voice"))
    assert "وائس نوٹ" in texts[0]


@each_channel
def test_same_webhook_twice_gives_one_answer(house: House, channel: str) -> None:
    person = Person(house, channel)
    body = person.message(QUESTIONS["en"])
    with ThreadPoolExecutor(4) as provider:
        assert {answer.status_code for answer in provider.map(person.delivers, [body] * 4)} == {200}
    person.wait_until_answered()
    assert person.sends(body) == []  # delivered once more, long after
    assert person.states("inbound") == ["answered"]
    assert len(person.received()) == 2  # the answer and the introduction


@each_channel
def test_messages_that_come_together_are_answered_in_order(house: House, channel: str) -> None:
    person = Person(house, channel)
    for text in (QUESTIONS["en"], "1", QUESTIONS["ur"]):
        assert person.delivers(person.message(text)).status_code == 200
    person.wait_until_answered()
    texts = person.received()
    assert LABOUR_HOTLINE in texts[0]
    assert is_in(texts[0], "en")
    assert is_in(texts[-1], "ur")
