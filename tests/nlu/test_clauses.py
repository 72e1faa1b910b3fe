from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlu.clauses import asking_piece, is_story, pieces, sentences, two_questions


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("what is the fee? where is the office", ("what is the fee?", "where is the office")),
        ("what is the fee and where is the office", ("what is the fee", "where is the office")),
        ("agent took money and my passport", None),
        ("hi. what is the fee? and where is the office?", ("what is the fee?", "where is the office?")),
        ("fees kitni hai\naur office kahan hai", ("fees kitni hai", "office kahan hai")),
        ("کل فیس کتنی ہے اور وہ دفتر کہاں ہے", ("کل فیس کتنی ہے", "وہ دفتر کہاں ہے")),
        ("ټول فیس څومره دی او دفتر یې چېرته دی", ("ټول فیس څومره دی", "دفتر یې چېرته دی")),
        ("ڪل في ڪيتري آهي ۽ اها آفيس ڪٿي آهي", ("ڪل في ڪيتري آهي", "اها آفيس ڪٿي آهي")),
        ("کل فیس کنی اے تے ایہ دفتر کتھے وے", ("کل فیس کنی اے", "ایہ دفتر کتھے وے")),
        ("passport and iqama", None),
        ("my passport and my iqama card are gone", None),
        ("what is the fee", None),
        ("what is it? how much? and where", None),
        ("aur", None),
        ("", None),
    ],
)
def test_two_questions(text: str, pair: tuple[str, str] | None) -> None:
    assert two_questions(text) == pair


def test_what_is_too_long_is_not_two_questions() -> None:
    half = "how do i get my passport back from him " * 3
    assert two_questions(f"{half} and {half}") is None


def test_a_story_has_many_words_or_sentences() -> None:
    assert is_story("I came. I worked. He beat me.")
    assert is_story("word " * 31)
    assert not is_story("word " * 30)
    assert not is_story("I came. He beat me.")


def test_a_sentence_without_end_is_cut_into_overlapping_pieces() -> None:
    words = [f"w{number}" for number in range(40)]
    cut = pieces(" ".join(words))
    assert {word for piece in cut for word in piece.split()} == set(words)
    assert all(set(left.split()) & set(right.split()) for left, right in pairwise(cut))


def test_what_a_story_leads_up_to() -> None:
    assert asking_piece("I went. Can I claim? He knows.") == "Can I claim?"
    assert asking_piece("I went. He knows. I want my money") == "I want my money"


@given(st.text(max_size=400))
@example("\x1f")
def test_any_text_is_survived_and_nothing_is_made_up(text: str) -> None:
    assert all(sentence and sentence in text for sentence in sentences(text))
    assert all(part in text for part in two_questions(text) or ())
    assert len(pieces(text)) <= 16
    is_story(text)
