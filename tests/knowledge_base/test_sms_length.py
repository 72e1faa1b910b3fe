from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.sms_length import is_gsm7, not_gsm7, sms_parts, sms_units


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ک" * 70, 1),
        ("ک" * 71, 2),
        ("ک" * 134, 2),
        ("ک" * 135, 3),
        ("ک" * 201, 3),
        ("a" * 69 + "ک", 1),
        ("a" * 70 + "ک", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_number_of_parts_at_every_limit(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


def test_an_extension_character_is_not_cut_in_two() -> None:
    # 152 + the two septets of the euro sign do not fit the first 153: the chain needs 152 + 154 septets, three parts.
    text = "a" * 152 + "€" + "a" * 152
    assert sms_units(text) == 306
    assert sms_parts(text) == 3


def test_a_surrogate_pair_is_not_cut_in_two() -> None:
    text = "ک" * 66 + "😀" + "ک" * 66
    assert sms_units(text) == 134
    assert sms_parts(text) == 3


def test_the_characters_that_make_a_text_expensive_are_named_once() -> None:
    assert not_gsm7("“no” – “yes”") == ("“", "”", "–")
    assert not is_gsm7("“")


@given(st.text())
def test_a_longer_text_never_costs_less(text: str) -> None:
    assert sms_parts(text) <= sms_parts(text + "ک")
    assert sms_parts(text) * 160 >= sms_units(text)
