from __future__ import annotations

from pathlib import Path

import pytest

from nlu.identification import identify
from nlu.letter_groups import TABLE, groups, learn, points, write
from nlu.normalisation import tokens


def test_groups_mark_where_a_word_begins_and_ends() -> None:
    assert list(groups("کی")) == ["^کی$", "^ک", "کی", "ی$", "^کی", "کی$"]


def test_what_is_rare_or_likely_everywhere_is_not_learnt() -> None:
    texts = [("پگھار کر", "sd"), ("تنخواہ کر", "ur"), ("معاش کر", "ps")] * 10 + [("لفظ", "ur")]
    table = learn(texts)
    assert table["تنخ"]["ur"] > 0 > table["تنخ"]["sd"]
    assert "^کر$" not in table
    assert "^لفظ$" not in table


def test_the_table_is_what_was_learnt(tmp_path: Path) -> None:
    path = tmp_path / "groups.tsv"
    write({"^کی": {"ur": 1.5, "sd": -1.5}}, path)
    assert path.read_text(encoding="utf-8") == "group\tsd\tur\n^کی\t-1.5\t1.5\n"
    assert TABLE.read_text(encoding="utf-8").startswith("group\tpa-Arab\tps\tsd\tur\n(bias)\t")


def test_few_groups_tell_little() -> None:
    one, many = (
        points(tokens("سان")),
        points(tokens("منهنجو پگھار ٽن مهينن کان نه مليو آهي ڪفيل سان ڳالهايان")),
    )
    assert max(one.values()) < max(many.values())
    assert points([]) == points(["bias"]) == {}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("مونکھے ٻہ مھینن جو پگھار کونہ ملیو آھی", "sd"),
        ("کمپنی وارا پاسپورٹ واپس کونہ تھا ڈین", "sd"),
        ("مینوں دسو پئی ایجنٹ پیسے واپس کیویں کرے گا", "pa-Arab"),
        ("زہ پہ دبئی کے کار کوم تنخواہ نہ راکوی", "ps"),
        ("کمپنی تنخواہ نہیں دے رہی کیا کروں", "ur"),
    ],
)
def test_languages_typed_on_an_urdu_keyboard_are_told_apart(text: str, language: str) -> None:
    assert identify(text).language == language
