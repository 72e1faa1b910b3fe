"""Learn the calibration from the index's own questions; no evaluation set is looked at.

Every question of a sample is taken out of the index and asked (leave one out). The weights are those of a conditional
logit model: the article a question belongs to should come first among all. The probabilities are logistic regressions:
was the first right, was the right one among the first three. Questions whose whole topic is taken out, and texts that no
article answers, are the cases in which nothing is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from knowledge_base.search.calibration import UNCALIBRATED, Calibration, Logistic, rank_features, rank_topics
from knowledge_base.search.scoring import FEATURES, Corpus
from knowledge_base.search.vectors import Array, Vector

_SAMPLES = 400
_FEWEST_SAMPLES = 40
_FEWEST_TOPICS = 5
# Assumed share of questions that no article answers. It sets how readily the bot says "I do not know".
_STRANGERS = 0.25
_RIDGE = 1.0


@dataclass(frozen=True)
class Sample:
    """A text with its vector; ``row`` is where it stands in the index, None for a text that no article answers."""

    row: int | None
    text: str
    vector: Vector


def fit(corpus: Corpus, samples: Sequence[Sample], strangers: Sequence[Sample]) -> Calibration:
    """Learn from the index's own questions, or `UNCALIBRATED` when there are too few."""
    chosen = _spread(samples)
    if len(chosen) < _FEWEST_SAMPLES or len(corpus.topics) < _FEWEST_TOPICS:
        return UNCALIBRATED
    trials = [
        trial for sample in chosen if sample.row is not None for trial in _trials(corpus, sample, sample.row)
    ]
    weights = _fit_weights(corpus, [trial for trial in trials if trial.topic is not None])
    trials += [_stranger(corpus, sample) for sample in _spread(strangers)]
    return _fit_probabilities(corpus, weights, trials)


def _spread(samples: Sequence[Sample]) -> list[Sample]:
    """At most `_SAMPLES`, evenly over the index, the same ones each time."""
    step = max(1.0, len(samples) / _SAMPLES)
    return [samples[int(i * step)] for i in range(min(len(samples), _SAMPLES))]


@dataclass(frozen=True)
class _Trial:
    """A question asked of an index without it: scores, who may compete, and the right topic (None: there is none)."""

    scores: Array
    allowed: Array
    topic: int | None


def _trials(corpus: Corpus, sample: Sample, row: int) -> Iterator[_Trial]:
    """Without the question; without half of what its article says; without its topic."""
    rows = corpus.row_scores(sample.vector, sample.text)
    article = corpus.row_article[row]
    country = corpus.articles[article][2]
    allowed = np.array([other in (None, country) for _, _, other in corpus.articles])
    topic = int(corpus.article_topic[article])
    itself = rows[0] > 1 - 1e-4
    itself[row] = True
    numbers = np.arange(corpus.size)
    half = itself | (
        (corpus.row_article == article) & ((numbers * 2654435761 + row) % 4294967296 < 2147483648)
    )
    yield _Trial(corpus.article_scores(rows, itself), allowed, topic)
    yield _Trial(corpus.article_scores(rows, half), allowed, topic)
    yield _Trial(corpus.article_scores(rows), allowed & (corpus.article_topic != topic), None)


def _stranger(corpus: Corpus, sample: Sample) -> _Trial:
    scores = corpus.article_scores(corpus.row_scores(sample.vector, sample.text))
    return _Trial(scores, np.ones(len(corpus.articles), dtype=bool), None)


def _fit_weights(corpus: Corpus, trials: Sequence[_Trial]) -> tuple[float, ...]:
    """Conditional logit with a ridge, weights not below zero: more likeness never speaks against an article."""
    cases = [
        (trial.scores[trial.allowed], corpus.article_topic[trial.allowed] == trial.topic) for trial in trials
    ]
    scale = np.concatenate([scores for scores, _ in cases]).std(axis=0) + 1e-6

    def loss(weights: Array) -> tuple[float, Array]:
        total, gradient = _RIDGE * float(weights @ weights) / 2, _RIDGE * weights
        for scores, right in cases:
            scaled = scores / scale
            logs = _log_softmax(scaled @ weights)
            total -= float(logs[right].max())
            gradient = gradient + scaled.T @ np.exp(logs) - scaled[right][logs[right].argmax()]
        return total, gradient

    found = minimize(
        loss, np.ones(len(FEATURES)), jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(FEATURES)
    )
    return tuple(float(weight) for weight in found.x / scale)


def _fit_probabilities(corpus: Corpus, weights: tuple[float, ...], trials: Sequence[_Trial]) -> Calibration:
    draft = Calibration(weights, UNCALIBRATED.first, UNCALIBRATED.three)
    ranked = [rank_topics(corpus, t.scores, draft.utilities(t.scores), t.allowed) for t in trials]
    features = np.stack([rank_features(ranks) for ranks in ranked])
    first = np.array([trial.topic == ranks.topics[0] for trial, ranks in zip(trials, ranked, strict=True)])
    three = np.array([trial.topic in ranks.topics[:3] for trial, ranks in zip(trials, ranked, strict=True)])
    strange = np.array([trial.topic is None for trial in trials])
    share = np.where(strange, _STRANGERS / strange.sum(), (1 - _STRANGERS) / (~strange).sum()) * len(trials)
    measured = {
        "questions": len(trials),
        "first_right": float(first[~strange].mean()),
        "three_right": float(three[~strange].mean()),
    }
    return Calibration(
        weights, _logistic(features, first, share), _logistic(features, three, share), measured
    )


def _logistic(features: Array, right: Array, share: Array) -> Logistic:
    if right.all() or not right.any():
        return Logistic((0.0,) * features.shape[1], 4.0 if right.all() else -4.0)
    centre, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    model = LogisticRegression(C=1.0, max_iter=1000).fit(
        (features - centre) / scale, right, sample_weight=share
    )
    coefficients = model.coef_[0] / scale
    return Logistic(tuple(map(float, coefficients)), float(model.intercept_[0] - centre @ coefficients))


def _log_softmax(values: Array) -> Array:
    shifted = values - values.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))
