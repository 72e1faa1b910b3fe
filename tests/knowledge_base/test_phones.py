from __future__ import annotations

import pytest

from knowledge_base.content import Phone
from knowledge_base.phones import international, phone_problem, shown


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("1991", "pk"),
        ("15", "pk"),
        ("19911", "sa"),
        ("111247786", "pk"),
        ("111-247-786", "pk"),
        ("080012345", "pk"),
        ("0300 1234567", "pk"),
        ("920002866", "sa"),
        ("80084", "ae"),
        ("+966 11 488 7272", "sa"),
        ("+41227179111", None),
    ],
)
def test_a_number_that_can_be_dialled_is_accepted(number: str, country: str | None) -> None:
    assert phone_problem(number, country) is None


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+96611", "sa"),
        ("+9990000000000", None),
        ("12345678", "sa"),
        ("1991", None),
        ("call us", "pk"),
        ("", "pk"),
        ("111247786", "ae"),
        ("1", "pk"),
    ],
)
def test_a_number_that_cannot_be_right_is_refused(number: str, country: str | None) -> None:
    assert phone_problem(number, country)


@pytest.mark.parametrize(
    ("number", "country", "abroad", "text"),
    [
        ("1991", "pk", None, "1991"),
        ("111-247-786", "pk", None, "111247786"),
        ("0114887272", "sa", "+966114887272", "+966114887272"),
        ("0300-1234567", "pk", "+923001234567", "+923001234567"),
        ("920002866", "sa", None, "920002866"),
        ("+92 51 9107257", "pk", "+92519107257", "+92519107257"),
    ],
)
def test_a_number_that_works_from_anywhere_is_shown_so(
    number: str, country: str, abroad: str | None, text: str
) -> None:
    assert international(number, country) == abroad
    assert shown(Phone(number), country) == text
