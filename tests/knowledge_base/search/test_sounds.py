from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.search.sounds import SoundIndex, sounds_of

ROWS = [
    "میری تنخواہ نہیں ملی",
    "meri tnkhwah nahi mili",
    "my salary was not paid",
    "زما پاسپورټ",
    "passport kafeel",
]
ROW_ARTICLE = np.array([0, 0, 0, 1, 1])
ARTICLE_ROWS = np.bincount(ROW_ARTICLE)


def build(rows: list[str]) -> SoundIndex:
    return SoundIndex.build(dict(enumerate(rows)))


def coverage(question: str, hidden: np.ndarray | None = None) -> np.ndarray:
    return build(ROWS).find(sounds_of(question)).coverage(ROW_ARTICLE, ARTICLE_ROWS, hidden)


@pytest.mark.parametrize(
    ("question", "article"),
    [("salary not paid", 0), ("tankhwah", 0), ("تنخواہ", 0), ("pasport", 1), ("پاسپورٹ", 1)],
)
def test_a_question_meets_its_article(question: str, article: int) -> None:
    found = coverage(question)
    assert found[article] > found[1 - article]


def test_sounds_meet_across_scripts() -> None:
    only_urdu = build([ROWS[0], ROWS[3]])
    assert only_urdu.find(sounds_of("tankhwah")).row.tolist() == [0]


@pytest.mark.parametrize("question", ["", "😀", "\x00\x01", "zzzz qqqq", "，。"])
def test_a_question_without_known_sounds_covers_nothing(question: str) -> None:
    assert coverage(question).tolist() == [0, 0]


def test_hidden_rows_do_not_count() -> None:
    assert coverage("salary", np.array([False, False, True, False, False])).tolist() == [0, 0]


def test_unknown_sounds_lower_the_coverage() -> None:
    assert coverage("salary zzzz")[0] < coverage("salary")[0]


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8), st.text(max_size=40))
def test_coverage_is_a_share(rows: list[str], question: str) -> None:
    found = build(rows).find(sounds_of(question)).coverage(np.arange(len(rows)), np.ones(len(rows)))
    assert ((found >= 0) & (found <= 1)).all()


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    index = build(ROWS)
    index.save(tmp_path)
    loaded = SoundIndex.load(tmp_path)
    assert isinstance(loaded.rows, np.memmap)
    for question in ROWS:
        sounds = sorted(sounds_of(question))
        np.testing.assert_array_equal(loaded.find(sounds).row, index.find(sounds).row)


@given(
    kept=st.sets(st.integers(0, len(ROWS) - 1)), new=st.dictionaries(st.integers(0, 8), st.sampled_from(ROWS))
)
def test_changed_rows_give_the_index_that_building_gives(kept: set[int], new: dict[int, str]) -> None:
    """Rows that are kept move up in their order; new ones lie between them."""
    free = iter(sorted(set(range(20)) - set(new)))
    places = np.array([next(free) if row in kept else -1 for row in range(len(ROWS))], dtype=np.int32)
    changed = build(ROWS).changed(places, new)
    built = SoundIndex.build({int(places[row]): ROWS[row] for row in kept} | new)
    for name in ("hashes", "starts", "rows"):
        assert np.array_equal(getattr(changed, name), getattr(built, name))
