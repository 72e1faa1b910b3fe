"""Training the topic model: softmax regression by Adagrad in small batches, over sparse terms and dense vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from scipy.special import softmax  # type: ignore[import-untyped]

from knowledge_base.search.topic_model import VECTOR_WEIGHT, TopicModel, Vocabulary, terms_of
from knowledge_base.search.vectors import Array, Vector

# Values that gave the best leave-out accuracy on the articles' own questions (docs/measurements.md).
EPOCHS = 15
_STEP, _BATCH, _SHRINK, _FIRST_SQUARES = 0.2, 128, 1e-4, 1e-3
# Share of a text's terms left out each time it is learnt from, so that no few words of it are learnt by heart.
_LEFT_OUT = 0.5

Progress = Callable[[], object]


@dataclass(frozen=True)
class Example:
    """A row to learn from; ``topic`` is a position among the topics."""

    text: str
    vector: Vector
    topic: int


def train(examples: Sequence[Example], topics: Sequence[str], progress: Progress | None = None) -> TopicModel:
    """A model learnt from the beginning; the same examples give the same model. ``progress`` hears of each of `EPOCHS`."""
    rows = [terms_of(example.text) for example in examples]
    blank = TopicModel.blank(topics, Vocabulary.of(rows), len(examples[0].vector))
    learner = _Learner(blank, examples, rows)
    random = np.random.default_rng(0)
    for _ in range(EPOCHS):
        learner.learn(random)
        if progress:
            progress()
    return learner.learnt()


class _Learner:
    """The weights of a model while they change. Every topic counts the same, however many examples it has."""

    def __init__(self, blank: TopicModel, examples: Sequence[Example], rows: Sequence[Array]) -> None:
        """``rows``: the examples' terms."""
        self._blank = blank
        self._terms = _matrix([blank.vocabulary.weighted(row) for row in rows], len(blank.vocabulary.terms))
        self._vectors = VECTOR_WEIGHT * np.stack([example.vector for example in examples])
        self._wanted = np.array([example.topic for example in examples])
        share = (1 / np.bincount(self._wanted)[self._wanted]).astype(np.float32)
        self._share = share / share.mean()
        self._weights = [each.astype(np.float32) for each in (blank.by_term, blank.by_dimension, blank.bias)]
        self._squares = [np.full_like(each, _FIRST_SQUARES) for each in self._weights]

    def learn(self, random: np.random.Generator) -> None:
        """Once from every example."""
        order = random.permutation(len(self._wanted))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            self._step(batch, *_squeezed(_thinned(self._terms[batch], random)))

    def _step(self, batch: Array, present: Array, terms: Any) -> None:
        """``terms``: of the batch, with a column for each of the terms ``present``; the weights of no others change."""
        by_term, by_dimension, bias = self._weights
        vectors = self._vectors[batch]
        logits = terms @ by_term[present] + vectors @ by_dimension + bias
        error = self._error(batch, logits)
        self._move(0, present, terms.T @ error)
        self._move(1, ..., vectors.T @ error)
        self._move(2, ..., error.sum(axis=0))

    def _error(self, batch: Array, logits: Array) -> Array:
        """Gradient of cross entropy by the logits."""
        error = softmax(logits, axis=1)
        error[np.arange(len(batch)), self._wanted[batch]] -= 1
        return np.asarray(error * (self._share[batch] / len(batch))[:, None])

    def _move(self, which: int, rows: Any, gradient: Array) -> None:
        """A step of Adagrad."""
        weights, squares = self._weights[which][rows], self._squares[which][rows]
        gradient += _SHRINK * weights
        squares += gradient * gradient
        self._weights[which][rows] = weights - _STEP * gradient / np.sqrt(squares)
        self._squares[which][rows] = squares

    def learnt(self) -> TopicModel:
        by_term, by_dimension, bias = self._weights
        return replace(self._blank, by_term=by_term.astype(np.float16), by_dimension=by_dimension, bias=bias)


def _matrix(rows: Sequence[tuple[Array, Array]], terms: int) -> Any:
    """Sparse, float32, of shape (rows, terms), from each row's places and values."""
    starts = np.cumsum([0, *(len(places) for places, _ in rows)])
    places, values = (np.concatenate(each) for each in zip(*rows, strict=True))
    return sparse.csr_matrix((values, places, starts), shape=(len(rows), terms))


def _thinned(matrix: Any, random: np.random.Generator) -> Any:
    """``matrix`` with `_LEFT_OUT` of its entries gone and the rest as much heavier (dropout)."""
    kept = random.random(len(matrix.data), dtype=np.float32) >= _LEFT_OUT
    matrix.data *= kept / np.float32(1 - _LEFT_OUT)
    matrix.eliminate_zeros()
    return matrix


def _squeezed(matrix: Any) -> tuple[Array, Any]:
    """Which columns of a sparse matrix have entries, and the matrix of these columns alone."""
    present = np.flatnonzero(np.bincount(matrix.indices, minlength=matrix.shape[1]))
    place = np.empty(matrix.shape[1], dtype=matrix.indices.dtype)
    place[present] = np.arange(len(present))
    shape = (matrix.shape[0], len(present))
    return present, sparse.csr_matrix((matrix.data, place[matrix.indices], matrix.indptr), shape=shape)
