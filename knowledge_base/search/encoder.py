"""The encoder: whatever sentence-transformers loads, and by default the model that comes packaged."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from knowledge_base.search.batching import Batcher
from knowledge_base.search.packaged_e5 import PROMPTS, PackagedE5, packaged_e5
from knowledge_base.search.vectors import Matrix, Vector
from nlu.transliteration import in_both_scripts

PACKAGED = "packaged:multilingual-e5-small"
# No piece of an XLM-R vocabulary is longer; what lies behind the model's window is not even tokenised.
_CHARACTERS_A_TOKEN = 16
_LARGEST_WINDOW = 8_192
_REMEMBERED_QUESTIONS = 512
_BATCH = 32

Progress = Callable[[int], object]
Encode = Callable[[Sequence[str]], Any]


class EncoderUnavailable(RuntimeError):
    """The named model cannot be loaded."""


def load_encoder(name: str = PACKAGED, *, cache_dir: Path | None = None) -> SentenceTransformer:
    """The packaged model, a hub id or a local folder. ``cache_dir`` keeps what a hub sends.

    Raises EncoderUnavailable.
    """
    if name == PACKAGED:
        return packaged_e5()
    if name.startswith("packaged:"):
        raise EncoderUnavailable(
            f"There is no {name!r}; the packaged encoder is {PACKAGED!r} (setting KB_ENCODER)."
        )
    try:
        return SentenceTransformer(name, device="cpu", cache_folder=str(cache_dir) if cache_dir else None)
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(
            f"The encoder {name!r} cannot be loaded ({error}); set KB_ENCODER to {PACKAGED!r}."
        ) from error


def encoding(model: SentenceTransformer, kind: str) -> Encode:
    """How ``model`` encodes texts of a ``kind``, `query` or `document`; the packaged model at once, the rest through
    sentence-transformers."""
    if isinstance(model[0], PackagedE5):
        return partial(model[0].vectors, prompt=PROMPTS[kind])
    encode = model.encode_query if kind == "query" else model.encode_document
    return partial(encode, batch_size=_BATCH, show_progress_bar=False)


class Encoder:
    """A sentence-transformers model with a lock, a memory of recent questions and a limit on the length of texts.

    Questions that come at the same time are encoded together. The lock is there because two concurrent calls would each start a pool of threads for the same cores.
    """

    def __init__(self, name: str, model: SentenceTransformer, *, as_typed: bool = False) -> None:
        """``as_typed``: the model reads Roman Urdu in Latin letters only."""
        self.name = name
        self._model = model
        self._spelt: Callable[[str], str] = str if as_typed else in_both_scripts
        self._encode_queries, self._encode_passages = encoding(model, "query"), encoding(model, "document")
        self._lock = threading.Lock()
        packaged = isinstance(model[0], PackagedE5)  # whose calls may go side by side, as is tested
        self._side_by_side = (os.cpu_count() or 1) if packaged else 1
        self._before_batch = nullcontext() if packaged else self._lock
        self._together = Batcher(self._encode_together)
        window = min(
            model.get_max_seq_length() or _LARGEST_WINDOW, _LARGEST_WINDOW
        )  # some have none, or infinity
        self._longest = int(window) * _CHARACTERS_A_TOKEN
        self.dimensions = int(model.get_embedding_dimension() or self._together("dimensions").shape[0])
        self._remembered = lru_cache(maxsize=_REMEMBERED_QUESTIONS)(self._together)

    @classmethod
    def load(
        cls,
        name: str = PACKAGED,
        *,
        cache_dir: Path | None = None,
        threads: int | None = None,
    ) -> Encoder:
        """``threads`` is set for the whole process, as torch knows no other way.

        One thread is the safe choice: two give 5 ms instead of 7 for a question on two idle cores, but 245 ms instead of
        14 when others keep both cores busy, because the threads of a pool wait for each other (measured).
        """
        if threads is not None:
            torch.set_num_threads(threads)
        return cls(name, load_encoder(name, cache_dir=cache_dir))

    def as_typed(self) -> Encoder:
        """The same model, reading Roman Urdu in Latin letters only."""
        return Encoder(self.name, self._model, as_typed=True)

    def query(self, text: str) -> Vector:
        """The vector of a question: float32, unit length, read-only."""
        return self._remembered(self._readable(text))

    def queries(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Vectors of texts that are put as people ask: float32 of shape (texts, dimensions)."""
        return self._encode(self._encode_queries, texts, progress)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Vectors of texts that answer: float32 of shape (texts, dimensions)."""
        return self._encode(self._encode_passages, texts, progress)

    def _encode_together(self, texts: Sequence[str]) -> list[Vector]:
        with self._lock:
            vectors = [row.copy() for row in _unit(self._encode_queries(texts))]
        for vector in vectors:
            vector.setflags(write=False)
        return vectors

    def _encode(self, encode: Encode, texts: Sequence[str], progress: Progress | None) -> Matrix:
        """In order of length, so that a batch has little padding; ``progress`` hears of each batch.

        The packaged model's batches go side by side, one to a core: half the time on two.
        """

        def encoded(batch: Sequence[int]) -> Matrix:
            with self._before_batch:
                return _unit(encode([readable[i] for i in batch]))

        readable = [self._readable(text) for text in texts]
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(readable[i]))
        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        with ThreadPoolExecutor(self._side_by_side) as threads:
            for batch, rows in zip(batches, threads.map(encoded, batches), strict=True):
                vectors[batch] = rows
                if progress:
                    progress(len(batch))
        return vectors

    def _readable(self, text: str) -> str:
        """What the model can see of a text, Roman Urdu in Urdu letters too, without the halves of surrogate pairs that no
        tokenizer takes."""
        return self._spelt(text[: self._longest]).encode("utf-8", "replace").decode("utf-8")


def _unit(vectors: Any) -> Matrix:
    """Rows of length one, so that inner product is cosine with any model."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.finfo(np.float32).tiny), dtype=np.float32)
