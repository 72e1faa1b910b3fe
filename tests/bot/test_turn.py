"""A turn without Rasa: what reaches it, which language is answered in, and what happens when it is down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from bot.composing import Wording
from bot.outcomes import Outcome
from bot.phrases import say
from bot.replies import Button, Message, Reply, ReplyKind
from bot.turn import LONGEST_TEXT, Turn, composed, language_of, merge, shortened, take_turn, to_engine
from knowledge_base.content import Library
from knowledge_base.misses.kinds import MissKind
from knowledge_base.published import pinned
from knowledge_base.search.current import SearcherSource

TURN = Turn("pseudonym", "", "web")


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (replace(TURN, text="my wages"), "my wages"),
        (replace(TURN, text="  /restart"), "restart"),
        (replace(TURN, text='//urgent{"x":1}'), 'urgent{"x":1}'),
        (replace(TURN, text="x", payload="/more"), "/more"),
        (replace(TURN, payload='/choose{"article":"sa/passport"}'), '/choose{"article":"sa/passport"}'),
        (replace(TURN, text="x", payload="/session_start"), "x"),
        (replace(TURN, text="x", payload='/choose{"article":{"a":1}}'), "x"),
        (replace(TURN, media="voice"), '/media{"media":"voice"}'),
        (replace(TURN, text="caption", media="image"), "caption"),
        (replace(TURN, text=" / "), None),
        (TURN, None),
    ],
)
def test_only_our_own_payloads_reach_rasa_as_intents(turn: Turn, expected: str | None) -> None:
    assert to_engine(turn) == expected


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (replace(TURN, text="my employer keeps my passport", language="ur"), "en"),
        (replace(TURN, text="my employer keeps my passport", language="ur", pinned=True), "ur"),
        (replace(TURN, text="👍", language="sd"), "sd"),
        (replace(TURN, text="👍"), "ur"),
        (replace(TURN, text="Mazeed batayen", payload="/more", language="ps"), "ps"),
        (replace(TURN, text="", media="voice", language="no-such"), "ur"),
    ],
)
def test_language_of_the_answer(turn: Turn, expected: str) -> None:
    assert language_of(turn) == expected


def test_a_long_story_keeps_its_beginning_and_end() -> None:
    text = "begin " + "x" * 10_000 + " end"
    assert len(shortened(text)) <= LONGEST_TEXT + 1
    assert shortened(text).startswith("begin")
    assert shortened(text).endswith("end")
    assert shortened("short") == "short"


def test_two_outcomes_make_one_reply() -> None:
    first = Reply(ReplyKind.ANSWER, "ur", (Message("one"),), article="sa/wages")
    second = Reply(ReplyKind.HANDOFF, "ur", (Message("two"),), handoff=True)
    merged = merge([first, second])
    assert [message.text for message in merged.messages] == ["one", "two"]
    assert merged.kind is ReplyKind.ANSWER
    assert merged.handoff


def test_of_two_answers_the_first_says_what_more_is_of_and_the_last_asks_whether_it_helped() -> None:
    buttons = (Button("More", "/more"), Button("Other", "/menu"), Button("Yes", "/helpful"))
    first = Reply(ReplyKind.ANSWER, "en", (Message("one", buttons=buttons),), article="sa/wages")
    second = Reply(ReplyKind.ANSWER, "en", (Message("two", buttons=buttons),), article="sa/passport")
    above, below = merge([first, second]).messages
    assert [button.payload for button in above.buttons] == ['/more{"article":"sa/wages"}', "/menu"]
    assert below == second.messages[0]
    assert merge([first]) == first


def test_who_we_are_is_said_once(library: Library) -> None:
    wording = Wording(library, "en", date(2026, 11, 22), first_contact=True)
    outcomes = [Outcome(ReplyKind.ANSWER, article=name) for name in ("sa/wages", "sa/passport")]
    texts = [message.text for message in merge(composed(outcomes, wording)).messages]
    assert [text == say("intro_line", "en") for text in texts] == [False, False, True]


@pytest.fixture
def no_engine() -> None:
    """Rasa is down: nothing listens at its address."""
    before = settings.SAFAR
    settings.SAFAR = replace(before, rasa_url="http://127.0.0.1:9")
    yield
    settings.SAFAR = before


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "kind", "article"),
    [
        ("my sponsor took my passport in Riyadh, what can I do?", ReplyKind.ANSWER, "sa/passport"),
        ("they locked me in a room in Dubai and beat me, help", ReplyKind.URGENT, None),
        ("insaan se baat karni hai", ReplyKind.HANDOFF, None),
        ("salam", ReplyKind.SMALLTALK, None),
    ],
)
async def test_when_rasa_is_down_the_person_still_gets_an_answer(
    text: str, kind: ReplyKind, article: str | None, searchable: None, no_engine: None
) -> None:
    reply = await take_turn(replace(TURN, text=text))
    assert (reply.kind, reply.article, reply.degraded) == (kind, article, True)
    assert reply.messages[0].text


@pytest.mark.model
@pytest.mark.parametrize(
    "turn",
    [
        replace(TURN, text="👍🙏"),
        replace(TURN, text="'; DROP TABLE articles; --"),
        replace(TURN, text="<script>alert(1)</script>"),
        replace(TURN, text="\x00\x01\x02"),
        replace(TURN, text="नमस्ते"),
        replace(TURN, text="a" * 100_000),
        replace(TURN, payload='/choose{"article":"no/such"}'),
        replace(TURN, media="location"),
        TURN,
    ],
    ids=["emoji", "sql", "markup", "control", "devanagari", "huge", "unknown-article", "location", "nothing"],
)
async def test_odd_input_gets_an_honest_answer_without_rasa(
    turn: Turn, searchable: None, no_engine: None
) -> None:
    reply = await take_turn(turn)
    assert all(message.text.strip() for message in reply.messages)


@pytest.mark.model
@pytest.mark.parametrize("turn", [replace(TURN, payload="/not_helpful"), replace(TURN, text="not helpful")])
async def test_not_helpful_is_taken_without_rasa(turn: Turn, searchable: None, no_engine: None) -> None:
    reply = await take_turn(turn)
    assert (reply.kind, reply.missed, reply.degraded) == (ReplyKind.FEEDBACK, MissKind.NOT_HELPFUL, True)


@pytest.mark.model
async def test_a_decline_without_rasa_names_the_nearest_articles_and_the_country(
    searchable: None, no_engine: None
) -> None:
    reply = await take_turn(replace(TURN, text="what if my gnorbal was flurbished by the agent in qatar"))
    assert (reply.kind, reply.missed, reply.country) == (ReplyKind.UNKNOWN, MissKind.DECLINED, "qa")
    assert reply.nearest
    assert all(0 <= share <= 1 for _, share in reply.nearest)


@pytest.fixture
def no_index(tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The search index is missing, as on an installation that was never prepared."""
    empty = SearcherSource(tmp_path, settings.ENCODER)
    monkeypatch.setattr("bot.lookup.current_searcher", empty.searcher)
    with pinned(library):
        yield


async def test_when_nothing_can_be_looked_up_the_emergency_contacts_are_given(
    no_index: None, no_engine: None
) -> None:
    reply = await take_turn(replace(TURN, text="how do I change my employer in Dubai"))
    assert (reply.kind, reply.degraded) == (ReplyKind.UNKNOWN, True)
    assert "999" in reply.messages[0].text
