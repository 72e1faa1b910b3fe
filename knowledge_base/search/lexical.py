"""Lexical scores: TF-IDF cosine between a question and every row, over three kinds of terms.

Words meet words, letter groups meet misspellings, and phonetic keys meet across scripts ("tnkhwah" and تنخواہ). All
three work on `nlu.normalisation`. The arrays are memory-mapped; a score costs one pass over the postings of its terms.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge_base.search.vectors import Array
from nlu.normalisation import fold, phonetic_key, tokens

_LETTER_GROUPS = (3, 4)
# Longer texts are pasted articles, not questions; the first words of a question carry it.
_LONGEST_TEXT = 2_000


def words(text: str) -> list[str]:
    return [fold(token) for token in tokens(text[:_LONGEST_TEXT])]


def sounds(text: str) -> list[str]:
    return [key for key in map(phonetic_key, tokens(text[:_LONGEST_TEXT])) if len(key) > 1]


def letter_groups(text: str) -> list[str]:
    """Groups of three and four letters within words, with the word's edges marked."""
    return [group for word in words(text) for group in _groups(f"<{word}>")]


def _groups(word: str) -> Iterator[str]:
    for size in _LETTER_GROUPS:
        for start in range(len(word) - size + 1):
            yield word[start : start + size]


ANALYSERS: dict[str, Callable[[str], list[str]]] = {
    "words": words,
    "letters": letter_groups,
    "sounds": sounds,
}
_ARRAYS = ("terms", "idf", "starts", "rows", "weights")


@dataclass(frozen=True)
class TermIndex:
    """Postings of one kind of term.

    terms: hashes of the terms, uint64, ascending; idf: float32 of the same shape.
    starts: int64 of shape (terms + 1): where a term's postings begin. rows, weights: the postings, int32 and float32;
    a row's weights have length one.
    """

    size: int
    terms: Array
    idf: Array
    starts: Array
    rows: Array
    weights: Array

    def scores(self, query_terms: Iterable[str]) -> Array:
        """Cosine with every row: float32 of shape (size,)."""
        found, weights = self._weigh(Counter(query_terms))
        if not len(found):
            return np.zeros(self.size, dtype=np.float32)
        spans = [slice(self.starts[i], self.starts[i + 1]) for i in found]
        rows = np.concatenate([self.rows[span] for span in spans])
        products = np.concatenate(
            [self.weights[span] * weight for span, weight in zip(spans, weights, strict=True)]
        )
        return np.bincount(rows, products, minlength=self.size).astype(np.float32)

    def _weigh(self, counts: Counter[str]) -> tuple[Array, Array]:
        """Positions of the known terms, and their share of the question's length; unknown terms count as rare."""
        hashes = np.array([_hash(term) for term in counts], dtype=np.uint64)
        frequency = 1.0 + np.log(np.array(list(counts.values()), dtype=np.float32))
        if not len(hashes) or not len(self.terms):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        places = np.minimum(np.searchsorted(self.terms, hashes), len(self.terms) - 1)
        known = self.terms[places] == hashes
        weights = frequency * np.where(known, self.idf[places], self.idf.max())
        weights /= np.linalg.norm(weights)
        return places[known], weights[known]

    def save(self, directory: Path, name: str) -> None:
        for array in _ARRAYS:
            np.save(directory / f"{name}-{array}.npy", getattr(self, array))

    @classmethod
    def load(cls, directory: Path, name: str, size: int) -> TermIndex:
        return cls(size, *(np.load(directory / f"{name}-{array}.npy", mmap_mode="r") for array in _ARRAYS))

    @classmethod
    def build(cls, analysed: Sequence[Sequence[str]]) -> TermIndex:
        """``analysed[i]`` are the terms of row i."""
        counts = [Counter(terms) for terms in analysed]
        rows = np.array([i for i, count in enumerate(counts) for _ in count], dtype=np.int32)
        hashes = np.array([_hash(term) for count in counts for term in count], dtype=np.uint64)
        frequency = np.array([value for count in counts for value in count.values()], dtype=np.float32)
        terms, inverse, spread = np.unique(hashes, return_inverse=True, return_counts=True)
        idf = (np.log((1 + len(counts)) / (1 + spread)) + 1).astype(np.float32)
        weights = (1 + np.log(frequency)) * idf[inverse] if len(hashes) else np.empty(0, dtype=np.float32)
        lengths = np.sqrt(np.bincount(rows, weights**2, minlength=len(counts)))
        weights = (weights / lengths[rows]).astype(np.float32)
        order = np.argsort(inverse, kind="stable")
        starts = np.concatenate([[0], np.cumsum(spread)]).astype(np.int64)
        return cls(len(counts), terms, idf, starts, rows[order], weights[order])


def _hash(term: str) -> int:
    return int.from_bytes(hashlib.blake2b(term.encode(errors="replace"), digest_size=8).digest(), "little")
