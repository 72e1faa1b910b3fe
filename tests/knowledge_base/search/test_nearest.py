"""Nearest rows on made-up vectors that scatter around centres, so that there are neighbours to find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from knowledge_base.search.nearest import EXACT_ROWS, Nearest, faiss_index, nearest
from knowledge_base.search.vectors import Matrix

ROWS, CENTRES, SIZE, QUESTIONS = 6_000, 300, 32, 100


def unit(vectors: np.ndarray[Any, Any]) -> Matrix:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def vectors() -> Matrix:
    chance = np.random.default_rng(3)
    centres = chance.standard_normal((CENTRES, SIZE))
    made = centres[chance.integers(CENTRES, size=ROWS + QUESTIONS)]
    return unit(made + 0.5 * chance.standard_normal(made.shape))


@pytest.fixture(scope="module")
def rows(vectors: Matrix) -> Matrix:
    return vectors[:ROWS]


@pytest.fixture(scope="module")
def questions(vectors: Matrix) -> Matrix:
    return vectors[ROWS:]


@pytest.fixture(scope="module")
def inverted(rows: Matrix) -> Any:
    return faiss_index(rows, exact_rows=ROWS - 1)


@pytest.fixture(scope="module")
def exact(rows: Matrix) -> Any:
    return faiss_index(rows, exact_rows=ROWS)


def test_the_kind_of_index_follows_from_the_number_of_rows(exact: Any, inverted: Any) -> None:
    assert isinstance(exact, faiss.IndexFlat)
    assert isinstance(inverted, faiss.IndexRefine)
    assert 23_490 < EXACT_ROWS < 1_000_000  # today's rows are all looked at, a million are not


def test_the_exact_index_finds_the_nearest_in_order(exact: Any, rows: Matrix, questions: Matrix) -> None:
    cosines = rows @ questions[0]
    found = nearest(exact, questions[0])
    assert found.rows[:10].tolist() == np.argsort(-cosines)[:10].tolist()
    assert found.cosines == pytest.approx(cosines[found.rows], abs=1e-6)
    assert found.last == found.cosines.min() >= np.sort(cosines)[-len(found.rows)] - 1e-6


def test_the_inverted_file_finds_nearly_the_same(exact: Any, inverted: Any, questions: Matrix) -> None:
    shared = [
        np.isin(nearest(inverted, question).rows[:10], nearest(exact, question).rows[:10]).mean()
        for question in questions
    ]
    assert np.mean(shared) >= 0.98


def test_the_inverted_file_tells_cosines_in_order(inverted: Any, rows: Matrix, questions: Matrix) -> None:
    found = nearest(inverted, questions[0])
    assert (np.diff(found.cosines) <= 0).all()
    assert found.cosines == pytest.approx(rows[found.rows] @ questions[0], abs=1e-3)


def test_the_inverted_file_survives_its_file_and_gives_its_vectors_back(
    inverted: Any, rows: Matrix, questions: Matrix, tmp_path: Path
) -> None:
    file = tmp_path / "rows.faiss"
    faiss.write_index(inverted, str(file))
    read = faiss.read_index(str(file), faiss.IO_FLAG_MMAP_IFC)
    before, after = nearest(inverted, questions[0]), nearest(read, questions[0])
    assert before.rows.tolist() == after.rows.tolist()
    assert (read.reconstruct_n(0, ROWS) * rows).sum(axis=1).min() > 0.999


def test_the_lists_of_another_index_serve_for_nearly_the_same_vectors(
    exact: Any, inverted: Any, rows: Matrix, questions: Matrix, tmp_path: Path
) -> None:
    before = tmp_path / "before.faiss"
    faiss.write_index(inverted, str(before))
    again = faiss_index(rows[10:], exact_rows=10, like=before)
    assert again.ntotal == ROWS - 10
    lists, lists_before = (faiss.extract_index_ivf(index).quantizer for index in (again, inverted))
    assert (lists.reconstruct_n(0, lists.ntotal) == lists_before.reconstruct_n(0, lists_before.ntotal)).all()
    shared = [
        np.isin(nearest(again, question).rows[:10] + 10, nearest(exact, question).rows[:12]).mean()
        for question in questions
    ]
    assert np.mean(shared) >= 0.98


def test_an_exact_index_has_no_lists_to_serve_on(exact: Any, rows: Matrix, tmp_path: Path) -> None:
    before = tmp_path / "before.faiss"
    faiss.write_index(exact, str(before))
    assert isinstance(faiss_index(rows, exact_rows=10, like=before), faiss.IndexRefine)


def test_fewer_rows_than_are_wanted_are_all_found(rows: Matrix) -> None:
    assert sorted(nearest(faiss_index(rows[:3]), rows[0]).rows) == [0, 1, 2]


def test_nothing_found_has_a_last() -> None:
    assert Nearest(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)).last == 0.0
