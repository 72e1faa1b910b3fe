"""What to do with a ranking: answer, ask which, ask the country, or say that we do not know. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from knowledge_base.search.calibration import Calibration, Ranks, rank_features, rank_topics
from knowledge_base.search.scoring import Corpus
from knowledge_base.search.vectors import Array, softmax


class DecisionKind(StrEnum):
    ANSWER = "answer"
    WHICH = "which"
    COUNTRY = "country"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Candidate:
    """``score`` is the article's share among all that compete, 0 to 1."""

    article_id: str
    score: float


@dataclass(frozen=True)
class Decision:
    """``score`` is the calibrated probability that the first candidate is right, 0 to 1.

    ANSWER: ``article`` is set. WHICH: 2 or 3 candidates (1 when only one may compete). COUNTRY: ``topic`` is set and the
    candidates are its articles, one per country. UNKNOWN: candidates are what came nearest, not to be offered.
    """

    kind: DecisionKind
    article: str | None
    topic: str | None
    country: str | None
    candidates: tuple[Candidate, ...]
    score: float


NOTHING = Decision(DecisionKind.UNKNOWN, None, None, None, (), 0.0)

# What an outcome is worth to the person, an answer that is right being 1 and "I do not know" 0. A list costs a message more
# and is worth less either way. The probabilities are learnt from held-out index questions, which are harder than what people
# ask: of the questions in tests/evaluation/dev with a probability of 0.4 more than half were answered right.
_WRONG_ANSWER = -0.5
_RIGHT_LIST = 0.3
_WRONG_LIST = -0.2
# From here on the first is answered, with the others offered beside it, instead of a list: in tests/evaluation/dev the first
# of a list was the right one for 17 of 21 questions, and each of these people had to ask twice.
_LEAST_TO_ANSWER = 0.25
_LISTED = 3


def decide(
    corpus: Corpus,
    calibration: Calibration,
    scores: Array,
    countries: Sequence[str],
    topic: str | None,
    in_scope: float = 1.0,
    without: Sequence[str] = (),
) -> Decision:
    """``scores`` of shape (articles, features); ``countries``: those that are meant, empty when not known; ``in_scope``:
    probability that the question is about our subject at all; ``without``: articles whose topics are not meant."""
    allowed = _allowed(corpus, countries, topic, without)
    if not allowed.any():
        return NOTHING
    utilities = calibration.utilities(scores)
    ranks = rank_topics(corpus, scores, utilities, allowed)
    features = rank_features(ranks)
    first, three = (in_scope * each.probability(features) for each in (calibration.first, calibration.three))
    shares = _shares(utilities, allowed)
    articles = [_articles_of(corpus, place, allowed, utilities) for place in ranks.topics[:_LISTED]]
    kind = DecisionKind.ANSWER if topic else _kind(first, max(first, three))
    if kind is DecisionKind.UNKNOWN:
        return Decision(
            kind, None, None, None, _candidates(corpus, [group[0] for group in articles], shares), first
        )
    if len(articles[0]) > 1:
        return _which_country(corpus, ranks, articles[0], countries, shares, first)
    if kind is DecisionKind.WHICH:
        return _which(corpus, articles, shares, first)
    return _answer(corpus, articles, shares, first)


def _allowed(corpus: Corpus, countries: Sequence[str], topic: str | None, without: Sequence[str]) -> Array:
    """Articles of another country than the ones meant never compete."""
    allowed = np.ones(len(corpus.articles), dtype=bool)
    if countries:
        allowed &= np.isin(corpus.article_country, ["", *countries])
    if topic is not None:
        allowed &= corpus.article_topic == (corpus.topics.index(topic) if topic in corpus.topics else -1)
    if without:
        topics = [
            about
            for (article, *_), about in zip(corpus.articles, corpus.article_topic, strict=True)
            if article in without
        ]
        allowed &= ~np.isin(corpus.article_topic, topics)
    return allowed


def _kind(first: float, three: float) -> DecisionKind:
    answer = first + _WRONG_ANSWER * (1 - first)
    which = _RIGHT_LIST * three + _WRONG_LIST * (1 - three)
    if max(answer, which) <= 0:
        return DecisionKind.UNKNOWN
    return DecisionKind.ANSWER if first >= _LEAST_TO_ANSWER else DecisionKind.WHICH


def _shares(utilities: Array, allowed: Array) -> Array:
    return softmax(np.where(allowed, utilities, -np.inf))


def _articles_of(corpus: Corpus, topic: int, allowed: Array, utilities: Array) -> list[int]:
    """Those of one topic that may compete, best first."""
    found = np.flatnonzero(allowed & (corpus.article_topic == topic))
    return [int(i) for i in found[np.argsort(-utilities[found], kind="stable")]]


def _candidates(corpus: Corpus, articles: Sequence[int], shares: Array) -> tuple[Candidate, ...]:
    return tuple(Candidate(corpus.articles[i][0], float(shares[i])) for i in articles)


def _answer(corpus: Corpus, articles: Sequence[Sequence[int]], shares: Array, score: float) -> Decision:
    article, topic, country = corpus.articles[articles[0][0]]
    candidates = _candidates(corpus, [group[0] for group in articles], shares)
    return Decision(DecisionKind.ANSWER, article, topic, country, candidates, score)


def _which(corpus: Corpus, articles: Sequence[Sequence[int]], shares: Array, score: float) -> Decision:
    """Topics that still need a country are left out if two others remain."""
    settled = [group[0] for group in articles if len(group) == 1]
    offered = settled if len(settled) > 1 else [group[0] for group in articles]
    return Decision(DecisionKind.WHICH, None, None, None, _candidates(corpus, offered, shares), score)


def _which_country(
    corpus: Corpus,
    ranks: Ranks,
    articles: Sequence[int],
    countries: Sequence[str],
    shares: Array,
    score: float,
) -> Decision:
    """One topic, several countries: a choice between those named, else a question."""
    topic = corpus.topics[ranks.topics[0]]
    kind = DecisionKind.WHICH if countries else DecisionKind.COUNTRY
    offered = articles[:_LISTED] if countries else articles
    return Decision(kind, None, topic, None, _candidates(corpus, offered, shares), score)
