from __future__ import annotations

import pytest

from bot.replies import Button
from channels.choices import numbered, resolve

CHOICES = (
    Button("Tell me more", "/more"),
    Button("مزید بتائیں", "/second"),
    Button("Don't know?", "/third"),
    *(Button(f"Row {n}", f"/{n}") for n in range(4, 13)),
)


@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("1", "/more"),
        (" 1 ", "/more"),
        ("1.", "/more"),
        ("(1)", "/more"),
        ("1\ufe0f\u20e3", "/more"),  # the keycap emoji
        ("#2", "/second"),
        ("۲", "/second"),  # Urdu, Persian, Sindhi, Pashto
        ("٢", "/second"),  # Arabic
        ("२", "/second"),  # Devanagari
        ("২", "/second"),  # Bengali
        ("２", "/second"),  # full width
        ("12", "/12"),
        ("۱۲", "/12"),
        ("tell me more", "/more"),
        ("TELL ME MORE!", "/more"),
        ("مزيد بتائيں", "/second"),  # Arabic yeh for Urdu's
        ("dont know", None),
        ("Don’t know", "/third"),
        ("0", None),
        ("13", None),
        ("123", None),
        ("1 2", None),
        ("1 kafeel", None),
        ("more", None),
        ("", None),
        ("?", None),
    ],
)
def test_typed_number_or_title_means_its_choice(typed: str, payload: str | None) -> None:
    assert resolve(typed, CHOICES) == payload


def test_nothing_was_offered_so_a_number_is_just_a_number() -> None:
    assert resolve("1", ()) is None


def test_list_is_numbered_from_where_the_reply_stands() -> None:
    assert numbered(CHOICES[:2], "Reply:", first=3) == "Reply:\n3 Tell me more\n4 مزید بتائیں"
    assert numbered((), "Reply:") == ""
