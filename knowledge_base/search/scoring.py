"""How well each article fits a question: one number per article and feature, before anything is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from knowledge_base.search.nearest import Nearest, nearest
from knowledge_base.search.sounds import Matches, SoundIndex, sounds_of
from knowledge_base.search.topic_model import TopicModel
from knowledge_base.search.vectors import Array, Vector

# topic: log probability of the article's topic (see `topic_model`). dense: cosine of the nearest row. sounds: share of the
# question's sounds that the article covers (see `sounds`).
FEATURES = ("topic", "dense", "sounds")


def topics_of(articles: Iterable[tuple[str, str, str | None]]) -> tuple[str, ...]:
    """The topics of (id, topic, country) articles, in the order in which everything here counts them."""
    return tuple(sorted({topic for _, topic, _ in articles}))


@dataclass(frozen=True)
class Evidence:
    """What a question meets. topic: log probabilities, float32 of shape (topics,). nearest: the rows whose vectors are."""

    topic: Array
    nearest: Nearest
    sounds: Matches


@dataclass(frozen=True)
class Corpus:
    """What is searched. Rows lie in the order of their articles.

    articles: (id, topic, country) in order of id. vectors: FAISS index over the rows. sounds: their postings.
    row_article, row_language, row_field: position in ``articles`` and ``languages``, and `Field`; shape (rows,).
    """

    articles: tuple[tuple[str, str, str | None], ...]
    languages: tuple[str, ...]
    vectors: Any
    sounds: SoundIndex
    topic_model: TopicModel
    row_article: Array
    row_language: Array
    row_field: Array

    @property
    def size(self) -> int:
        return len(self.row_article)

    @cached_property
    def topics(self) -> tuple[str, ...]:
        return topics_of(self.articles)

    @cached_property
    def article_topic(self) -> Array:
        """Position in ``topics`` of each article."""
        place = {topic: i for i, topic in enumerate(self.topics)}
        return np.array([place[topic] for _, topic, _ in self.articles], dtype=np.int32)

    @cached_property
    def article_country(self) -> Array:
        """Country of each article, "" where it holds everywhere."""
        return np.array([country or "" for _, _, country in self.articles])

    @cached_property
    def destinations(self) -> frozenset[str]:
        """Countries that have articles of their own."""
        return frozenset(country for _, _, country in self.articles if country)

    @cached_property
    def _article_rows(self) -> Array:
        return np.bincount(self.row_article, minlength=len(self.articles))

    def evidence(self, vector: Vector, text: str) -> Evidence:
        topic = self.topic_model.log_probabilities(vector, text)
        return Evidence(topic, nearest(self.vectors, vector), self.sounds.find(sounds_of(text)))

    def scores(self, evidence: Evidence, hidden: Array | None = None) -> Array:
        """`FEATURES` of every article, float32 of shape (articles, features), as if ``hidden`` rows were not there."""
        topic = evidence.topic[self.article_topic]
        dense = self._closeness(evidence.nearest, hidden)
        sounds = evidence.sounds.coverage(self.row_article, self._article_rows, hidden)
        return np.column_stack([topic, dense, sounds]).astype(np.float32)

    def _closeness(self, found: Nearest, hidden: Array | None) -> Array:
        """Cosine of each article's nearest row: shape (articles,).

        Rows that are not among the nearest, or hidden, count as the last of these.
        """
        rows, cosines = found.rows, found.cosines
        if hidden is not None:
            seen = ~hidden[rows]
            rows, cosines = rows[seen], cosines[seen]
        best = np.full(len(self.articles), found.last, dtype=np.float32)
        np.maximum.at(best, self.row_article[rows], cosines)
        return best
