"""Corrections of what was understood: "no, I mean the agent", "نہیں، ایجنٹ والا". The words are ``data/corrections.yml``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import regex
import yaml

from nlu.identification import matching_key
from nlu.normalisation import tokens

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u0640\u200d۽۾]+(?:['’][\p{L}\p{M}]+)*")
_BREAK = regex.compile(r"\s*[,،.:;!۔-]")
_MOST_AFTER_NO = 5  # words after a bare "no,": a longer message has something of its own to say

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class _Lists:
    before: frozenset[str]
    openings: tuple[Phrase, ...]  # longest first
    closings: tuple[Phrase, ...]  # longest first
    joints: frozenset[str]
    empty: frozenset[str]


def _keys(text: str) -> Phrase:
    return tuple(matching_key(word) for word in tokens(text))


def _phrases(lines: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(sorted({_keys(entry) for line in lines for entry in line.split(",")}, key=len, reverse=True))


def _words_of(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(key for line in lines for key in _keys(line))


def _read(path: Path) -> _Lists:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _Lists(
        before=_words_of(data["before"]),
        openings=_phrases(data["openings"]),
        closings=_phrases(data["closings"]),
        joints=_words_of(data["joints"]),
        empty=_words_of(data["empty"]),
    )


_LISTS = _read(Path(__file__).parent / "data" / "corrections.yml")


@dataclass(frozen=True)
class _Word:
    key: str
    start: int
    end: int


def _words(text: str) -> list[_Word]:
    found = ((match, _keys(match.group())) for match in _WORD.finditer(text))
    return [_Word(keys[0], match.start(), match.end()) for match, keys in found if keys]


def meant_instead(text: str) -> str | None:
    """What a correction says was meant, as it was written; None if ``text`` is no correction."""
    words = _words(text)
    keys = tuple(word.key for word in words)
    start = next((at for at, key in enumerate(keys) if key not in _LISTS.before), len(keys))
    if opened := _end_of_opening(keys, start):
        kept = _without_joints(words[opened:])
    elif closing := next((phrase for phrase in _LISTS.closings if keys[-len(phrase) :] == phrase), None):
        kept = _without_joints(words[start : -len(closing)])
    else:
        kept = _after_bare_no(text, words, start)
    if all(word.key in _LISTS.empty for word in kept):
        return None
    return text[kept[0].start : kept[-1].end]


def _end_of_opening(keys: Phrase, latest: int) -> int | None:
    """Where the words after the first opening begin that stands at ``latest`` or before."""
    return next(
        (
            at + len(phrase)
            for at in range(latest + 1)
            for phrase in _LISTS.openings
            if keys[at : at + len(phrase)] == phrase
        ),
        None,
    )


def _without_joints(words: list[_Word]) -> list[_Word]:
    """Without those it begins with, and without one (a copula, mostly) at its end."""
    while words and words[0].key in _LISTS.joints:
        words = words[1:]
    return words[:-1] if words and words[-1].key in _LISTS.joints else words


def _after_bare_no(text: str, words: list[_Word], start: int) -> list[_Word]:
    """ "No, the agent": a few words set off by a comma. Without one it may be a sentence ("no salary")."""
    kept = words[start:]
    set_off = 0 < start <= 2 and _BREAK.match(text, words[start - 1].end)
    return kept if set_off and len(kept) <= _MOST_AFTER_NO else []
