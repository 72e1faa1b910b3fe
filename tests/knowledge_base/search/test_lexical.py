from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.search.lexical import KINDS, TermIndex, analyse

ROWS = [
    "میری تنخواہ نہیں ملی",
    "meri tnkhwah nahi mili",
    "my salary was not paid",
    "زما پاسپورټ",
    "passport kafeel",
]
ROW_ARTICLE = np.array([0, 0, 0, 1, 1])
ARTICLE_ROWS = np.bincount(ROW_ARTICLE)


def build(rows: list[str], kind: str) -> TermIndex:
    return TermIndex.build({i: analyse(row)[kind] for i, row in enumerate(rows)})


def coverage(question: str, kind: str, hidden: np.ndarray | None = None) -> np.ndarray:
    matches = build(ROWS, kind).find(analyse(question)[kind])
    return matches.coverage(ROW_ARTICLE, ARTICLE_ROWS, hidden)


@pytest.mark.parametrize(
    ("question", "kind", "article"),
    [
        ("salary not paid", "words", 0),
        ("tankhwah", "sounds", 0),
        ("تنخواہ", "sounds", 0),
        ("pasport", "sounds", 1),
        ("slary", "letters", 0),
        ("پاسپورٹ", "words", 1),
    ],
)
def test_a_question_meets_its_article(question: str, kind: str, article: int) -> None:
    found = coverage(question, kind)
    assert found[article] > found[1 - article]


def test_words_do_not_meet_across_scripts_but_sounds_do() -> None:
    only_urdu = build([ROWS[0], ROWS[3]], "words").find(analyse("tankhwah")["words"])
    assert only_urdu.coverage(np.array([0, 1]), np.array([1, 1])).max() == 0
    assert build([ROWS[0], ROWS[3]], "sounds").find(analyse("tankhwah")["sounds"]).row.tolist() == [0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("question", ["", "😀", "\x00\x01", "zzzz qqqq", "，。"])
def test_a_question_without_known_terms_covers_nothing(question: str, kind: str) -> None:
    assert coverage(question, kind).tolist() == [0, 0]


def test_hidden_rows_do_not_count() -> None:
    assert coverage("salary", "words", np.array([False, False, True, False, False])).tolist() == [0, 0]


def test_unknown_words_lower_the_coverage() -> None:
    assert coverage("salary zzzz", "words")[0] < coverage("salary", "words")[0]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8), st.text(max_size=40))
def test_coverage_is_a_share(rows: list[str], question: str) -> None:
    articles = np.arange(len(rows))
    for kind in KINDS:
        found = build(rows, kind).find(analyse(question)[kind]).coverage(articles, np.ones(len(rows)))
        assert ((found >= 0) & (found <= 1)).all()


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    index = build(ROWS, "words")
    index.save(tmp_path, "words")
    loaded = TermIndex.load(tmp_path, "words")
    assert isinstance(loaded.rows, np.memmap)
    for question in ROWS:
        terms = analyse(question)["words"]
        np.testing.assert_array_equal(loaded.find(terms).row, index.find(terms).row)


@pytest.mark.parametrize("kind", KINDS)
@given(
    kept=st.sets(st.integers(0, len(ROWS) - 1)), new=st.dictionaries(st.integers(0, 8), st.sampled_from(ROWS))
)
def test_changed_rows_give_the_index_that_building_gives(
    kind: str, kept: set[int], new: dict[int, str]
) -> None:
    """Rows that are kept move up in their order; new ones lie between them."""
    free = iter(sorted(set(range(20)) - set(new)))
    places = np.array([next(free) if row in kept else -1 for row in range(len(ROWS))], dtype=np.int32)
    texts = {int(places[row]): ROWS[row] for row in kept} | new
    changed = build(ROWS, kind).changed(places, {row: analyse(text)[kind] for row, text in new.items()})
    built = TermIndex.build({row: analyse(text)[kind] for row, text in texts.items()})
    for name in ("terms", "starts", "rows"):
        assert np.array_equal(getattr(changed, name), getattr(built, name))
