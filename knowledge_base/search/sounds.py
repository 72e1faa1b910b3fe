"""How much of a question's sounds an article's rows contain: phonetic keys meet across scripts ("tnkhwah" and تنخواہ).

An article counts as one text (BM25 over all its rows): a question may find one word in a title and the next in an answer.
The arrays are memory-mapped; a question costs one pass over the postings of its sounds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from knowledge_base.search.vectors import Array
from nlu.normalisation import phonetic_key, tokens

# Longer texts are pasted pages, not questions; their beginning carries the matter.
LONGEST_TEXT = 2_000
_REMEMBERED_SOUNDS = 65_536
# BM25's usual constants: saturation of repeats, and how far long articles are held back.
_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75
_ARRAYS = ("hashes", "starts", "rows")


def sounds_of(text: str) -> set[str]:
    """The phonetic keys of a text's words."""
    return {key for key in map(phonetic_key, tokens(text[:LONGEST_TEXT])) if key}


@dataclass(frozen=True)
class Matches:
    """Where a question's sounds occur. ``unknown``: how many of them occur nowhere.

    sound, row: one entry per occurrence, int64 and int32 of the same shape; ``sound`` counts from 0 to ``known`` - 1.
    """

    known: int
    unknown: int
    sound: Array
    row: Array

    def coverage(self, row_article: Array, article_rows: Array, hidden: Array | None = None) -> Array:
        """Share of the question that each article covers, rare sounds counting more: 0 to 1, shape (articles,).

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

    def _counts(self, row_article: Array, articles: int, hidden: Array | None) -> Array:
        """Rows of each article that have the sound: shape (known sounds, articles)."""
        sound, row = self.sound, self.row
        if hidden is not None:
            seen = ~hidden[row]
            sound, row = sound[seen], row[seen]
        flat = np.bincount(sound * articles + row_article[row], minlength=self.known * articles)
        return flat.reshape(self.known, articles)


@dataclass(frozen=True)
class SoundIndex:
    """Postings of the sounds.

    hashes: of the sounds, uint64, ascending. starts: int64 of shape (sounds + 1): where a sound's postings begin.
    rows: the postings, int32.
    """

    hashes: Array
    starts: Array
    rows: Array

    def find(self, sounds: Iterable[str]) -> Matches:
        """``sounds``: of a question, each once."""
        hashes = np.array([_hash(sound) for sound in sounds], dtype=np.uint64)
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        known = places[self.hashes[places] == hashes] if len(self.hashes) else places[:0]
        spans = [self.rows[self.starts[i] : self.starts[i + 1]] for i in known]
        sound = np.repeat(np.arange(len(spans)), [len(span) for span in spans])
        row = np.concatenate(spans) if spans else np.empty(0, dtype=np.int32)
        return Matches(len(known), len(hashes) - len(known), sound, row)

    def save(self, directory: Path) -> None:
        for name in _ARRAYS:
            np.save(directory / f"sounds-{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, directory: Path) -> SoundIndex:
        return cls(*(np.load(directory / f"sounds-{name}.npy", mmap_mode="r") for name in _ARRAYS))

    @classmethod
    def build(cls, texts: Mapping[int, str]) -> SoundIndex:
        """``texts``: row to its text."""
        listed = [(row, sorted(sounds_of(text))) for row, text in texts.items()]
        hashes = np.array([_hash(sound) for _, sounds in listed for sound in sounds], dtype=np.uint64)
        rows = np.repeat([row for row, _ in listed], [len(sounds) for _, sounds in listed])
        return cls._of(hashes, rows.astype(np.int32))

    @classmethod
    def _of(cls, hashes: Array, rows: Array) -> SoundIndex:
        """From pairs of a sound and a row that it stands in, each pair once."""
        order = np.lexsort((rows, hashes))
        different, counts = np.unique(hashes, return_counts=True)
        return cls(different, np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), rows[order])

    def changed(self, places: Array, texts: Mapping[int, str]) -> SoundIndex:
        """After row i became row ``places[i]``, or is gone if that is -1, and the rows ``texts`` are new."""
        rows = places[self.rows]
        kept = rows >= 0
        new = SoundIndex.build(texts)
        return SoundIndex._of(
            np.concatenate([self._hash_of_each_row[kept], new._hash_of_each_row]),
            np.concatenate([rows[kept], new.rows]),
        )

    @property
    def _hash_of_each_row(self) -> Array:
        return np.repeat(self.hashes, np.diff(self.starts))


@lru_cache(maxsize=_REMEMBERED_SOUNDS)
def _hash(sound: str) -> int:
    return int.from_bytes(hashlib.blake2b(sound.encode(errors="replace"), digest_size=8).digest(), "little")
