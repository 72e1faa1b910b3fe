from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.normalisation import is_arabic, tokens
from nlu.transliteration import LOOKED_AT, TABLE, Transliterator, Words, in_both_scripts, learn, read, write

TEXTS = [
    "تنخواہ نہیں ملی",
    "کفیل نے پاسپورٹ رکھ لیا ہے",
    "کمپنی نے تنخواہ نہیں دی",
    "کمپنی نے پاسپورٹ نہیں دیا",
]


@pytest.fixture(scope="module")
def transliterate() -> Transliterator:
    return Transliterator(learn(TEXTS))


@pytest.mark.parametrize("text", ["tankhwah nahi mili", "tnkhwa nhi mli", "TANKHAH nahin mily"])
def test_every_spelling_becomes_the_same_urdu(transliterate: Transliterator, text: str) -> None:
    assert transliterate(text) == "تنخواہ نہیں ملی"


def test_english_numbers_and_what_nobody_wrote_stay(transliterate: Transliterator) -> None:
    assert transliterate("company 3 mahine qwrtplk") == "company 3 mahine qwrtplk"


def test_the_word_before_decides_between_words_that_sound_alike() -> None:
    words = Words({"<s>": 4, "کیا": 4, "کی": 4, "فیس": 2, "کام": 2}, {("فیس", "کی"): 2, ("کام", "کیا"): 2})
    transliterate = Transliterator(words)
    assert (transliterate("fees k"), transliterate("kaam k")) == ("فیس کی", "کام کیا")


def test_what_was_learnt_is_read_back(tmp_path: Path) -> None:
    words, path = learn(TEXTS), tmp_path / "words.tsv"
    write(words, path)
    assert read(path) == words
    assert words.pairs[("کمپنی", "نے")] == 2
    assert ("کفیل", "نے") not in words.pairs  # stands once only


def test_only_roman_urdu_gets_a_second_form() -> None:
    both = in_both_scripts("tnkhwah nai mili 3 mhine se")
    assert both.startswith("tnkhwah nai mili 3 mhine se | تنخواہ")
    for text in ("my salary is three months late", "تنخواہ نہیں ملی", "تنخوا مې نه ده راکړې", "", "?!"):
        assert in_both_scripts(text) == text


def test_our_own_table_knows_what_people_write_most() -> None:
    roman = "kafeel ne passport rakh liya hai wapas nahi de raha, shikayat kahan karun"
    urdu = in_both_scripts(roman).removeprefix(f"{roman} | ").split()
    assert sum(map(is_arabic, urdu)) >= len(tokens(roman)) - 1
    assert read(TABLE).counts["تنخواہ"] > 100


def test_a_long_story_is_written_out_in_part_only() -> None:
    assert len(in_both_scripts("mera kafeel paise nahi deta " * 500).split("|")[1].split()) == LOOKED_AT


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    assert in_both_scripts(text).startswith(text)
