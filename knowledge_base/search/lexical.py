"""Lexical evidence: how much of a question's words, sounds and letter groups an article's rows contain.

Words meet words, letter groups meet misspellings, and phonetic keys meet across scripts ("tnkhwah" and تنخواہ). All three
work on `nlu.normalisation`. An article counts as one text (BM25 over all its rows): a question may find one word in a
title and the next in an answer. The arrays are memory-mapped; a question costs one pass over the postings of its terms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge_base.search.vectors import Array
from nlu.normalisation import fold, phonetic_key, tokens

_LETTER_GROUPS = (3, 4)
# Longer texts are pasted pages, not questions; their beginning carries the matter.
LONGEST_TEXT = 2_000
_REMEMBERED_TERMS = 65_536
# BM25's usual constants: saturation of repeats, and how far long articles are held back.
_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75


KINDS = ("words", "sounds", "letters")


def analyse(text: str) -> dict[str, set[str]]:
    """The terms of a text, by `KINDS`. Letters: groups of three and four within words, with the word's edges marked."""
    found = tokens(text[:LONGEST_TEXT])
    words = {fold(token) for token in found}
    return {
        "words": words,
        "sounds": {key for key in map(phonetic_key, found) if key},
        "letters": {group for word in words for group in letter_groups(word, _LETTER_GROUPS)},
    }


def letter_groups(word: str, sizes: Sequence[int]) -> Iterator[str]:
    """Groups of so many neighbouring letters, with the word's edges marked as ``<`` and ``>``."""
    edged = f"<{word}>"
    for size in sizes:
        for start in range(len(edged) - size + 1):
            yield edged[start : start + size]


_ARRAYS = ("terms", "starts", "rows")


@dataclass(frozen=True)
class Matches:
    """Where a question's terms occur. ``unknown``: how many of them occur nowhere.

    term, row: one entry per occurrence, int64 and int32 of the same shape; ``term`` counts from 0 to ``known`` - 1.
    """

    known: int
    unknown: int
    term: Array
    row: Array

    def coverage(self, row_article: Array, article_rows: Array, hidden: Array | None = None) -> Array:
        """Share of the question that each article covers, rare terms counting more: 0 to 1, shape (articles,).

        ``hidden`` rows are left out (bool, shape (rows,)).
        """
        articles = len(article_rows)
        counts = self._counts(row_article, articles, None)
        spread = (counts > 0).sum(axis=1)
        rarity = np.log(1 + (articles - spread + 0.5) / (spread + 0.5))
        if hidden is not None:
            counts = self._counts(row_article, articles, hidden)
        length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * article_rows / article_rows.mean()
        whole = rarity.sum() + self.unknown * np.log(1 + (articles + 0.5) / 0.5)
        return np.asarray(rarity @ (counts / (counts + _SATURATION * length)) / max(whole, 1.0))

    def overlap(self, size: int) -> Array:
        """How many of the question's terms each row has: shape (rows,)."""
        return np.bincount(self.row, minlength=size)

    def _counts(self, row_article: Array, articles: int, hidden: Array | None) -> Array:
        """Rows of each article that have the term: shape (known terms, articles)."""
        term, row = self.term, self.row
        if hidden is not None:
            seen = ~hidden[row]
            term, row = term[seen], row[seen]
        flat = np.bincount(term * articles + row_article[row], minlength=self.known * articles)
        return flat.reshape(self.known, articles)


@dataclass(frozen=True)
class TermIndex:
    """Postings of one kind of term.

    terms: hashes of the terms, uint64, ascending. starts: int64 of shape (terms + 1): where a term's postings begin.
    rows: the postings, int32.
    """

    terms: Array
    starts: Array
    rows: Array

    def find(self, question_terms: Iterable[str]) -> Matches:
        hashes = np.array([_hash(term) for term in question_terms], dtype=np.uint64)
        places = np.minimum(np.searchsorted(self.terms, hashes), len(self.terms) - 1)
        known = places[self.terms[places] == hashes] if len(self.terms) else places[:0]
        spans = [self.rows[self.starts[i] : self.starts[i + 1]] for i in known]
        term = np.repeat(np.arange(len(spans)), [len(span) for span in spans])
        row = np.concatenate(spans) if spans else np.empty(0, dtype=np.int32)
        return Matches(len(known), len(hashes) - len(known), term, row)

    def save(self, directory: Path, name: str) -> None:
        for array in _ARRAYS:
            np.save(directory / f"{name}-{array}.npy", getattr(self, array))

    @classmethod
    def load(cls, directory: Path, name: str) -> TermIndex:
        return cls(*(np.load(directory / f"{name}-{array}.npy", mmap_mode="r") for array in _ARRAYS))

    @classmethod
    def build(cls, analysed: Mapping[int, Iterable[str]]) -> TermIndex:
        """``analysed``: row to its terms, each once."""
        listed = [(row, sorted(terms)) for row, terms in analysed.items()]
        hashes = np.array([_hash(term) for _, terms in listed for term in terms], dtype=np.uint64)
        rows = np.repeat([row for row, _ in listed], [len(terms) for _, terms in listed])
        return cls._of(hashes, rows.astype(np.int32))

    @classmethod
    def _of(cls, hashes: Array, rows: Array) -> TermIndex:
        """From pairs of a term and a row that it stands in, each pair once."""
        order = np.lexsort((rows, hashes))
        terms, counts = np.unique(hashes, return_counts=True)
        return cls(terms, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), rows[order])

    def changed(self, places: Array, analysed: Mapping[int, Iterable[str]]) -> TermIndex:
        """After row i became row ``places[i]``, or is gone if that is -1, and the rows ``analysed`` are new."""
        rows = places[self.rows]
        kept = rows >= 0
        hashes = np.repeat(self.terms, np.diff(self.starts))
        new = TermIndex.build(analysed)
        new_hashes = np.repeat(new.terms, np.diff(new.starts))
        return TermIndex._of(
            np.concatenate([hashes[kept], new_hashes]), np.concatenate([rows[kept], new.rows])
        )


@lru_cache(maxsize=_REMEMBERED_TERMS)
def _hash(term: str) -> int:
    return int.from_bytes(hashlib.blake2b(term.encode(errors="replace"), digest_size=8).digest(), "little")
