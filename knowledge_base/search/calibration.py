"""How much each score counts, and what a rank is worth as a probability. `learning` finds the numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from knowledge_base.search.scoring import FEATURES, Corpus
from knowledge_base.search.vectors import Array, softmax

# What a probability rests on; see `rank_features`.
RANK_FEATURES = ("first_share", "three_share", "lead", *FEATURES)
_LONGEST_LEAD = 10.0


@dataclass(frozen=True)
class Logistic:
    """Coefficients of `RANK_FEATURES`."""

    coefficients: tuple[float, ...]
    intercept: float

    def probability(self, features: Array) -> float:
        logit = float(np.dot(features, self.coefficients) + self.intercept)
        return 1 / (1 + math.exp(-max(min(logit, 700.0), -700.0)))


@dataclass(frozen=True)
class Calibration:
    """weights: what one unit of each of `FEATURES` is worth, in logits. first: probability that the first topic is right;
    three: that the right one is among the first three. measured: how the index answered its own questions."""

    weights: tuple[float, ...]
    first: Logistic
    three: Logistic
    measured: Mapping[str, float] | None = None

    def utilities(self, scores: Array) -> Array:
        return np.asarray(scores @ np.asarray(self.weights, dtype=np.float32))

    def to_manifest(self) -> dict[str, Any]:
        return {
            "features": list(FEATURES),
            "weights": list(self.weights),
            "rank_features": list(RANK_FEATURES),
            "first": [*self.first.coefficients, self.first.intercept],
            "three": [*self.three.coefficients, self.three.intercept],
            "measured": dict(self.measured) if self.measured else None,
        }

    @classmethod
    def from_manifest(cls, values: Mapping[str, Any] | None) -> Calibration:
        if not values or (values["features"], values["rank_features"]) != (
            list(FEATURES),
            list(RANK_FEATURES),
        ):
            return UNCALIBRATED
        first, three = (Logistic(tuple(values[key][:-1]), values[key][-1]) for key in ("first", "three"))
        return cls(tuple(values["weights"]), first, three, values["measured"])


@dataclass(frozen=True)
class Ranks:
    """Topics in order, best first: position in ``corpus.topics``, utility, and scores of their best article."""

    topics: Array
    utilities: Array
    scores: Array


def rank_topics(corpus: Corpus, scores: Array, utilities: Array, allowed: Array) -> Ranks:
    """``scores`` of shape (articles, features), ``utilities`` and ``allowed`` of shape (articles,)."""
    order = np.flatnonzero(allowed)
    order = order[np.argsort(-utilities[order], kind="stable")]
    topics, first = np.unique(corpus.article_topic[order], return_index=True)
    place = np.argsort(first)
    best = order[first[place]]
    return Ranks(topics[place], utilities[best], scores[best])


def rank_features(ranks: Ranks) -> Array:
    """`RANK_FEATURES`: shares of the first and the first three, the first's lead in logits, and its scores."""
    shares = softmax(ranks.utilities)
    lead = float(ranks.utilities[0] - ranks.utilities[1]) if len(ranks.utilities) > 1 else _LONGEST_LEAD
    return np.array([shares[0], shares[:3].sum(), min(lead, _LONGEST_LEAD), *ranks.scores[0]])


# For an index with too few questions to learn from: the vectors rank, and a clear lead or shared sounds convince.
UNCALIBRATED = Calibration(
    weights=(0.5, 60.0, 10.0),
    first=Logistic((2.0, 0.0, 0.3, 0.0, 0.0, 4.0), -3.0),
    three=Logistic((0.0, 2.0, 0.3, 0.0, 0.0, 4.0), -2.5),
)
