"""How well each article fits a question: one number per article and feature, before anything is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import faiss
import numpy as np

from knowledge_base.search.lexical import KINDS, Matches, TermIndex, analyse
from knowledge_base.search.topic_model import TopicModel
from knowledge_base.search.vectors import Array, Vector

# topic: log probability of the article's topic (see `topic_model`). dense: cosine of the nearest row. support: soft maximum over all rows, so that several near rows count more than one.
# words, sounds, letters: share of the question that the article covers (see `lexical`).
FEATURES = ("topic", "dense", "support", *KINDS)
_SOFTNESS = 0.02
_hnsw_parameters: Any = getattr(faiss, "SearchParametersHNSW")  # noqa: B009  missing in faiss's stubs
# Rows that the vector search returns; rows behind them count as the last one.
_NEAREST_EXACT = 2_048
_NEAREST_APPROXIMATE = 512


def topics_of(articles: Iterable[tuple[str, str, str | None]]) -> tuple[str, ...]:
    """The topics of (id, topic, country) articles, in the order in which everything here counts them."""
    return tuple(sorted({topic for _, topic, _ in articles}))


@dataclass(frozen=True)
class Evidence:
    """What a question meets. topic: log probabilities, float32 of shape (topics,). dense: cosine, float32 of shape (rows,)."""

    topic: Array
    dense: Array
    matches: Mapping[str, Matches]


@dataclass(frozen=True)
class Corpus:
    """What is searched. Rows lie in the order of their articles.

    articles: (id, topic, country) in order of id. vectors: FAISS index over the rows. terms: by kind of term.
    row_article, row_language, row_field: position in ``articles`` and ``languages``, and `Field`; shape (rows,).
    """

    articles: tuple[tuple[str, str, str | None], ...]
    languages: tuple[str, ...]
    vectors: Any
    terms: Mapping[str, TermIndex]
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
    def _first_rows(self) -> Array:
        return np.searchsorted(self.row_article, np.arange(len(self.articles)))

    @cached_property
    def _article_rows(self) -> Array:
        return np.bincount(self.row_article, minlength=len(self.articles))

    def evidence(self, vector: Vector, text: str) -> Evidence:
        matches = {kind: self.terms[kind].find(terms) for kind, terms in analyse(text).items()}
        return Evidence(self.topic_model.log_probabilities(vector, text), self._dense(vector), matches)

    def scores(self, evidence: Evidence, hidden: Array | None = None) -> Array:
        """`FEATURES` of every article, float32 of shape (articles, features), as if ``hidden`` rows were not there."""
        dense, lowest = evidence.dense, evidence.dense.min()
        if hidden is not None:
            dense = np.where(hidden, lowest, dense)
        best = np.maximum.reduceat(dense, self._first_rows)
        highest = best.max()
        closeness = np.add.reduceat(np.exp((dense - highest) / _SOFTNESS), self._first_rows)
        support = highest + _SOFTNESS * np.log(closeness + np.finfo(np.float32).tiny)
        covered = [
            evidence.matches[kind].coverage(self.row_article, self._article_rows, hidden) for kind in KINDS
        ]
        topic = evidence.topic[self.article_topic]
        return np.column_stack([topic, best, support, *covered]).astype(np.float32)

    def _dense(self, vector: Vector) -> Array:
        approximate = isinstance(self.vectors, faiss.IndexHNSW)
        count = min(self.size, _NEAREST_APPROXIMATE if approximate else _NEAREST_EXACT)
        parameters = _hnsw_parameters(efSearch=2 * count) if approximate else None
        scores, rows = self.vectors.search(vector[None, :], count, params=parameters)
        found = rows[0] >= 0
        dense = np.full(self.size, scores[0][found].min() if found.any() else 0.0, dtype=np.float32)
        dense[rows[0][found]] = scores[0][found]
        return dense
