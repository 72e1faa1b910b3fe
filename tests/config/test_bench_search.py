"""`make bench-search`, at sizes of a test: that it compares what it says, over vectors that have neighbours."""

from __future__ import annotations

import random

import numpy as np
import pytest

from knowledge_base.search.nearest import EXACT_ROWS
from knowledge_base.search.sounds import SoundIndex, sounds_of
from knowledge_base.search.vectors import Matrix
from scripts.bench_search import (
    MOST_MS,
    OF_A_TURN,
    WARM_UP,
    WHOLE,
    WORDS,
    Compared,
    Cost,
    Real,
    Stages,
    compare,
    joined,
    line,
    missed,
    repeated,
    stages_table,
    synthetic,
)

TOPICS, EACH, SIZE = 40, 30, 32


@pytest.fixture(scope="module")
def real() -> Real:
    """Rows of each topic in three of all directions."""
    chance = np.random.default_rng(5)
    centres = chance.standard_normal((TOPICS, 1, SIZE))
    ways = chance.standard_normal((3, SIZE))
    rows = (centres + 0.4 * chance.standard_normal((TOPICS, EACH, 3)) @ ways).reshape(-1, SIZE)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return Real(unit.astype(np.float32), np.repeat(np.arange(TOPICS), EACH))


@pytest.fixture(scope="module")
def parts(real: Real) -> tuple[Real, Matrix]:
    return real.split(100, np.random.default_rng(1))


def test_questions_are_kept_out_of_what_the_vectors_are_made_of(
    real: Real, parts: tuple[Real, Matrix]
) -> None:
    rest, questions = parts
    assert len(rest.vectors) + len(questions) == len(real.vectors)
    assert (rest.vectors @ questions.T).max() < 1 - 1e-6
    assert len(rest.topics) == len(rest.vectors)


def test_synthetic_vectors_are_as_near_to_questions_as_real_ones(parts: tuple[Real, Matrix]) -> None:
    rest, questions = parts
    chance = np.random.default_rng(2)
    made = synthetic(rest, 3_000, chance)
    assert np.linalg.norm(made, axis=1) == pytest.approx(1.0, abs=1e-5)
    random = chance.standard_normal(made.shape)
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    near, near_made, near_random = (
        (questions @ vectors.T).max(axis=1).mean() for vectors in (rest.vectors, made, random)
    )
    assert abs(near - near_made) < 0.2 * (near - near_random)


def test_it_measures_the_recall_of_both_kinds(parts: tuple[Real, Matrix]) -> None:
    rest, questions = parts
    compared, index = compare(synthetic(rest, 4_000, np.random.default_rng(2)), questions)
    assert index.ntotal == compared.rows == 4_000
    assert compared.exact.recall == 1.0
    assert 0.9 < compared.inverted.recall <= 1.0
    assert compared.chosen is compared.exact
    assert min(compared.exact.p50_ms, compared.inverted.p50_ms) > 0
    assert line(compared).split()[0] == "4,000"
    assert line(compared).endswith("exact")


def test_among_many_rows_the_inverted_file_is_what_counts() -> None:
    exact, inverted = Cost(0, 0, 50.0, 60.0, 1.0), Cost(0, 0, 3.0, 4.0, 0.99)
    assert Compared(EXACT_ROWS + 1, exact, inverted).chosen is inverted


def spent(milliseconds: float) -> Stages:
    stages = Stages()
    stages.record("search", "en", [milliseconds / 1e3] * (WARM_UP + 1))
    stages.record(WHOLE, "en", [9.0] * WARM_UP + [milliseconds / 1e3])
    return stages


def test_the_first_messages_warm_up() -> None:
    assert spent(12.0).ms(WHOLE) == pytest.approx(12.0)
    table = stages_table(spent(12.0), spent(13.0), spent(14.0), ["en"])
    assert [line.split()[-1] for line in table.splitlines()[1:]] == ["14.00", "14.00", "13.00"]
    assert OF_A_TURN in table


@pytest.mark.parametrize(
    ("cost", "milliseconds", "what"),
    [
        (Cost(0, 0, 3.0, 4.0, 0.99), 20.0, []),
        (Cost(0, 0, MOST_MS, 40.0, 0.99), 20.0, ["search"]),
        (Cost(0, 0, 3.0, 4.0, 0.97), 20.0, ["recall"]),
        (Cost(0, 0, 3.0, 4.0, 0.99), 26.0, ["message in en", "turn's understanding in en"]),
    ],
)
def test_what_is_missed_is_told(cost: Cost, milliseconds: float, what: list[str]) -> None:
    found = list(missed(cost, spent(milliseconds), spent(milliseconds), ["en"]))
    assert len(found) == len(what)
    assert all(part in line for part, line in zip(what, found, strict=True))


def test_messages_have_twenty_words() -> None:
    questions = ["who keeps my passport?", "may he?"]
    words = joined(random.Random(1), questions).split()
    assert len(words) == WORDS
    assert set(words) <= set(" ".join(questions).split())


def test_copies_of_a_corpus_have_postings_of_their_own() -> None:
    sounds = SoundIndex.build({0: "salary passport", 1: "salary", 2: "doctor"})
    three = repeated(sounds, 3, rows=3)
    assert sorted(three.find(sounds_of("salary")).row) == [0, 1, 3, 4, 6, 7]
    assert sorted(three.find(sounds_of("passport doctor")).row) == [0, 2, 3, 5, 6, 8]
