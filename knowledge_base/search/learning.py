"""Learn the calibration from the index's own questions; no evaluation set is looked at.

Questions that were held out, from the topic model too, are asked. The weights are those of a conditional logit model: the
question's topic should come first among all. The probabilities are logistic regressions: was the first right, was the
right one among the first three. Questions whose whole topic is taken out, and texts that no
article answers, are the cases in which nothing is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from knowledge_base.search.calibration import UNCALIBRATED, Calibration, Logistic, rank_features, rank_topics
from knowledge_base.search.scoring import FEATURES, Corpus
from knowledge_base.search.vectors import Array, Vector, log_softmax

_FEWEST_SAMPLES = 40
_FEWEST_TOPICS = 5
# Assumed share of questions that no article answers, half of them about our subject and half about anything. It sets how
# readily the bot says "I do not know". Low, because the act model takes most of the latter out before they come here.
_STRANGERS = 0.1
_RIDGE = 1.0


@dataclass(frozen=True)
class Sample:
    """A text with its vector as a question; ``row`` is where it stands in the index, None for a text without an article."""

    row: int | None
    text: str
    vector: Vector


@dataclass(frozen=True)
class _Trial:
    """A question asked of an index without it: scores, who may compete, and the right topic (None: there is none)."""

    scores: Array
    allowed: Array
    topic: int | None


def fit(
    corpus: Corpus, held_out: Array, samples: Sequence[Sample], strangers: Sequence[Sample]
) -> Calibration:
    """``corpus``: with a topic model that has not seen the rows ``held_out`` (bool, shape (rows,)), of which the samples are.

    `UNCALIBRATED` when there is too little to learn from.
    """
    if len(samples) < _FEWEST_SAMPLES or len(corpus.topics) < _FEWEST_TOPICS:
        return UNCALIBRATED
    trials = [trial for sample in samples for trial in _trials(corpus, held_out, sample)]
    weights = _fit_weights(corpus, [trial for trial in trials if trial.topic is not None])
    return _fit_probabilities(corpus, weights, trials, [_stranger(corpus, sample) for sample in strangers])


def _trials(corpus: Corpus, held_out: Array, sample: Sample) -> Iterator[_Trial]:
    if sample.row is None:
        return
    article = corpus.row_article[sample.row]
    topic, country = int(corpus.article_topic[article]), corpus.articles[article][2]
    allowed = np.isin(corpus.article_country, ["", country or ""])
    scores = corpus.scores(corpus.evidence(sample.vector, sample.text), held_out)
    yield _Trial(scores, allowed, topic)
    yield _Trial(scores, allowed & (corpus.article_topic != topic), None)


def _stranger(corpus: Corpus, sample: Sample) -> _Trial:
    scores = corpus.scores(corpus.evidence(sample.vector, sample.text))
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
            logs = log_softmax(scaled @ weights)
            total -= float(logs[right].max())
            gradient = gradient + scaled.T @ np.exp(logs) - scaled[right][logs[right].argmax()]
        return total, gradient

    bounds = [(0, None)] * len(FEATURES)
    found = minimize(loss, np.ones(len(FEATURES)), jac=True, method="L-BFGS-B", bounds=bounds)
    return tuple(float(weight) for weight in found.x / scale)


def _fit_probabilities(
    corpus: Corpus, weights: tuple[float, ...], asked: Sequence[_Trial], strangers: Sequence[_Trial]
) -> Calibration:
    draft = Calibration(weights, UNCALIBRATED.first, UNCALIBRATED.three)
    trials = [*asked, *strangers]
    ranked = [rank_topics(corpus, t.scores, draft.utilities(t.scores), t.allowed) for t in trials]
    features = np.stack([rank_features(ranks) for ranks in ranked])
    first = np.array([trial.topic == ranks.topics[0] for trial, ranks in zip(trials, ranked, strict=True)])
    three = np.array([trial.topic in ranks.topics[:3] for trial, ranks in zip(trials, ranked, strict=True)])
    answerable = np.array([trial.topic is not None for trial in trials])
    share = _shares(answerable, len(asked))
    measured = {
        "trials": len(trials),
        "first_right": round(float(first[answerable].mean()), 3),
        "three_right": round(float(three[answerable].mean()), 3),
    }
    return Calibration(
        weights, _logistic(features, first, share), _logistic(features, three, share), measured
    )


def _shares(answerable: Array, asked: int) -> Array:
    """How much each trial counts: the kinds by their assumed shares, whatever their numbers. Sums to their number."""
    own = np.arange(len(answerable)) < asked
    kinds = [(answerable, 1 - _STRANGERS), (~answerable & own, _STRANGERS / 2), (~own, _STRANGERS / 2)]
    share = np.zeros(len(answerable))
    for chosen, part in kinds:
        share[chosen] = part / max(chosen.sum(), 1)
    return np.asarray(share / share.sum() * len(answerable))


def _logistic(features: Array, right: Array, share: Array) -> Logistic:
    """Logistic regression with a ridge, coefficients not below zero; ``share``: how much each case counts."""
    centre, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    scaled = np.column_stack([(features - centre) / scale, np.ones(len(features))])
    ridge = np.array([_RIDGE] * features.shape[1] + [1e-3])

    def loss(weights: Array) -> tuple[float, Array]:
        logits = scaled @ weights
        error = share * (1 / (1 + np.exp(-logits)) - right)
        total = float(share @ (np.logaddexp(0, logits) - right * logits) + ridge @ weights**2 / 2)
        return total, scaled.T @ error + ridge * weights

    bounds = [(0.0, None)] * features.shape[1] + [(None, None)]
    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    coefficients = found[:-1] / scale
    return Logistic(tuple(map(float, coefficients)), float(found[-1] - centre @ coefficients))
