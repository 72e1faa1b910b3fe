"""Groups made of rows whose profiles are given; no database, no encoder."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from knowledge_base.misses.grouping import EXAMPLES, MOST_LISTED, STORED, Group, groups_of
from knowledge_base.misses.models import Miss

_numbers = iter(range(1, 1_000))


def miss(text: str, direction: int = 0, **values: Any) -> Miss:
    profile = np.eye(8)[direction].astype(STORED).tobytes()
    given = {"language": "en", "kind": "declined", "day": date(2026, 11, 22), "profile_of": "an index"}
    return Miss(pk=next(_numbers), text=text, profile=profile, **(given | values))


def texts_of(groups: list[Group]) -> list[list[str]]:
    return [[one.text for one in group.misses] for group in groups]


def test_the_biggest_group_comes_first_then_the_newest() -> None:
    older, newer = date(2026, 11, 1), date(2026, 11, 20)
    rows = [miss("new", 1, day=newer), miss("a", 0), miss("b", 0, language="ur"), miss("old", 2, day=older)]
    assert texts_of(groups_of(rows)) == [["a", "b"], ["new"], ["old"]]


def test_a_question_that_is_not_profiled_yet_stands_alone() -> None:
    rows = [miss("a"), miss("b"), miss("x", profile_of=""), miss("y", profile_of="")]
    assert texts_of(groups_of(rows)) == [["a", "b"], ["x"], ["y"]]


def test_profiles_of_different_indexes_are_not_compared() -> None:
    wider = np.eye(9)[0].astype(STORED).tobytes()
    old = miss("old", profile_of="before")
    old.profile = wider
    assert texts_of(groups_of([miss("a"), old, miss("b")])) == [["a", "b"], ["old"]]


def test_nothing_makes_no_groups() -> None:
    assert groups_of([]) == []


def test_a_group_shows_one_wording_of_each_language_first_and_each_once() -> None:
    rows = [miss("often"), miss("often"), *(miss(f"seldom {number}") for number in range(EXAMPLES))]
    group = Group((*rows, miss("اردو", language="ur"), miss("often", language="ur-Latn")))
    assert [(one.language, one.text, one.times) for one in group.examples[:3]] == [
        ("en", "often", 2),
        ("ur", "اردو", 1),
        ("ur-Latn", "often", 1),
    ]
    assert len(group.examples) + len(group.others) == len(group.wordings) == EXAMPLES + 3
    assert sorted(",".join(one.ids for one in group.wordings).split(",")) == sorted(group.ids.split(","))


def test_of_very_many_wordings_not_all_are_listed_but_all_are_meant() -> None:
    group = Group(tuple(miss(f"wording {number}") for number in range(MOST_LISTED + 7)))
    assert len(group.examples) + len(group.others) + group.unlisted == MOST_LISTED + 7
    assert group.unlisted == 7
    assert len(group.ids.split(",")) == MOST_LISTED + 7


def test_the_nearest_articles_of_a_group_are_those_of_most_of_its_questions() -> None:
    near = [
        [["sa/wages", 0.5], ["sa/exit", 0.1]],
        [["sa/exit", 0.3]],
        [["sa/exit", 0.2], ["sa/contract", 0.1]],
    ]
    group = Group(tuple(miss("q", nearest=pairs, article="sa/wages") for pairs in near))
    assert group.nearest == ["sa/exit", "sa/wages", "sa/contract"]
    assert group.answered_with == [("sa/wages", 3)]


def test_what_became_of_a_closed_wording_is_told() -> None:
    closed = [miss("a", state="added", added_to="sa/wages"), miss("b", state="dropped"), miss("c")]
    group = Group(tuple(closed))
    assert [one.outcome for one in group.wordings] == ["added to sa/wages", "nothing to do", ""]
    assert (group.has_open, group.has_closed) == (True, True)
