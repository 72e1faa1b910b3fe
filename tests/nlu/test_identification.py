from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlu.identification import LOOKED_AT, identify, script_of
from nlu.languages import LANGUAGES

TABLE = yaml.safe_load(Path(__file__).with_name("identification.yml").read_text(encoding="utf-8"))
FLOOR = 0.98


def rows(label: str) -> list[tuple[str, str | None]]:
    return [(row["text"], row.get("known")) if isinstance(row, dict) else (row, None) for row in TABLE[label]]


def confusion() -> tuple[dict[str, Counter[str]], list[str]]:
    table: dict[str, Counter[str]] = {label: Counter() for label in TABLE}
    wrong = []
    for label in TABLE:
        for text, known in rows(label):
            found = identify(text, known=known)
            table[label][found.language or "none"] += 1
            if (found.language or "none") != label:
                wrong.append(f"{label} -> {found.language}: {text!r} (known {known}) {dict(found.scores)}")
    return table, wrong


def test_every_language_has_enough_rows() -> None:
    assert set(TABLE) == {*LANGUAGES, "none"}
    assert {label: len(TABLE[label]) for label in LANGUAGES if len(TABLE[label]) < 60} == {}


def test_share_found_is_above_the_floor() -> None:
    table, wrong = confusion()
    shown = "\n".join(f"{label:8} {dict(counts)}" for label, counts in table.items())
    right = sum(counts[label] for label, counts in table.items())
    total = sum(sum(counts.values()) for counts in table.values())
    assert right / total >= FLOOR, f"{right} of {total}\n{shown}\n" + "\n".join(wrong)
    low = {label: counts for label, counts in table.items() if counts[label] / sum(counts.values()) < 0.95}
    assert not low, f"{shown}\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("سلام", "Arab"),
        ("salam", "Latn"),
        ("नमस्ते", "Deva"),
        ("12 😀", None),
        ("", None),
        ("visa ویزا نہیں ملا", "Arab"),
    ],
)
def test_script(text: str, script: str | None) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize(
    ("text", "known", "language"),
    [
        ("ویزا", None, "ur"),
        ("ویزا", "ps", "ps"),
        ("ویزا", "sd", "sd"),
        ("ویزا", "ur-Latn", "ur"),
        ("passport", "ur-Latn", "ur-Latn"),
        ("passport", "en", "en"),
        ("passport", "ur", None),
        ("ok", "ur", None),
        ("what is the law about my salary", "ur-Latn", "en"),
        ("میرا پاسپورٹ واپس نہیں ملا", "pa-Arab", "ur"),
    ],
)
def test_known_language_decides_near_ties_only(text: str, known: str | None, language: str | None) -> None:
    assert identify(text, known=known).language == language


def test_roman_text_of_other_languages_is_less_certain() -> None:
    roman_pashto = identify("zama passport kafeel akhistay dai")
    assert roman_pashto.language == "ur-Latn"
    assert roman_pashto.confidence < identify("mera passport kafeel ke paas hai").confidence


@given(st.text(max_size=300), st.sampled_from([None, *LANGUAGES]))
def test_never_raises_and_stays_in_range(text: str, known: str | None) -> None:
    found = identify(text, known=known)
    assert found.language in {None, *LANGUAGES}
    assert 0.0 <= found.confidence <= 1.0
    if found.language:
        assert LANGUAGES[found.language].script == found.script


def test_only_the_beginning_of_a_huge_text_is_read() -> None:
    assert identify("میرا پاسپورٹ نہیں ملا " * 500_000).language == "ur"
    assert identify("😀" * LOOKED_AT + " hello").script is None
