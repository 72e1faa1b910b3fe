"""Rasa is killed: people are answered all the same, operators see it, and once it is back it remembers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from knowledge_base.content import Library
from tests.whole_path.house import House
from tests.whole_path.people import Person, chat
from tests.whole_path.texts import (
    ARTICLE,
    EMERGENCIES,
    EMERGENCY_NUMBER,
    LABOUR_HOTLINE,
    MADE_UP_PAYLOADS,
    QUESTIONS,
    first_number,
    is_in,
    is_in_script_of,
    source_line,
)

pytestmark = [pytest.mark.rasa, pytest.mark.model, pytest.mark.slow]

CHANNELS = ("telegram", "whatsapp", "sms")


@pytest.fixture(scope="module")
def asked_before(house: House) -> Person:
    """Somebody who got an answer while Rasa lived."""
    person = Person(house, "sms")
    assert LABOUR_HOTLINE in person.says(QUESTIONS["ur-Latn"])[0]
    return person


@pytest.fixture(scope="module")
def bereft(house: House, asked_before: Person) -> Iterator[House]:
    """The house without Rasa; it is back when these tests are over."""
    house.kill_named("dialogue")
    yield house
    if "dialogue" not in house.processes:
        house.start_named("dialogue")
        house.wait_until_ready()


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("tag", QUESTIONS)
def test_question_is_answered_straight_from_the_search(
    bereft: House, library: Library, channel: str, tag: str
) -> None:
    line = f'safar_degraded_turns_total{{channel="{channel}"}}'
    before = bereft.metric(line)
    answer = Person(bereft, channel).says(QUESTIONS[tag])[0]
    assert LABOUR_HOTLINE in answer
    assert is_in(answer, tag), answer
    assert source_line(answer, tag, library.articles[ARTICLE].review.last), answer
    assert bereft.metric(line) == before + 1


@pytest.mark.parametrize("tag", EMERGENCIES)
def test_emergency_still_gets_the_numbers(bereft: House, tag: str) -> None:
    text = Person(bereft, "sms").says(EMERGENCIES[tag])[0]
    assert first_number(text) == EMERGENCY_NUMBER
    assert is_in(text, tag), text


def test_voice_note_still_gets_an_honest_answer(bereft: House) -> None:
    person = Person(bereft, "whatsapp")
    assert "وائس نوٹ" in person.sends(person.message(kind="message__voice"))[0]


def test_tapped_more_is_answered_though_nobody_remembers_the_question(bereft: House) -> None:
    person = Person(bereft, "telegram")
    person.says(QUESTIONS["ur"])
    assert is_in_script_of("\n".join(person.taps("/more")), "ur")


@pytest.mark.parametrize("payload", ["/helpful", "/menu", "/human", "/change_language", *MADE_UP_PAYLOADS])
def test_any_button_still_gets_an_answer(bereft: House, payload: str) -> None:
    answer = chat(bereft, conversation="whole-path-bereft", text="", payload=payload)
    assert answer.status_code == 200, answer.text
    assert answer.json()["messages"][0]["text"]


def test_readyz_names_the_missing_part_and_healthz_stays(bereft: House) -> None:
    ready = bereft.get("/readyz")
    assert ready.status_code == 503
    parts = ready.json()
    assert parts["database"] == parts["index"] == "ready"
    assert "Rasa" in parts["dialogue"]
    assert bereft.get("/healthz").status_code == 200


def test_rasa_comes_back_and_remembers_what_was_asked(bereft: House, asked_before: Person) -> None:
    bereft.start_named("dialogue")
    bereft.wait_until_ready()
    more = "\n".join(asked_before.says("1"))
    assert "3000" in more.replace(",", ""), more
    assert is_in(more, "ur-Latn"), more
