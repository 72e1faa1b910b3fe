"""How alike questions are, in whatever languages they are asked, also where no article answers them.

The vectors of a small encoder bring questions of one language together rather than questions of one meaning. What the topic
model makes of a question is much the same in all languages; for a subject of no article, too, since it resembles the same
others in each (docs/measurements.md, "Grouping").
"""

from __future__ import annotations

import hashlib
from functools import cached_property

import numpy as np

from knowledge_base.search.retrieval import Searcher
from knowledge_base.search.vectors import Array, Matrix, Vector

ALIKE = 0.54  # mean cosine of profiles within a group: of such pairs three in four are about the same


class Profiler:
    """Says what a question is about: its topics' log probabilities, compared with those of an average question."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._corpus = searcher.index.corpus

    @cached_property
    def name(self) -> str:
        """Profiles of the same name can be compared: the same encoder and topics. Retraining changes them little."""
        parts = (self._searcher.index.manifest.encoder, *self._corpus.topics)
        return hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()

    @cached_property
    def _average(self) -> Array:
        vectors = self._corpus.vectors.reconstruct_n(0, self._corpus.size)
        return self._corpus.topic_model.log_probabilities(vectors.mean(axis=0), "")

    def profile(self, text: str) -> Vector:
        """Unit vector, float32 of shape (topics,)."""
        found = self._corpus.topic_model.log_probabilities(self._searcher.encode_query(text), text)
        profile = found - self._average
        profile -= profile.mean()
        return np.asarray(profile / max(float(np.linalg.norm(profile)), 1e-9), dtype=np.float32)


def alike(profiles: Matrix) -> Array:
    """The group of each of the profiles, counted from 0: integers of shape (profiles,).

    Takes time and memory with the square of their number: 5,000 take a second and 200 MB.
    """
    # Loaded when it is needed: it takes a second and 60 MB, which the other processes can do without.
    from sklearn.cluster import AgglomerativeClustering  # type: ignore[import-untyped]

    if len(profiles) < 2:
        return np.zeros(len(profiles), dtype=int)
    grouping = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=1 - ALIKE)
    return np.asarray(grouping.fit_predict(profiles))
