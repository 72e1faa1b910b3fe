from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from bot.phrases import DIRECTORY, PhraseProblems, keys, placeholders, read_phrases, say
from knowledge_base.sms_length import is_gsm7
from nlu.acts import quick_act
from nlu.languages import LANGUAGES
from nlu.urgency import detect_urgency


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DIRECTORY, tmp_path / "responses"))


def change(path: Path, key: str, value: str | None) -> None:
    table = yaml.safe_load(path.read_text(encoding="utf-8"))
    table = {k: v for k, v in table.items() if k != key} | ({key: value} if value is not None else {})
    path.write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")


def test_every_phrase_exists_in_every_language() -> None:
    tables = read_phrases(DIRECTORY)
    assert set(tables) == set(LANGUAGES)
    assert all(set(table) == keys() for table in tables.values())


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("thanks", None, "thanks is missing"),
        ("extra", "x", "extra is not in en.yml"),
        ("unknown", "no contact", "unknown has placeholders"),
    ],
)
def test_a_file_that_differs_from_the_master_is_refused_by_name(
    copy: Path, key: str, value: str | None, told: str
) -> None:
    change(copy / "ps.yml", key, value)
    with pytest.raises(PhraseProblems, match=rf"ps\.yml: {told}"):
        read_phrases(copy)


def test_a_missing_file_is_refused_by_name(copy: Path) -> None:
    (copy / "sd.yml").unlink()
    with pytest.raises(PhraseProblems, match=r"sd\.yml: is missing"):
        read_phrases(copy)


@pytest.mark.parametrize("tag", [tag for tag, language in LANGUAGES.items() if language.script == "Latn"])
def test_latin_phrases_are_plain_gsm_7(tag: str) -> None:
    """One letter outside GSM-7 would more than halve the length of an SMS part."""
    assert [key for key, text in read_phrases(DIRECTORY)[tag].items() if not is_gsm7(text)] == []


@pytest.mark.parametrize("tag", list(LANGUAGES))
def test_phrases_hold_no_figures(tag: str) -> None:
    """Numbers are facts, and facts live in the knowledge base."""
    texts = read_phrases(DIRECTORY)[tag]
    assert [key for key, text in texts.items() if any(letter.isdigit() for letter in text)] == []


def test_say_fills_the_placeholders() -> None:
    assert placeholders("a {contact} b {date}") == {"contact", "date"}
    assert say("unknown", "en", contact="MRC: 123").endswith("MRC: 123")


def test_say_refuses_an_unknown_key() -> None:
    with pytest.raises(KeyError):
        say("no_such_phrase", "en")


@pytest.mark.parametrize("tag", list(LANGUAGES))
def test_every_word_that_we_tell_people_to_write_is_understood(tag: str) -> None:
    phrases = read_phrases(DIRECTORY)[tag]
    told = {word for text in phrases.values() for word in re.findall(r'"([^"{}]+)"', text)}
    told |= {phrases["button_human"], phrases["button_menu"], phrases["button_more"]}
    assert len(told) >= 5
    assert {word for word in told if not (quick_act(word) or detect_urgency(word))} == set()
