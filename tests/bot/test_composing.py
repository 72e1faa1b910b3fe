"""Outcomes put into words from the real content, in every language."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.composing import BRIEF_LINES, MOST_EMERGENCY_CONTACTS_BRIEF, Wording, compose
from bot.outcomes import Outcome
from bot.phrases import say
from bot.replies import ReplyKind
from knowledge_base.content import Library
from knowledge_base.misses.kinds import MissKind
from knowledge_base.sms_length import sms_parts
from nlu.languages import LANGUAGES
from nlu.places import DESTINATIONS
from nlu.urgency import UrgencyKind

TODAY = date(2026, 11, 22)
LANGUAGE_TAGS = pytest.mark.parametrize("tag", list(LANGUAGES))


@pytest.fixture
def wording(library: Library) -> Wording:
    return Wording(library, "en", TODAY)


@LANGUAGE_TAGS
def test_an_answer_cites_its_source_with_the_date(tag: str, wording: Wording) -> None:
    reply = compose(Outcome(ReplyKind.ANSWER, article="sa/passport"), replace(wording, language=tag))
    assert reply.kind is ReplyKind.ANSWER
    assert reply.language == tag
    assert reply.sources
    assert reply.sources[0].publisher in reply.messages[0].footer
    assert "2026" in reply.messages[0].footer
    assert "{" not in reply.messages[0].text


@LANGUAGE_TAGS
@pytest.mark.parametrize("country", [None, "pk", *DESTINATIONS])
@pytest.mark.parametrize("kind", [kind.value for kind in UrgencyKind])
def test_every_emergency_has_a_number_everywhere(
    tag: str, country: str | None, kind: str, wording: Wording
) -> None:
    reply = compose(Outcome(ReplyKind.URGENT, urgency=kind, country=country), replace(wording, language=tag))
    assert any(letter.isdigit() for letter in reply.messages[0].text)
    assert reply.messages[0].text.startswith(say(f"urgent_{kind.replace('-', '_')}", tag)[:20])
    assert "{" not in reply.messages[0].text


def test_an_emergency_of_unknown_country_asks_where_after_giving_numbers(wording: Wording) -> None:
    reply = compose(Outcome(ReplyKind.URGENT, urgency="danger"), wording)
    assert reply.messages[1].buttons[0].payload == '/inform_country{"country":"sa"}'


def test_an_emergency_by_sms_names_the_two_first_contacts(wording: Wording) -> None:
    reply = compose(
        Outcome(ReplyKind.URGENT, urgency="danger", country="sa"), replace(wording, language="ur", brief=True)
    )
    assert len(reply.messages[0].text.splitlines()) == 1 + MOST_EMERGENCY_CONTACTS_BRIEF
    assert sms_parts(reply.messages[0].text) <= 4


@pytest.mark.parametrize(("score", "offered"), [(0.4, ["sa/leaving"]), (0.9, []), (None, [])])
def test_beside_an_answer_that_is_not_sure_stands_what_else_was_meant(
    score: float | None, offered: list[str], wording: Wording
) -> None:
    candidates, shares = ("sa/arrest", "sa/leaving", "health/heat"), (0.5, 0.3, 0.01)
    outcome = Outcome(
        ReplyKind.ANSWER, article="sa/arrest", candidates=candidates, shares=shares, score=score
    )
    payloads = [button.payload for button in compose(outcome, wording).messages[0].buttons]
    chosen = [json.loads(text.removeprefix("/choose"))["article"] for text in payloads if "/choose" in text]
    assert chosen == offered


@LANGUAGE_TAGS
def test_what_sounds_like_an_emergency_is_answered_with_whom_to_call_in_one(
    tag: str, wording: Wording
) -> None:
    asked = Outcome(ReplyKind.ANSWER, article="sa/arrest", country="sa")
    spoken = replace(wording, language=tag)
    plain, cautious = compose(asked, spoken), compose(replace(asked, cautious=True), spoken)
    assert cautious.messages[:-1] == plain.messages
    assert re.search("911|999", cautious.messages[-1].text)


def test_the_first_answer_is_followed_by_who_we_are(wording: Wording) -> None:
    reply = compose(Outcome(ReplyKind.ANSWER, article="sa/passport"), replace(wording, first_contact=True))
    assert reply.messages[-1].text == say("intro_line", "en")


def test_an_emergency_is_not_followed_by_who_we_are(wording: Wording) -> None:
    outcome = Outcome(ReplyKind.URGENT, urgency="danger", country="sa")
    assert compose(outcome, replace(wording, first_contact=True)) == compose(outcome, wording)


def test_a_first_greeting_is_a_welcome(wording: Wording) -> None:
    greeting = Outcome(ReplyKind.SMALLTALK, phrase="greet")
    assert compose(greeting, replace(wording, first_contact=True)).messages[0].text == say("welcome", "en")
    assert compose(greeting, wording).messages[0].text == say("greet", "en")


def test_a_missing_language_says_so_and_gives_the_next_one(wording: Wording) -> None:
    article = wording.library.articles["sa/passport"]
    texts = {tag: text for tag, text in article.texts.items() if tag != "ps"}
    library = replace(wording.library, articles={article.id: replace(article, texts=texts)})
    reply = compose(
        Outcome(ReplyKind.ANSWER, article="sa/passport"), replace(wording, library=library, language="ps")
    )
    assert say("note_fallback", "ps") in reply.messages[0].text


def test_a_machine_draft_says_so(wording: Wording) -> None:
    reply = compose(Outcome(ReplyKind.ANSWER, article="sa/passport"), replace(wording, language="ur"))
    assert say("note_draft", "ur") in reply.messages[0].text


def test_an_overdue_answer_says_its_date(wording: Wording) -> None:
    late = replace(wording, today=TODAY + timedelta(days=400))
    assert (
        "Last checked 22 November 2026"
        in compose(Outcome(ReplyKind.ANSWER, article="sa/passport"), late).messages[0].text
    )


def test_an_unknown_article_is_withheld_and_names_a_person(wording: Wording) -> None:
    reply = compose(Outcome(ReplyKind.ANSWER, article="no/such"), wording)
    assert reply.kind is ReplyKind.UNKNOWN
    assert wording.contact() in reply.messages[0].text


def test_more_before_any_answer_says_so(wording: Wording) -> None:
    assert compose(Outcome(ReplyKind.MORE), wording).messages[0].text == say("more_nothing_yet", "en")


def test_more_tells_the_rest_and_offers_what_is_related(wording: Wording) -> None:
    reply = compose(Outcome(ReplyKind.MORE, article="sa/passport"), wording)
    assert reply.sources
    assert any(button.payload.startswith("/choose") for button in reply.messages[0].buttons)


@LANGUAGE_TAGS
def test_a_follow_up_is_answered_with_the_lines_that_tell_it(tag: str, wording: Wording) -> None:
    asked = Outcome(ReplyKind.FOLLOW_UP, article="sa/passport", aspect="phone")
    reply = compose(asked, replace(wording, language=tag))
    more = compose(Outcome(ReplyKind.MORE, article="sa/passport"), replace(wording, language=tag))
    assert "19911" in reply.messages[0].text
    assert reply.messages[0].text.startswith(wording.library.title("sa/passport", tag))
    assert reply.messages[0].footer
    assert len(reply.messages[0].text) < len(more.messages[0].text)


@LANGUAGE_TAGS
@pytest.mark.parametrize("aspect", [None, "cost"])
def test_a_follow_up_that_the_article_does_not_answer_is_told_so(
    tag: str, aspect: str | None, wording: Wording
) -> None:
    asked = Outcome(ReplyKind.FOLLOW_UP, article="sa/passport", aspect=aspect)
    spoken = replace(wording, language=tag)
    text = compose(asked, spoken).messages[0].text
    assert text.startswith(say("follow_up_nothing", tag, contact=spoken.contact()))
    assert compose(Outcome(ReplyKind.MORE, article="sa/passport"), spoken).messages[0].text in text
    brief = compose(asked, replace(spoken, brief=True)).messages[0]
    assert brief.text == say("follow_up_nothing", tag, contact=spoken.contact())
    assert brief.buttons[0].payload == "/more"


def test_a_follow_up_on_the_truth_of_it_names_the_sources(wording: Wording) -> None:
    asked = Outcome(ReplyKind.FOLLOW_UP, article="sa/passport", aspect="source")
    reply = compose(asked, wording)
    assert all(source.url in reply.messages[0].text for source in reply.sources)
    brief = compose(asked, replace(wording, brief=True))
    assert len(brief.messages[0].text.splitlines()) == 1 + BRIEF_LINES


def test_a_chosen_language_is_answered_in_it_and_pinned(wording: Wording) -> None:
    reply = compose(Outcome(ReplyKind.LANGUAGE, language="sd"), wording)
    assert (reply.language, reply.pin_language) == ("sd", "sd")
    assert reply.messages[0].text == say("language_set", "sd")


def test_no_language_named_offers_all(wording: Wording) -> None:
    reply = compose(Outcome(ReplyKind.LANGUAGE), wording)
    assert len(reply.messages[0].buttons) == len(LANGUAGES)


@LANGUAGE_TAGS
def test_payloads_of_all_buttons_fit_telegram(tag: str, library: Library) -> None:
    wording = Wording(library, tag, TODAY)
    outcomes = [
        Outcome(ReplyKind.MENU),
        Outcome(ReplyKind.COUNTRY),
        Outcome(ReplyKind.LANGUAGE),
        Outcome(ReplyKind.UNKNOWN),
    ]
    outcomes += [
        Outcome(kind, article=article)
        for article in library.articles
        for kind in (ReplyKind.ANSWER, ReplyKind.MORE)
    ]
    outcomes.append(Outcome(ReplyKind.WHICH, candidates=tuple(library.articles)))
    payloads = [
        button.payload
        for outcome in outcomes
        for message in compose(outcome, wording).messages
        for button in message.buttons
    ]
    assert max(len(payload.encode()) for payload in payloads) <= 64


@pytest.mark.parametrize("kind", list(ReplyKind))
def test_every_kind_can_be_composed(kind: ReplyKind, wording: Wording) -> None:
    assert compose(Outcome(kind), wording).messages[0].text


@pytest.mark.parametrize(
    ("outcome", "missed"),
    [
        (Outcome(ReplyKind.UNKNOWN), MissKind.DECLINED),
        (Outcome(ReplyKind.ANSWER, article="no/such"), MissKind.DECLINED),
        (Outcome(ReplyKind.UNKNOWN, phrase="unavailable"), None),
        (Outcome(ReplyKind.OUT_OF_SCOPE, phrase="out_of_scope"), MissKind.OUT_OF_SCOPE),
        (Outcome(ReplyKind.FEEDBACK, phrase="feedback_sorry"), MissKind.NOT_HELPFUL),
        (Outcome(ReplyKind.FEEDBACK, phrase="feedback_thanks"), None),
        (Outcome(ReplyKind.ANSWER, article="sa/passport"), None),
        (Outcome(ReplyKind.FOLLOW_UP, article="sa/passport", aspect="phone"), None),
        (Outcome(ReplyKind.FOLLOW_UP, article="sa/passport", aspect="cost"), MissKind.DECLINED),
        (Outcome(ReplyKind.URGENT, urgency="danger"), None),
    ],
)
def test_a_reply_says_whether_staff_should_see_the_question(
    outcome: Outcome, missed: MissKind | None, wording: Wording
) -> None:
    assert compose(outcome, wording).missed is missed


def test_a_reply_carries_the_articles_that_came_nearest(wording: Wording) -> None:
    outcome = Outcome(ReplyKind.UNKNOWN, candidates=("sa/passport", "sa/wages"), shares=(0.5, 0.2))
    assert compose(outcome, wording).nearest == (("sa/passport", 0.5), ("sa/wages", 0.2))
