from __future__ import annotations

from pathlib import Path

import pytest
import regex
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.redaction import MARKS, redact, without_marks

TABLE = yaml.safe_load(Path(__file__).with_name("redaction.yml").read_text(encoding="utf-8"))
DIGITS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५²①"
# Mostly digits and what people put between them, so that runs are frequent.
texts = st.text(
    st.one_of(st.sampled_from(DIGITS), st.sampled_from(" -.()/+@:abzنمبر\u200f\u200cـ\n"), st.characters())
)


@pytest.mark.parametrize(("text", "kept"), TABLE["numbers"] + TABLE["names"])
def test_what_tells_who_somebody_is_becomes_a_mark(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize("text", TABLE["kept"])
def test_an_ordinary_sentence_is_kept_whole(text: str) -> None:
    assert redact(text) == text


@settings(deadline=None)  # other work on the machine is no failure
@given(texts)
def test_no_five_digits_in_a_row_survive(text: str) -> None:
    assert not regex.search(r"[\p{Nd}\p{No}]{5}", redact(text))


@settings(deadline=None)
@given(
    st.lists(st.sampled_from("0123456789۰۱۲٣٤٥"), min_size=7, max_size=20),
    st.sampled_from(["", " ", "-", ".", " - ", "\u200f", "/"]),
)
def test_no_number_survives_by_spacing_it_out(digits: list[str], gap: str) -> None:
    kept = redact(f"call {gap.join(digits)} now")
    assert not any(digit in kept for digit in digits)


@settings(deadline=None)
@given(texts)
def test_redacting_again_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


def test_a_question_without_marks_is_one_that_anybody_could_ask() -> None:
    assert without_marks("mera naam [name] hai,  call [phone]") == "mera naam hai, call"
    assert not any(mark in without_marks(" ".join(MARKS)) for mark in MARKS)
