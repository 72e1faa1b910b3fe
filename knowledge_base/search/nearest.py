"""The rows whose vectors are nearest to a question's: found by looking at all while they are few, in an inverted file when
they are many.

All vectors have length one, so that the inner product is the cosine. `make bench-search` measures both.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import Any

import faiss
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from knowledge_base.search.vectors import Array, Matrix, Vector

# Looking at so many takes 5 ms; the inverted file would take 0.7, but costs half a minute whenever the models learn anew.
EXACT_ROWS = 50_000
# How many rows are found; those behind them count as the last one.
_FOUND_EXACTLY, _FOUND = 2_048, 512
# The inverted file: 4 bits for every two dimensions, in about four times the square root of the rows lists, as FAISS advises. The
# lists nearest to the question are gone through, and twice as many rows as are wanted compared again in 16 bits. Of a million
# vectors, 128 lists found 97.9 % of the ten nearest in 2.6 ms, 256 found 99.2 % in 3.1, 512 found 99.5 % in 5.5.
_LISTS_PROBED, _COMPARED_AGAIN = 256, 2
_TRAINED_ON, _ROUNDS = 40, 8  # vectors for each list, and rounds of k-means


@dataclass(frozen=True)
class Nearest:
    """Rows in descending order of cosine: int64 and float32 of the same shape."""

    rows: Array
    cosines: Array

    @property
    def last(self) -> float:
        return float(self.cosines[-1]) if len(self.cosines) else 0.0


def nearest(index: Any, vector: Vector) -> Nearest:
    """``index``: of `faiss_index`."""
    wanted = _FOUND_EXACTLY if isinstance(index, faiss.IndexFlat) else _FOUND
    (cosines,), (rows,) = index.search(vector[None, :], min(wanted, index.ntotal))
    found = rows >= 0  # the lists gone through may hold fewer
    return Nearest(rows[found], cosines[found])


def faiss_index(vectors: Matrix, exact_rows: int = EXACT_ROWS, like: Path | None = None) -> Any:
    """``vectors`` of shape (rows, dimensions), of length one; the dimensions are even.

    like: file of an index of nearly the same vectors, whose lists serve on: to fill them takes a tenth of the time.
    """
    if len(vectors) > exact_rows:
        return _inverted_file(vectors, like)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


def _inverted_file(vectors: Matrix, like: Path | None) -> Any:
    index: Any = faiss.read_index(str(like)) if like else None
    with threadpool_limits(os.cpu_count()):
        if not isinstance(index, faiss.IndexRefine):
            index = _trained(vectors)
        index.reset()
        index.add(vectors)
    return index


def _trained(vectors: Matrix) -> Any:
    rows, dimensions = vectors.shape
    lists = max(1, min(4 * isqrt(rows), rows // _TRAINED_ON))
    kind = f"IVF{lists},PQ{dimensions // 2}x4fs,Refine(SQfp16)"
    index: Any = faiss.index_factory(dimensions, kind, faiss.METRIC_INNER_PRODUCT)
    coarse = faiss.extract_index_ivf(index)
    coarse.cp.niter, coarse.cp.max_points_per_centroid = _ROUNDS, _TRAINED_ON
    coarse.nprobe, index.k_factor = min(_LISTS_PROBED, lists), _COMPARED_AGAIN
    index.train(vectors)
    return index
