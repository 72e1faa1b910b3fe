"""What a question is about, learnt from the questions of the articles: a multinomial logistic regression over topics.

It reads the encoder's vector (meaning across languages) and the question's words, letter groups and sounds (spelling, names,
mixed languages), weighted by rarity. A topic is what articles of several countries share, so that a way of asking found in
one country's article serves all. Rows count so that every topic weighs the same, however many countries it has.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from knowledge_base.search.lexical import LONGEST_TEXT, letter_groups
from knowledge_base.search.vectors import Array, Matrix, Vector, log_softmax
from nlu.normalisation import fold, phonetic_key, tokens

_LETTER_GROUPS, _SOUND_GROUPS = (2, 3, 4), (2, 3, 4)
_MOST_PAIRED = 16  # different sounds of a text whose pairs are looked at: a longer story would have hundreds
# How much the vector and the terms of a text weigh before anything is learnt; both have length one.
_VECTOR, _TERMS = 10.0, 6.0
# Adagrad, with the values that gave the best leave-out accuracy on the articles' own questions (docs/measurements.md).
_EPOCHS, _EPOCHS_AGAIN = 15, 2
_STEP, _BATCH, _SHRINK = 0.1, 128, 1e-5
# Share of a text's terms left out each time it is learnt from, so that no few words of it are learnt by heart.
_LEFT_OUT = 0.5
_FIRST_SQUARES, _SQUARES_AGAIN = 1e-3, 0.1
_FEWEST_ROWS = 2  # rows that a term must stand in; what stands in one says nothing about other questions
_ARRAYS = ("terms", "rarity", "by_term", "by_dimension", "bias")


def terms_of(text: str) -> set[int]:
    """Hashes of a text's words, sounds, letter groups and sound groups, pairs of neighbouring sounds and, if it is short,
    of any two that occur together."""
    return {zlib.crc32(term.encode(errors="replace")) for term in _terms(text[:LONGEST_TEXT])}


def _terms(text: str) -> Iterator[str]:
    words = tokens(text)
    sounds = [key for key in map(phonetic_key, words) if key]
    for word in map(fold, words):
        yield f"word {word}"
        yield from _groups("letters", word, _LETTER_GROUPS)
    for sound in sounds:
        yield f"sound {sound}"
        yield from _groups("sounds", sound, _SOUND_GROUPS)
    yield from (f"pair {left} {right}" for left, right in pairwise(sounds))
    different = sorted(set(sounds))
    if len(different) <= _MOST_PAIRED:
        yield from (f"together {left} {right}" for left, right in combinations(different, 2))


def _groups(kind: str, word: str, sizes: Sequence[int]) -> Iterator[str]:
    return (f"{kind} {group}" for group in letter_groups(word, sizes))


@dataclass(frozen=True)
class Example:
    """A row to learn from; ``topic`` is a position among the topics."""

    text: str
    vector: Vector
    topic: int


@dataclass(frozen=True)
class TopicModel:
    """terms: hashes, uint32, ascending; rarity: float32 (terms,). by_term: float16 (terms, topics); by_dimension: float32
    (dimensions, topics); bias: float32 (topics,). topics: their names, in order."""

    topics: tuple[str, ...]
    terms: Array
    rarity: Array
    by_term: Array
    by_dimension: Array
    bias: Array

    def log_probabilities(self, vector: Vector, text: str) -> Array:
        """Of each topic, given that the question is about one of them: float32 of shape (topics,)."""
        places, weights = self._known(text)
        logits = _VECTOR * (vector @ self.by_dimension) + weights @ self.by_term[places].astype(np.float32)
        return log_softmax((logits + self.bias).astype(np.float32))

    def _known(self, text: str) -> tuple[Array, Array]:
        hashes = np.array(sorted(terms_of(text)), dtype=np.uint32)
        places = np.minimum(np.searchsorted(self.terms, hashes), max(len(self.terms) - 1, 0))
        places = places[self.terms[places] == hashes] if len(self.terms) else places[:0]
        rarity = self.rarity[places]
        return places, _TERMS * rarity / max(float(np.linalg.norm(rarity)), 1e-9)

    def save(self, directory: Path, prefix: str) -> None:
        for name in _ARRAYS:
            np.save(directory / f"{prefix}-{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, directory: Path, prefix: str, topics: Sequence[str]) -> TopicModel:
        """``topics`` as it was trained with."""
        return cls(
            tuple(topics), *(np.load(directory / f"{prefix}-{name}.npy", mmap_mode="r") for name in _ARRAYS)
        )

    @classmethod
    def train(
        cls, examples: Sequence[Example], topics: Sequence[str], before: TopicModel | None = None
    ) -> TopicModel:
        """Learn anew, or go on from the model ``before`` when little has changed; the same rows give the same model."""
        term_sets = [terms_of(example.text) for example in examples]
        terms, rarity, values = _weighted(term_sets)
        vectors = _VECTOR * np.stack([example.vector for example in examples])
        wanted = np.array([example.topic for example in examples])
        learner = _Learner(len(terms), vectors.shape[1], len(topics))
        if before is not None:
            learner.take_over(before, terms, topics)
        learner.learn(vectors, values, wanted, _EPOCHS if before is None else _EPOCHS_AGAIN)
        return cls(
            tuple(topics),
            terms,
            rarity,
            learner.by_term.astype(np.float16),
            learner.by_dimension,
            learner.bias,
        )


def _weighted(term_sets: Sequence[set[int]]) -> tuple[Array, Array, Any]:
    """Terms worth keeping, their rarity, and the weighted rows: a sparse matrix of shape (rows, terms)."""
    hashes = np.array([term for terms in term_sets for term in sorted(terms)], dtype=np.uint32)
    rows = np.repeat(np.arange(len(term_sets)), [len(terms) for terms in term_sets])
    terms, places, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    kept = counts >= _FEWEST_ROWS
    place_kept = np.cumsum(kept) - 1
    chosen = kept[places]
    rarity = np.log((len(term_sets) + 1) / (counts[kept] + 1)).astype(np.float32)
    columns = place_kept[places[chosen]]
    matrix = sparse.csr_matrix(
        (rarity[columns], (rows[chosen], columns)), shape=(len(term_sets), len(rarity))
    )
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = sparse.diags((_TERMS / np.maximum(lengths, 1e-9)).astype(np.float32))
    return terms[kept], rarity, (scale @ matrix).tocsr()


class _Learner:
    """Weights and their sums of squared gradients, changed in place by Adagrad."""

    def __init__(self, terms: int, dimensions: int, topics: int) -> None:
        self.by_term = np.zeros((terms, topics), dtype=np.float32)
        self.by_dimension = np.zeros((dimensions, topics), dtype=np.float32)
        self.bias = np.zeros(topics, dtype=np.float32)
        self._squares = _FIRST_SQUARES

    def take_over(self, before: TopicModel, terms: Array, topics: Sequence[str]) -> None:
        """Weights of the terms and topics that were known before; later steps are smaller."""
        self._squares = _SQUARES_AGAIN
        shared = [
            (now, before.topics.index(name)) for now, name in enumerate(topics) if name in before.topics
        ]
        now, then = (np.array(places, dtype=int) for places in zip(*shared, strict=True))
        _, new_places, old_places = np.intersect1d(terms, before.terms, return_indices=True)
        self.by_term[np.ix_(new_places, now)] = before.by_term[np.ix_(old_places, then)]
        self.by_dimension[:, now] = before.by_dimension[:, then]
        self.bias[now] = before.bias[then]

    def learn(self, vectors: Matrix, values: Any, wanted: Array, epochs: int) -> None:
        counts = np.bincount(wanted, minlength=len(self.bias))
        share = (1.0 / counts[wanted]).astype(np.float32)
        share /= share.mean()
        squares = [np.full_like(each, self._squares) for each in (self.by_term, self.by_dimension, self.bias)]
        random = np.random.default_rng(0)
        for _ in range(epochs):
            order = random.permutation(len(wanted))
            for start in range(0, len(order), _BATCH):
                chosen = order[start : start + _BATCH]
                present = _thinned(values[chosen], random)
                self._step(vectors[chosen], present, wanted[chosen], share[chosen], squares)

    def _step(self, vectors: Matrix, values: Any, wanted: Array, share: Array, squares: list[Array]) -> None:
        columns, places = np.unique(values.indices, return_inverse=True)
        present = sparse.csr_matrix((values.data, places, values.indptr), shape=(len(wanted), len(columns)))
        logits = vectors @ self.by_dimension + present @ self.by_term[columns] + self.bias
        error = np.exp(logits - logits.max(axis=1, keepdims=True))
        error /= error.sum(axis=1, keepdims=True)
        error[np.arange(len(wanted)), wanted] -= 1
        error *= share[:, None] / len(wanted)
        by_term, by_dimension, bias = squares
        self.by_term[columns], by_term[columns] = _adagrad(
            self.by_term[columns], present.T @ error, by_term[columns]
        )
        self.by_dimension[:], by_dimension[:] = _adagrad(self.by_dimension, vectors.T @ error, by_dimension)
        self.bias[:], bias[:] = _adagrad(self.bias, error.sum(axis=0), bias)


def _thinned(values: Any, random: np.random.Generator) -> Any:
    """``values`` with `_LEFT_OUT` of its entries gone and the rest as much heavier (dropout)."""
    kept = random.random(len(values.data)) >= _LEFT_OUT
    values.data = (values.data * kept / (1 - _LEFT_OUT)).astype(np.float32)
    values.eliminate_zeros()
    return values


def _adagrad(weights: Array, gradient: Array, squares: Array) -> tuple[Array, Array]:
    gradient = gradient + _SHRINK * weights
    squares = squares + gradient * gradient
    return weights - _STEP * gradient / np.sqrt(squares), squares
