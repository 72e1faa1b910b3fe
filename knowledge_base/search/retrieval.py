"""From a question to a decision."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from knowledge_base.search.decision import NOTHING, Decision, decide
from knowledge_base.search.index import SearchIndex
from knowledge_base.search.vectors import Vector
from nlu.acts import Act

if TYPE_CHECKING:
    from knowledge_base.search.encoder import Encoder

_SEARCHED = ("L", "N")
_REMEMBERED_TEXTS = 256  # a turn asks for the acts of the same text several times
# How much likelier than the act model says it is that a message which reached the search is off topic: there is no end to what
# people write of, and few of it stands in the training examples. With 3 to 4 tests/evaluation/dev has 98 instead of 94 % of the
# off-topic messages declined and no question more.
_OFF_TOPIC_ODDS = 3.0


@dataclass(frozen=True)
class Query:
    """A question.

    country: what the conversation knows (ISO 3166-1, lower case), used when the text names no destination.
    countries_named: found in the text itself. topic: ask only about this one (`Decision.topic`), for a remembered question.
    without: articles that were not meant; nothing on their topics competes.
    """

    text: str
    language: str | None = None
    country: str | None = None
    countries_named: tuple[str, ...] = ()
    topic: str | None = None
    without: tuple[str, ...] = ()


def in_scope(chances: Mapping[Act, float]) -> float:
    """The probability that a message is about our subject, by those of its acts."""
    off_topic = chances.get(Act.OUT_OF_SCOPE, 0.0)
    return (1 - off_topic) / (1 - off_topic + _OFF_TOPIC_ODDS * off_topic)


class Searcher:
    """An index and the encoder it was made with. Safe for concurrent calls."""

    def __init__(self, index: SearchIndex, encoder: Encoder) -> None:
        self.index = index
        self._encoder = encoder
        self.acts = lru_cache(maxsize=_REMEMBERED_TEXTS)(self._acts)

    @property
    def version(self) -> str:
        return self.index.version

    def search(self, query: Query) -> Decision:
        """Never raises for anything a person can write; text without a letter or digit is unknown."""
        text = query.text.strip()
        if not any(unicodedata.category(character)[0] in _SEARCHED for character in text[:10_000]):
            return NOTHING
        corpus = self.index.corpus
        scores = corpus.scores(corpus.evidence(self.encode_query(text), text))
        countries = self._countries(query)
        return decide(
            corpus,
            self.index.calibration,
            scores,
            countries,
            query.topic,
            in_scope=in_scope(self.acts(text)),
            without=query.without,
        )

    def _acts(self, text: str) -> Mapping[Act, float]:
        """The probability of each dialogue act that the act model knows; none while it is untrained."""
        if self.index.acts is None:
            return {}
        chances = np.exp(self.index.acts.log_probabilities(self.encode_query(text), text))
        return {
            Act(name): float(chance) for name, chance in zip(self.index.acts.topics, chances, strict=True)
        }

    def encode_query(self, text: str) -> Vector:
        """Unit vector of a question: float32 of shape (dimensions,)."""
        return self._encoder.query(text)

    def _countries(self, query: Query) -> tuple[str, ...]:
        """The destinations that are meant: those the text names, else the conversation's."""
        known = self.index.corpus.destinations
        named = tuple(country for country in query.countries_named if country in known)
        return named or tuple(country for country in (query.country,) if country in known and country)
