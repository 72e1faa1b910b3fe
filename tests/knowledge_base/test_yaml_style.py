from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import yaml

from knowledge_base.yaml_style import DuplicateKey, Flow, read_yaml, write_yaml


def test_a_key_given_twice_is_refused_with_its_line() -> None:
    with pytest.raises(DuplicateKey) as error:
        read_yaml("a: 1\nb: 2\na: 3\n")
    assert error.value.problem_mark is not None
    assert error.value.problem_mark.line == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("true", True),
        ("0800", "0800"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("2026-11", "2026-11"),
        ("2026-11-22", date(2026, 11, 22)),
        ("2.50", Decimal("2.50")),
        ("-3", -3),
        ("null", None),
    ],
)
def test_a_scalar_is_read_as_its_author_means_it(text: str, value: object) -> None:
    assert read_yaml(f"key: {text}") == {"key": value}


def test_a_date_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="day"):
        read_yaml("seen: 2026-02-30")


def test_no_object_of_ours_can_be_made_by_a_file() -> None:
    with pytest.raises(yaml.YAMLError):
        read_yaml("!!python/object/apply:os.getcwd []")


@pytest.mark.parametrize(
    "value",
    [
        {
            "country": "no",
            "answer": True,
            "nothing": None,
            "phone": "0800",
            "year": "2023",
            "share": Decimal("2.50"),
        },
        {"day": date(2026, 11, 22), "month": "2026-11", "name": "زندگی: بہتر", "long": "word " * 60 + "end"},
        {"law": "27/2022", "mark": "a # b", "ask": "really?", "time": "12:30"},
    ],
)
def test_what_is_written_is_read_back_the_same(value: dict[str, object]) -> None:
    assert read_yaml(write_yaml(value)) == value
    assert read_yaml(write_yaml({"all": Flow(value)})) == {"all": value}
