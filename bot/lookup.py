"""From a question to an `Outcome`: the search, asked with what the conversation knows."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from knowledge_base.search.decision import Decision, DecisionKind
from knowledge_base.search.retrieval import Query
from nlu.places import DESTINATIONS, find_places

from bot.outcomes import Outcome
from bot.replies import ReplyKind
from knowledge_base.published import cached_library
from knowledge_base.search import current_searcher

KINDS = {
    DecisionKind.ANSWER: ReplyKind.ANSWER,
    DecisionKind.WHICH: ReplyKind.WHICH,
    DecisionKind.COUNTRY: ReplyKind.COUNTRY,
    DecisionKind.UNKNOWN: ReplyKind.UNKNOWN,
}


def answer_now(
    question: str, language: str | None, country: str | None, *, country_is_answered: bool = False
) -> Outcome:
    """Search. Countries named in the question count more than the conversation's, unless the person has just been asked for it."""
    named = tuple(place.country for place in find_places(question))
    destinations = tuple(dict.fromkeys(code for code in named if code in DESTINATIONS))
    if country_is_answered and country:
        destinations = (country,)
    known = country if country in DESTINATIONS else None
    decision = current_searcher().search(
        Query(question, language=language, country=known, countries_named=destinations)
    )
    return _outcome(decision)


async def answer(
    question: str, language: str | None, country: str | None, *, country_is_answered: bool = False
) -> Outcome:
    return await sync_to_async(answer_now, thread_sensitive=False)(
        question, language, country, country_is_answered=country_is_answered
    )


def _outcome(decision: Decision) -> Outcome:
    candidates = tuple(candidate.article_id for candidate in decision.candidates)
    if decision.kind is DecisionKind.COUNTRY:
        candidates = tuple(dict.fromkeys(article_id.split("/")[0] for article_id in candidates))
    return Outcome(
        KINDS[decision.kind],
        article=decision.article,
        country=decision.country,
        candidates=candidates,
        score=round(decision.score, 4),
    )


def exists(article_id: str) -> bool:
    return article_id in cached_library().articles


def same_topic_in(article_id: str | None, country: str | None) -> str | None:
    """`sa/passport` and `qa` -> `qa/passport`, when that article exists."""
    if not article_id or not country or article_id.split("/")[0] not in DESTINATIONS:
        return None
    moved = f"{country}/{article_id.split('/', 1)[1]}"
    return moved if exists(moved) else None


def articles_under(group: str) -> tuple[str, ...]:
    """Ids of a catalogue group (`departure`, `health`, a country code...), in catalogue order."""
    return tuple(article_id for article_id in cached_library().articles if article_id.startswith(f"{group}/"))
