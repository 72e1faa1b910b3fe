"""Rules for prose: no bare figures, no markup, the right script and letters. Pure functions over one text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from knowledge_base.problems import Finding, warning
from knowledge_base.rendering import PLACEHOLDER
from nlu.languages import language


def _read(name: str) -> Any:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


ALLOWED_NUMBERS: frozenset[str] = frozenset(_read("allowed_numbers.yml"))
LATIN_TERMS: frozenset[str] = frozenset(_read("latin_terms.yml"))
WRONG_LETTERS: Mapping[str, Mapping[str, str]] = _read("letters.yml")

LEAST_SHARE_OF_SCRIPT = 0.85
_LIST_NUMBER = re.compile(r"^\s*[0-9]{1,2}\. ", re.MULTILINE)
_TOKEN = re.compile(r"[^\s،؛۔,;:()\"'“”‘’!?؟]+")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9'-]*")
_MARKUP = (
    (re.compile(r"^\s*#", re.MULTILINE), "a heading"),
    (re.compile(r"\*\*|__|`"), "bold or code marks"),
    (re.compile(r"\]\("), "a link"),
    (re.compile(r"https?://|www\."), "an address"),
    (re.compile(r"^\s*\* ", re.MULTILINE), 'a list with "*"'),
    (re.compile(r"<[^>]*>"), "markup"),
)


def without_placeholders(text: str) -> str:
    return PLACEHOLDER.sub(" ", text)


def check_prose(place: str, text: str, tag: str) -> Iterator[Finding]:
    """The problems of one stretch of prose (title, short answer or more) in the language."""
    bare = without_placeholders(text)
    yield from _numbers(place, bare)
    yield from _markup(place, text)
    yield from _script(place, bare, tag)


def check_label(place: str, text: str, tag: str) -> Iterator[Finding]:
    """The problems of a name, of hours or of a note: digits are allowed, but Western ones only."""
    if re.search(r"[٠-٩۰-۹]", text):
        yield warning(place, f"digits that are not Western: {text}", "write 0 to 9, as in all languages")
    if language(tag).script == "Arab":
        yield from _letters(place, text, tag)


def bare_numbers(text: str) -> list[str]:
    """Words with a digit that are neither list numbers nor on the allow-list."""
    words = (word.strip(".") for word in _TOKEN.findall(_LIST_NUMBER.sub("", text)))
    return [word for word in words if any(map(str.isdigit, word)) and word not in ALLOWED_NUMBERS]


def _numbers(place: str, text: str) -> Iterator[Finding]:
    found = bare_numbers(text)
    if found:
        yield Finding(
            place,
            f"figures in prose: {_some(found)}",
            "make each a fact or a contact and write its placeholder; a name with a digit goes into allowed_numbers.yml",
        )


def _markup(place: str, text: str) -> Iterator[Finding]:
    for pattern, what in _MARKUP:
        if pattern.search(text):
            yield Finding(
                place, f"{what} in prose", 'only "1." and "- " lists; an address comes from {url:contact-key}'
            )


def _script(place: str, text: str, tag: str) -> Iterator[Finding]:
    script = language(tag).script
    own = _LATIN_WORD.sub(lambda word: "" if word.group() in LATIN_TERMS else word.group(), text)
    letters = [letter for letter in (own if script == "Arab" else text) if letter.isalpha()]
    share = sum(script_of(letter) == script for letter in letters) / len(letters) if letters else 1.0
    if share < LEAST_SHARE_OF_SCRIPT:
        yield Finding(
            place,
            f"only {share:.0%} of the letters are {script}, the script of {tag}",
            f"write it in the script of {language(tag).name}",
        )
    elif script == "Arab":
        yield from _latin_words(place, text)
        yield from _letters(place, text, tag)
    else:
        yield from _arabic_words(place, text)


def script_of(letter: str) -> str:
    """``Arab``, ``Latn`` or ``other``."""
    name = unicodedata.name(letter, "")
    return "Arab" if name.startswith("ARABIC") else "Latn" if name.startswith("LATIN") else "other"


def _latin_words(place: str, text: str) -> Iterator[Finding]:
    words = [word for word in _LATIN_WORD.findall(text) if word not in LATIN_TERMS]
    if words:
        yield Finding(
            place,
            f"Latin words: {_some(words)}",
            "write them in the language's own script; a name that people know only so goes into latin_terms.yml",
        )


def _arabic_words(place: str, text: str) -> Iterator[Finding]:
    words = [word for word in _TOKEN.findall(text) if any(script_of(letter) == "Arab" for letter in word)]
    if words:
        yield Finding(place, f"Arabic-script words: {_some(words)}", "write them in Latin letters")


def _letters(place: str, text: str, tag: str) -> Iterator[Finding]:
    wrong = WRONG_LETTERS.get(tag, {})
    for letter in dict.fromkeys(text):
        if letter in wrong:
            word = next(word for word in text.split() if letter in word)
            meant = (
                f"use {wrong[letter]} (U+{ord(wrong[letter][0]):04X})"
                if wrong[letter]
                else "use another letter"
            )
            name = language(tag).name
            yield Finding(place, f"{letter} (U+{ord(letter):04X}) is no letter of {name}, in {word}", meant)


def _some(words: Iterable[str], most: int = 5) -> str:
    different = list(dict.fromkeys(words))
    return ", ".join(different[:most]) + (
        f" and {len(different) - most} more" if len(different) > most else ""
    )
