"""From a question to an `Outcome`: the search, asked with what the conversation knows."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from asgiref.sync import sync_to_async

from bot.outcomes import LEAST_SHARE, Outcome
from bot.replies import ReplyKind
from knowledge_base.content import Library
from knowledge_base.published import current_library
from knowledge_base.search import current_searcher
from knowledge_base.search.decision import Candidate, Decision, DecisionKind
from knowledge_base.search.retrieval import Query
from nlu.acts import Act, likely_act
from nlu.normalisation import tokens
from nlu.places import DESTINATIONS, find_places

logger = logging.getLogger(__name__)

MOST_CHOICES = 10  # rows of a WhatsApp list message
# An alarm of the rules stands unless the model finds it this unlikely. In tests/evaluation/dev that sets aside 5 of 11 false
# alarms and no true one (the least likely of 45 had 0.010); the answer still says whom to call in danger.
SURE_OF_NO_DANGER = 0.005
FEWEST_WORDS_OF_FALSE_ALARM = 5

KINDS = {
    DecisionKind.ANSWER: ReplyKind.ANSWER,
    DecisionKind.WHICH: ReplyKind.WHICH,
    DecisionKind.COUNTRY: ReplyKind.COUNTRY,
    DecisionKind.UNKNOWN: ReplyKind.UNKNOWN,
}


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
    named = () if topic else tuple(place.country for place in find_places(question))
    destinations = tuple(dict.fromkeys(code for code in named if code in DESTINATIONS))
    known = country if country in DESTINATIONS else None
    query = Query(question, language, known, destinations, topic, without)
    outcome = _outcome(current_searcher().search(query))
    if outcome.kind is ReplyKind.UNKNOWN:  # where it was asked about, for staff and for whom to call
        return replace(outcome, country=destinations[0] if destinations else country)
    return outcome


def act_now(text: str, *, after_answer: bool = False) -> Act:
    """The dialogue act of a message that is none by itself, by the act model; a question when it is not sure."""
    return (
        likely_act(current_searcher().acts(text), after_answer=after_answer) if tokens(text) else Act.QUESTION
    )


def false_alarm_now(text: str) -> bool:
    """Whether the act model sets aside an alarm that the rules raised over ``text``. A bare call for help never is one."""
    if len(tokens(text)) < FEWEST_WORDS_OF_FALSE_ALARM:
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
