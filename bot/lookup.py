"""From a question to an `Outcome`: the search, asked with what the conversation knows."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from asgiref.sync import sync_to_async

from bot.outcomes import LEAST_SHARE, Outcome
from bot.replies import ReplyKind
from knowledge_base.content import Library
from knowledge_base.published import current_library
from knowledge_base.search import current_searcher
from knowledge_base.search.decision import Candidate, Decision, DecisionKind
from knowledge_base.search.retrieval import Query
from nlu.acts import SURE_OF_ACT, Act, likely_act
from nlu.clauses import asking_piece, is_story, pieces, two_questions
from nlu.normalisation import tokens
from nlu.places import DESTINATIONS, destinations_in
from nlu.urgency import detect_urgency

logger = logging.getLogger(__name__)

MOST_CHOICES = 10  # rows of a WhatsApp list message
# An alarm of the rules stands unless the model finds it this unlikely. In tests/evaluation/dev and first.jsonl that sets aside 36 of 44
# false alarms and no true one: the least likely of 204 emergencies had 0.049. Of 1,040 emergencies among the training examples that
# the rules find, five had less from a model that had not learnt them. The answer still says whom to call in danger.
SURE_OF_NO_DANGER = 0.03
FEWEST_WORDS_OF_FALSE_ALARM = 5
# A question with so large a chance of being an emergency gets that line too: one in 25 of those in tests/evaluation/dev.
PERHAPS_DANGER = 0.1
# An emergency in one sentence of a story: so likely must the sentence be, by itself or where the rules raise an alarm too, and so
# likely the whole. It must stand in the second half: what a story begins with is what led up to the rest, often years ago. Of 12
# such stories written for the purpose all but one are found, of 12 about the past or others none is taken for one; in
# tests/evaluation/dev and first.jsonl nothing changes.
SURE_OF_PIECE, SURE_WITH_RULES, URGENT_IN_STORY = 0.95, 0.7, 0.01
# A question that finds its article with this probability is not looked at as two. Else both halves must reach SURE_OF_HALF, and not be
# less sure by more than UNSURER_THAN_WHOLE: of 18 double questions 17 get both answers, of 240 single ones in tests/evaluation/dev
# 3 get a second after their own.
SURE_OF_ONE, SURE_OF_HALF, UNSURER_THAN_WHOLE = 0.92, 0.55, 0.1
SURE_OF_ASKED = 0.7  # by what a story ends with alone; else the whole of it is searched

KINDS = {
    DecisionKind.ANSWER: ReplyKind.ANSWER,
    DecisionKind.WHICH: ReplyKind.WHICH,
    DecisionKind.COUNTRY: ReplyKind.COUNTRY,
    DecisionKind.UNKNOWN: ReplyKind.UNKNOWN,
}


class Found(NamedTuple):
    """A question, or one of the two in a message, and what the search found for it."""

    question: str
    outcome: Outcome


def answer_now(
    question: str,
    language: str | None,
    country: str | None,
    topic: str | None = None,
    without: tuple[str, ...] = (),
) -> Outcome:
    """Search. Countries named in the question count more than the conversation's.

    With a `topic` the question was asked before and `country` is the answer to ours: only that topic, only there.
    Articles `without` which it is to be answered were not what the person meant.
    """
    destinations = () if topic else destinations_in(question)
    known = country if country in DESTINATIONS else None
    query = Query(question, language, known, destinations, topic, without)
    searcher = current_searcher()
    danger = searcher.acts(question).get(Act.URGENT, 0.0)
    outcome = replace(_outcome(searcher.search(query)), cautious=danger >= PERHAPS_DANGER)
    if outcome.kind is ReplyKind.UNKNOWN:  # where it was asked about, for staff and for whom to call
        return replace(outcome, country=destinations[0] if destinations else country)
    return outcome


def answers_now(question: str, language: str | None, country: str | None) -> tuple[Found, ...]:
    """What a question finds; both, if it is two and each finds something else than the other."""
    whole = answer_now(question, language, country)
    if (whole.score or 0.0) >= SURE_OF_ONE:
        return (Found(question, whole),)
    named = next(iter(destinations_in(question)), country)
    if is_story(question):
        asked = answer_now(asking_piece(question), language, named)
        led_up = _answers(asked, max(SURE_OF_ASKED, whole.score or 0.0))
        return (Found(question, asked if led_up else whole),)
    return _both(question, whole, language, named) or (Found(question, whole),)


def _both(question: str, whole: Outcome, language: str | None, country: str | None) -> tuple[Found, ...]:
    """The two findings of a double question; none if it is not one."""
    found: list[Found] = []
    least = max(SURE_OF_HALF, (whole.score or 0.0) - UNSURER_THAN_WHOLE)
    for half in two_questions(question) or ():
        outcome = answer_now(half, language, country)
        if not (_answers(outcome, least) and _is_question(half)):
            return ()
        found.append(Found(half, outcome))
    if not found or _subject(found[0].outcome) == _subject(found[1].outcome):
        return ()
    if all(each.outcome.kind is ReplyKind.COUNTRY for each in found):  # ask once, for both
        return (Found(question, replace(found[0].outcome, topic=None)),)
    return tuple(sorted(found, key=lambda each: each.outcome.kind is ReplyKind.COUNTRY))


def _is_question(half: str) -> bool:
    """Not the emergency, nor what only asks for more on the other half ("and what papers?")."""
    chances = current_searcher().acts(half)
    return likely_act(chances) is Act.QUESTION and chances.get(Act.FOLLOW_UP, 0.0) < SURE_OF_ACT


def _answers(outcome: Outcome, least: float) -> bool:
    known = outcome.kind in (ReplyKind.ANSWER, ReplyKind.COUNTRY)
    return known and outcome.score is not None and outcome.score >= least


def _subject(outcome: Outcome) -> str | None:
    """The topic, whatever the country."""
    group, _, topic = (outcome.article or "").partition("/")
    return outcome.topic or (topic if group in DESTINATIONS else outcome.article)


def act_now(text: str, *, after_answer: bool = False) -> Act:
    """The dialogue act of a message that is none by itself, by the act model; a question when it is not sure.

    In a story one sentence may be the emergency, drowned by all that led up to it.
    """
    if not tokens(text):
        return Act.QUESTION
    chances = current_searcher().acts(text)
    act = likely_act(chances, after_answer=after_answer)
    if act is not Act.URGENT and chances.get(Act.URGENT, 0.0) >= URGENT_IN_STORY and is_story(text):
        told = pieces(text)
        return Act.URGENT if any(map(_raises_alarm, told[(len(told) + 1) // 2 :])) else act
    return act


def _raises_alarm(piece: str) -> bool:
    chance = current_searcher().acts(piece).get(Act.URGENT, 0.0)
    return chance >= SURE_OF_PIECE or (chance >= SURE_WITH_RULES and detect_urgency(piece) is not None)


def false_alarm_now(text: str) -> bool:
    """Whether the act model sets aside an alarm that the rules raised over ``text``.

    A bare call for help never is one, nor a story: what led up to an emergency may drown it.
    """
    if len(tokens(text)) < FEWEST_WORDS_OF_FALSE_ALARM or is_story(text):
        return False
    return current_searcher().acts(text).get(Act.URGENT, 1.0) < SURE_OF_NO_DANGER


def warm_up() -> None:
    """Load the library, the encoder and the index, so that the first person does not wait for them."""
    try:
        current_library()
        answer_now("passport", "en", None)
    except Exception:
        logger.exception("The search could not be loaded; /readyz says what is missing")


async def act(text: str, *, after_answer: bool = False) -> Act:
    return await sync_to_async(act_now, thread_sensitive=False)(text, after_answer=after_answer)


async def false_alarm(text: str) -> bool:
    return await sync_to_async(false_alarm_now, thread_sensitive=False)(text)


async def answer(
    question: str,
    language: str | None,
    country: str | None,
    topic: str | None = None,
    without: tuple[str, ...] = (),
) -> Outcome:
    return await sync_to_async(answer_now, thread_sensitive=False)(
        question, language, country, topic, without
    )


async def answers(question: str, language: str | None, country: str | None) -> tuple[Found, ...]:
    return await sync_to_async(answers_now, thread_sensitive=False)(question, language, country)


def worth_offering(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Those with a fair share of the likelihood: a list filled up with the far-fetched (a crisis line after "wages?") frightens."""
    least = candidates[0].score * LEAST_SHARE if candidates else 0
    return tuple(candidate for candidate in candidates if candidate.score >= least)


def _outcome(decision: Decision) -> Outcome:
    score = round(decision.score, 4)
    if decision.kind is DecisionKind.COUNTRY:
        codes = dict.fromkeys(candidate.article_id.split("/")[0] for candidate in decision.candidates)
        return Outcome(ReplyKind.COUNTRY, candidates=tuple(codes), score=score, topic=decision.topic)
    outcome = Outcome(KINDS[decision.kind], article=decision.article, country=decision.country, score=score)
    if decision.kind is not DecisionKind.WHICH:
        return _with_candidates(outcome, decision.candidates)
    offered = worth_offering(decision.candidates)
    if len(offered) == 1:  # a list of one asks nothing
        outcome = replace(outcome, kind=ReplyKind.ANSWER, article=offered[0].article_id)
    return _with_candidates(outcome, offered)


def _with_candidates(outcome: Outcome, candidates: Sequence[Candidate]) -> Outcome:
    return replace(
        outcome,
        candidates=tuple(candidate.article_id for candidate in candidates),
        shares=tuple(round(candidate.score, 4) for candidate in candidates),
    )


def same_topic_in(library: Library, article_id: str | None, country: str | None) -> str | None:
    """`sa/passport` and `qa` -> `qa/passport`, when that article exists."""
    if not article_id or not country or article_id.split("/")[0] not in DESTINATIONS:
        return None
    moved = f"{country}/{article_id.split('/', 1)[1]}"
    return moved if moved in library.articles else None


def articles_under(library: Library, group: str) -> tuple[str, ...]:
    """Ids of a catalogue group (`departure`, `health`, a country code...), in order."""
    return tuple(sorted(article_id for article_id in library.articles if article_id.startswith(f"{group}/")))


def page(articles: Sequence[str], number: int) -> tuple[tuple[str, ...], bool]:
    """One list's worth of a group's articles, and whether more follow; all of them if one list holds them.

    ``number`` counts from 1. A page leaves one row of the list for the button that brings the next.
    """
    if len(articles) <= MOST_CHOICES:
        return tuple(articles), False
    size = MOST_CHOICES - 1
    end = number * size
    return tuple(articles[end - size : end]), len(articles) > end
