from __future__ import annotations

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from channels.splitting import split_text, split_with_footer, utf16_units
from knowledge_base.sms_length import sms_parts
from tests.channels.texts import PHONES, any_prose

PHONE_DIGITS = ["".join(regex.findall(r"\p{Nd}", phone)) for phone in PHONES]


def fits_telegram(text: str) -> bool:
    return utf16_units(text) <= 4096


def fits_sms(text: str) -> bool:
    return sms_parts(text) <= 2


def at_most(units: int):  # type: ignore[no-untyped-def]
    return lambda text: utf16_units(text) <= units


def without_space(text: str) -> str:
    return regex.sub(r"\s+", "", text)


@given(any_prose, st.sampled_from([fits_telegram, fits_sms, at_most(160), at_most(40)]))
def test_pieces_fit_and_nothing_is_lost(text: str, fits) -> None:  # type: ignore[no-untyped-def]
    pieces = split_text(text, fits)
    assert all(fits(piece) for piece in pieces)
    assert without_space("".join(pieces)) == without_space(text)
    assert all(piece == piece.strip() and piece for piece in pieces)


@example("ء ء ء ء ًءءءءءءءءءءءء", 20)  # a space that carries a mark
@given(any_prose, st.integers(20, 200))
def test_letters_are_never_cut(text: str, units: int) -> None:
    """Every cut is a border between two letters as people see them."""
    borders = {0} | {match.end() for match in regex.finditer(r"\X", text)}
    place = 0
    for piece in split_text(text, at_most(units)):
        start = text.index(piece, place)
        place = start + len(piece)
        assert start in borders
        assert place in borders


@given(any_prose)
def test_phone_numbers_are_never_cut(text: str) -> None:
    whole = "".join(split_text(text, at_most(60)))
    for piece in split_text(text, at_most(60)):
        assert not regex.search(r"\+92 51$|^9107272|0800-$|\+966 \(11\)$", piece), piece
    assert all(phone in whole for phone in PHONES if phone in text)


@given(any_prose, any_prose)
def test_footer_is_last(text: str, footer: str) -> None:
    pieces = split_with_footer(text, footer.strip(), fits_telegram)
    assert all(fits_telegram(piece) for piece in pieces)
    assert without_space("".join(pieces)) == without_space(text + footer)
    if footer.strip() and len(footer) < 500:
        assert pieces[-1].endswith(footer.strip())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("First paragraph here.\n\nSecond one.", ["First paragraph here.", "Second one."]),
        ("A line of words here\nand another line", ["A line of words here", "and another line"]),
        ("One sentence is here. Then another.", ["One sentence is here.", "Then another."]),
        ("یہ پہلا جملہ ہے یہاں۔ یہ دوسرا جملہ", ["یہ پہلا جملہ ہے یہاں۔", "یہ دوسرا جملہ"]),
        ("several words without any stop", ["several words without", "any stop"]),
        ("x" * 30, ["x" * 24, "x" * 6]),
        ("please call now +92 51 9107272", ["please call now", "+92 51 9107272"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_strongest_break_in_reach_is_taken(text: str, pieces: list[str]) -> None:
    assert split_text(text, at_most(24)) == pieces


def test_a_cluster_longer_than_a_message_is_cut_between_its_characters() -> None:
    stacked = "a" + "\u0301" * 100
    assert [len(piece) for piece in split_text(stacked, at_most(40))] == [40, 40, 21]


def test_a_character_that_never_fits_is_still_sent() -> None:
    assert split_text("😭a", at_most(1)) == ["😭", "a"]


def test_long_text_is_split_quickly() -> None:
    text = "لفظ " * 50_000
    assert len(split_text(text, fits_telegram)) == 49
