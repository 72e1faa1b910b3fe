from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.transliteration import LOOKED_AT, Transliterator, Words, in_both_scripts, learn, read, write

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
    words = Words({"<s>": 4, "دال": 4, "ڈال": 4, "روٹی": 2, "خط": 2}, {("روٹی", "دال"): 2, ("خط", "ڈال"): 2})
    transliterate = Transliterator(words)
    assert (transliterate("roti dal"), transliterate("khat dal")) == ("روٹی دال", "خط ڈال")


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


@pytest.mark.parametrize(
    ("roman", "urdu"),
    [
        ("main yahan phans gaya hun", "میں یہاں پھنس گیا ہوں"),
        ("phr kya karun, shikayat kahan karun", "پھر کیا کروں شکایت کہاں کروں"),
        ("phle paise diye", "پہلے پیسے دیے"),
        ("ji haan", "جی ہاں"),
        ("khana nahi milta", "کھانا نہیں ملتا"),
        ("goliyan kha lo", "گولیاں کھا لو"),
        ("2 din se band hun", "2 دن سے بند ہوں"),
        ("kafil ne pasport rkh lia", "کفیل نے پاسپورٹ رکھ لیا"),
        ("mujhe ghar jana hai", "مجھے گھر جانا ہے"),
    ],
)
def test_our_own_table_knows_what_people_write_most(roman: str, urdu: str) -> None:
    assert Transliterator(read())(roman) == urdu


def test_addresses_of_pages_are_not_spelt_out() -> None:
    assert "گو" not in in_both_scripts("www.google.com dekho kya hai yeh")


def test_a_word_of_messages_alone_must_stand_there_often() -> None:
    words = learn(["تنخواہ نہیں ملی"], ["گالھین تنخواہ", *["گولیاں کھائیں"] * 3])
    assert words.counts["تنخواہ"] == 2
    assert words.counts["گولیاں"] == 3
    assert "گالھین" not in words.counts


def test_lists_of_numbers_and_empty_lines_teach_nothing() -> None:
    assert learn(["", "1", "12 13", "3 دن"]).counts == {"0": 1, "<s>": 1, "دن": 1}


def test_a_long_story_is_written_out_in_part_only() -> None:
    assert len(in_both_scripts("mera kafeel paise nahi deta " * 500).split("|")[1].split()) == LOOKED_AT


@given(
    st.text(st.characters(codec=None, categories=("L", "N", "Z", "Cs", "Cc", "P")), max_size=200)
    | st.text("abhknrs ", max_size=200)
)
def test_any_text_is_survived(text: str) -> None:
    assert in_both_scripts(text).startswith(text)
