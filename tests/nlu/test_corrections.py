from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.corrections import meant_instead


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("No I meant the iqama!", "the iqama"),
        ("sorry bro i was asking about my visit visa", "my visit visa"),
        ("no, the sub agent", "the sub agent"),
        ("nai yar mera mtlb iqama tha", "iqama"),
        ("nahi main medical ki baat kr raha hun", "medical"),
        ("نہیں بھائی، میرا مطلب اقامہ تھا", "اقامہ"),
        ("نہیں میں ویزے کی بات کر رہا ہوں", "ویزے"),
        ("نه وروره، زما مطلب اقامه ده", "اقامه"),
        ("زه د ویزې خبره کوم", "ویزې"),
        ("نه سائين منهنجو مطلب اقامو هو", "اقامو"),
        ("نئیں جی میں ویزے دی گل کردا واں", "ویزے"),
        ("میں پوچھ رہا تھا ویزا کتنے کا ہے", "ویزا کتنے کا"),
        ("no", None),
        ("no, thanks a lot for nothing my dear friend", None),
        ("no salary since march", None),
        ("nahi mili", None),
        ("i meant something else", None),
        ("میرا مطلب کچھ اور تھا", None),
        ("my sponsor is mean", None),
        ("", None),
    ],
)
def test_what_was_meant_instead(text: str, meant: str | None) -> None:
    assert meant_instead(text) == meant


@given(st.text(max_size=200))
def test_any_text_is_survived_and_nothing_is_made_up(text: str) -> None:
    meant = meant_instead(text)
    assert meant is None or meant in text
