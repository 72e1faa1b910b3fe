"""What a question is about, learnt from the questions of the articles: a multinomial logistic regression over topics.

It reads the encoder's vector (meaning across languages) and the question's words, letter groups and sounds (spelling, names,
mixed languages), weighted by rarity. A topic is what articles of several countries share, so that a way of asking found in
one country's article serves all. Rows count so that every topic weighs the same, however many countries it has.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from knowledge_base.search.sounds import LONGEST_TEXT
from knowledge_base.search.vectors import Array, Vector, log_softmax
from nlu.normalisation import fold, phonetic_key, tokens

_LETTER_GROUPS, _SOUND_GROUPS = (2, 3, 4), (2, 3, 4)
_MOST_PAIRED = 16  # different sounds of a text whose pairs are looked at: a longer story would have hundreds
# How much the vector and the terms of a text weigh before anything is learnt; both have length one.
VECTOR_WEIGHT, TERMS_WEIGHT = 10.0, 6.0
_FEWEST_ROWS = 2  # rows that a term must stand in; what stands in one says nothing about other questions
# Log probability of a topic that is yet to be learnt. With eight topics unlearnt, -1.5 brought 50 % of the 26 questions of
# tests/evaluation/dev about them first and all among three, and cost the other 214 nothing; -1 brought 73 % and cost them
# one question, -3 brought 12 %.
_NEW = -1.5
_REMEMBERED_WORDS = 65_536
_ARRAYS = ("by_term", "by_dimension", "bias")


def terms_of(text: str) -> Array:
    """Hashes of a text's words, sounds, letter groups and sound groups, pairs of neighbouring sounds and, if it is short,
    of any two that occur together: uint32, ascending, each once."""
    words = tokens(text[:LONGEST_TEXT])
    sounds = [key for key in map(phonetic_key, words) if key]
    found = {_hash(f"pair {left} {right}") for left, right in pairwise(sounds)}
    different = sorted(set(sounds))
    if len(different) <= _MOST_PAIRED:
        found.update(_hash(f"together {left} {right}") for left, right in combinations(different, 2))
    found.update(*map(_word_terms, map(fold, words)), *map(_sound_terms, sounds))
    return np.array(sorted(found), dtype=np.uint32)


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _word_terms(word: str) -> tuple[int, ...]:
    return _hash(f"word {word}"), *_groups("letters", word, _LETTER_GROUPS)


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _sound_terms(sound: str) -> tuple[int, ...]:
    return _hash(f"sound {sound}"), *_groups("sounds", sound, _SOUND_GROUPS)


def _groups(kind: str, word: str, sizes: Sequence[int]) -> Iterator[int]:
    """Groups of so many neighbouring letters or sounds, with the word's edges marked as ``<`` and ``>``."""
    edged = f"<{word}>"
    for size in sizes:
        for start in range(len(edged) - size + 1):
            yield _hash(f"{kind} {edged[start : start + size]}")


def _hash(term: str) -> int:
    return zlib.crc32(term.encode(errors="replace"))


@dataclass(frozen=True)
class Vocabulary:
    """The terms that count: their hashes, uint32, ascending, and their rarity, float32; both of shape (terms,)."""

    terms: Array
    rarity: Array

    @classmethod
    def of(cls, rows: Sequence[Array]) -> Vocabulary:
        """``rows``: `terms_of` each."""
        terms, counts = np.unique(np.concatenate(rows), return_counts=True)
        kept = counts >= _FEWEST_ROWS
        rarity = np.log((len(rows) + 1) / (counts[kept] + 1))
        return cls(terms[kept], rarity.astype(np.float32))

    def weighted(self, hashes: Array) -> tuple[Array, Array]:
        """Where a text's terms stand, as far as they are known, and how much they weigh: float32, the rarer the more."""
        places = np.minimum(np.searchsorted(self.terms, hashes), max(len(self.terms) - 1, 0))
        places = places[self.terms[places] == hashes] if len(self.terms) else places[:0]
        rarity = self.rarity[places]
        return places, TERMS_WEIGHT * rarity / max(float(np.linalg.norm(rarity)), 1e-9)


@dataclass(frozen=True)
class TopicModel:
    """by_term: float16 (terms, topics); by_dimension: float32 (dimensions, topics); bias: float32 (topics,), minus infinity for
    a topic that is yet to be learnt. topics: their names, in order. `topic_training` makes it."""

    topics: tuple[str, ...]
    vocabulary: Vocabulary
    by_term: Array
    by_dimension: Array
    bias: Array

    @classmethod
    def blank(cls, topics: Sequence[str], vocabulary: Vocabulary, dimensions: int) -> TopicModel:
        """One that knows nothing: every topic is equally likely."""
        return cls(
            tuple(topics),
            vocabulary,
            np.zeros((len(vocabulary.terms), len(topics)), dtype=np.float16),
            np.zeros((dimensions, len(topics)), dtype=np.float32),
            np.zeros(len(topics), dtype=np.float32),
        )

    def among(self, topics: Sequence[str]) -> TopicModel:
        """The same for other topics: those that are gone are forgotten, new ones are yet to be learnt."""
        if tuple(topics) == self.topics:
            return self
        model = TopicModel.blank(topics, self.vocabulary, len(self.by_dimension))
        model.bias[:] = -np.inf
        for now, topic in enumerate(topics):
            if topic in self.topics:
                then = self.topics.index(topic)
                model.by_term[:, now] = self.by_term[:, then]
                model.by_dimension[:, now] = self.by_dimension[:, then]
                model.bias[now] = self.bias[then]
        return model

    def log_probabilities(self, vector: Vector, text: str) -> Array:
        """Of each topic, given that the question is about one of those learnt: float32 of shape (topics,).

        A topic that is yet to be learnt is always as likely: the rows nearest to the question and its sounds decide.
        """
        places, weights = self.vocabulary.weighted(terms_of(text))
        by_vector = VECTOR_WEIGHT * (vector @ self.by_dimension)
        logits = by_vector + weights @ self.by_term[places].astype(np.float32) + self.bias
        return np.where(np.isneginf(self.bias), _NEW, log_softmax(logits)).astype(np.float32)

    def save(self, directory: Path, prefix: str) -> None:
        np.save(directory / f"{prefix}-terms.npy", self.vocabulary.terms)
        np.save(directory / f"{prefix}-rarity.npy", self.vocabulary.rarity)
        for name in _ARRAYS:
            np.save(directory / f"{prefix}-{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, directory: Path, prefix: str, topics: Sequence[str]) -> TopicModel:
        """``topics`` as it was trained with."""
        terms, rarity, *weights = (
            np.load(directory / f"{prefix}-{name}.npy", mmap_mode="r")
            for name in ("terms", "rarity", *_ARRAYS)
        )
        return cls(tuple(topics), Vocabulary(terms, rarity), *weights)
