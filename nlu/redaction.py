"""Hides what tells who somebody is: numbers of phones and papers, addresses of mail and web, names. Pure.

For texts that are kept longer than the conversation they come from. What is hidden becomes a neutral mark such as
``[phone]``, so that the question itself stays readable. Names are hidden where a name is announced ("mera naam ...") and
where they stand in the list of ``data/names.yml``; a rare name that nothing announces stays, as does a number in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import repeat
from pathlib import Path

import phonenumbers
import regex
import yaml

from nlu.normalisation import fold_arabic, is_arabic, normalise, tokens
from nlu.places import find_places

_MOST_NAMES = 3  # words of one announced name
_HOME = "PK"  # numbers without a country code are read as dialled here
_SHORTEST_PHONE = 7  # digits; a shorter one is a helpline's or an amount


class Mark(str, Enum):
    """What stands in the place of what was hidden."""

    EMAIL = "[email]"
    LINK = "[link]"
    DOCUMENT = "[document]"
    DATE = "[date]"
    PHONE = "[phone]"
    NUMBER = "[number]"
    NAME = "[name]"


MARKS = tuple(mark.value for mark in Mark)

# Digits of every script, also circled and raised ones; what people and keyboards put between them.
_D = r"[\p{Nd}\p{No}]"
_GAP = r"[\s\p{Pd}\p{Cf}\p{Mn}\u0640./_()·•*'\\]"
_ALONE, _END = r"(?<![\p{L}\p{M}\p{N}])", rf"(?!{_D})"
_TOP = "com|net|org|pk|ae|sa|me|info|io|ly|app|xyz|link|site|online"  # of addresses written without www
_PATTERNS = tuple(
    (mark, regex.compile(pattern))
    for mark, pattern in (
        (Mark.EMAIL, r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"),
        (Mark.LINK, r"(?i:https?://|www\.)\S+"),
        (Mark.LINK, rf"(?i)(?<![\w.-])(?:[a-z0-9-]{{1,63}}\.){{1,5}}(?:{_TOP})(?!\w)(?:/\S*)?"),
        (Mark.LINK, r"(?<!\w)@\w{3,}"),
        # Pakistan's identity card, 12345-1234567-1; the Emirates', 784-1990-1234567-1.
        (Mark.DOCUMENT, rf"{_ALONE}{_D}{{5}}{_GAP}?{_D}{{7}}{_GAP}?{_D}{_END}"),
        (Mark.DOCUMENT, rf"{_ALONE}{_D}{{3}}{_GAP}?{_D}{{4}}{_GAP}?{_D}{{7}}{_GAP}?{_D}{_END}"),
        # A bank account, PK36SCBL0000001123456702; a passport, AB1234567; visa and file numbers, which are alike.
        (Mark.DOCUMENT, rf"(?i){_ALONE}[a-z]{{2}}{_D}{{2}} ?[a-z]{{4}}(?: ?{_D}{{4}}){{2,6}}"),
        (Mark.DOCUMENT, rf"{_ALONE}(?:[A-Z]{{2}}[ -]{_D}{{7}}|[A-Za-z]{{1,4}}{_D}{{5,}}){_END}"),
        (Mark.DATE, rf"{_ALONE}{_D}{{1,2}}[./-]{_D}{{1,2}}[./-](?:{_D}{{4}}|{_D}{{2}}){_END}"),
        (Mark.DATE, rf"{_ALONE}{_D}{{4}}[./-]{_D}{{1,2}}[./-]{_D}{{1,2}}{_END}"),
    )
)
# The last word on digits: five in a row, or seven and more with gaps, are never kept, whatever they are.
_DIGITS = regex.compile(rf"{_D}{{5,}}|{_D}(?:{_GAP}{{0,3}}{_D}){{6,}}")
_DIGIT = regex.compile(_D)
_WORD = regex.compile(r"[\p{L}\p{M}\u0640\u200d۽۾]+")
_BESIDE = regex.compile(r"[\s.:/'’-]*")


def redact(text: str) -> str:
    """``text`` with a `Mark` for whatever could tell who it is about. Redacting it again changes nothing."""
    for mark, pattern in _PATTERNS:
        text = pattern.sub(mark.value, text)
    return _hide_names(_hide_digits(text))


def without_marks(text: str) -> str:
    """``text`` as somebody could ask it who has nothing to hide."""
    for mark in MARKS:
        text = text.replace(mark, " ")
    return " ".join(text.split())


def _hide_digits(text: str) -> str:
    """Long numbers, as a phone where one could be in it, and whatever digits hang on to it."""
    found = phonenumbers.PhoneNumberMatcher(text, _HOME, leniency=phonenumbers.Leniency.POSSIBLE)
    phones = [(match.start, match.end) for match in found if _digits(match.raw_string) >= _SHORTEST_PHONE]
    runs = [match.span() for match in _DIGITS.finditer(text)]
    spans = list(_united(phones + runs))
    marks = [
        Mark.PHONE if any(start <= at < end for at, _ in phones) else Mark.NUMBER for start, end in spans
    ]
    return _replaced(text, spans, marks)


def _digits(text: str) -> int:
    return len(_DIGIT.findall(text))


def _united(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Overlapping spans as one, in order."""
    start = end = -1
    for first, last in sorted(spans):
        if first < end:
            end = max(end, last)
            continue
        if end >= 0:
            yield start, end
        start, end = first, last
    if end >= 0:
        yield start, end


def _replaced(text: str, spans: Iterable[tuple[int, int]], marks: Iterable[Mark]) -> str:
    parts, end = [], 0
    for (start, stop), mark in zip(spans, marks, strict=False):
        parts += [text[end:start], mark.value]
        end = stop
    return "".join([*parts, text[end:]])


# --- names ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lists:
    names: frozenset[str]
    endings: tuple[str, ...]
    also_words: frozenset[str]
    never: tuple[tuple[str, ...], ...]
    before: tuple[tuple[str, ...], ...]
    between: frozenset[str]
    no_names: frozenset[str]


def _key(token: str) -> str:
    return fold_arabic(token) if is_arabic(token) else token


def _keys(rows: Iterable[str]) -> frozenset[str]:
    return frozenset(_key(token) for row in rows for token in tokens(row))


def _phrases(rows: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Longest first."""
    found = {tuple(_key(token) for token in tokens(row)) for row in rows}
    return tuple(sorted(found, key=len, reverse=True))


def _read(path: Path) -> _Lists:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return _Lists(
        names=_keys(data["names"]),
        endings=tuple(data["endings"]),
        also_words=_keys(data["also_words"]),
        never=_phrases(data["never"]),
        before=_phrases(data["before_a_name"]),
        between=_keys(data["between"]),
        no_names=_keys(data["no_names"]),
    )


_LISTS = _read(Path(__file__).parent / "data" / "names.yml")


@dataclass(frozen=True)
class _Word:
    """``follows``: nothing but spaces and the like between it and the word before."""

    key: str
    start: int
    end: int
    follows: bool


def _words(text: str) -> list[_Word]:
    """The words of a text; a mark and a place are none."""
    taken = [range(match.start(), match.end()) for match in regex.finditer(r"\[\w+\]", text)]
    taken += [range(place.start, place.end) for place in find_places(text)]
    words: list[_Word] = []
    for match in _WORD.finditer(text):
        if not any(match.start() in span for span in taken):
            follows = bool(words and _BESIDE.fullmatch(text, words[-1].end, match.start()))
            words.append(_Word(_key(normalise(match.group())), match.start(), match.end(), follows))
    return words


def _hide_names(text: str) -> str:
    words = _words(text)
    hidden = _announced(words) | _listed(words)
    return _replaced(text, _runs(words, hidden), repeat(Mark.NAME))


def _announced(words: list[_Word]) -> set[int]:
    """Places of the words after "mera naam" and the like, up to one that ends a name."""
    found: set[int] = set()
    for at in range(len(words)):
        if length := _length_of(_LISTS.before, words, at):
            found.update(_name_from(words, at + length))
    return found


def _length_of(phrases: tuple[tuple[str, ...], ...], words: list[_Word], at: int) -> int:
    """Of the longest phrase that begins at word ``at``, 0 if none does."""
    return next((len(phrase) for phrase in phrases if _begins(phrase, words[at : at + len(phrase)])), 0)


def _begins(phrase: tuple[str, ...], words: list[_Word]) -> bool:
    return tuple(word.key for word in words) == phrase and all(word.follows for word in words[1:])


def _name_from(words: list[_Word], at: int) -> Iterator[int]:
    while at < len(words) and words[at].key in _LISTS.between:
        at += 1
    for place in range(at, min(at + _MOST_NAMES, len(words))):
        if words[place].key in _LISTS.no_names or not words[place].follows:
            return
        yield place


def _listed(words: list[_Word]) -> set[int]:
    """Places of names that are nothing else, and of those beside them that could be something else."""
    found = {place for place, word in enumerate(words) if _is_name(word.key)} - _never(words)
    for step in (1, -1):
        for place in sorted(found, reverse=step < 0):
            beside = place + step
            while (
                0 <= beside < len(words)
                and words[max(place, beside)].follows
                and words[beside].key in _LISTS.also_words
            ):
                found.add(beside)
                place, beside = beside, beside + step
    return found


def _never(words: list[_Word]) -> set[int]:
    return {at + beside for at in range(len(words)) for beside in range(_length_of(_LISTS.never, words, at))}


def _is_name(key: str) -> bool:
    return key in _LISTS.names or (key.endswith(_LISTS.endings) and key not in _LISTS.also_words)


def _runs(words: list[_Word], hidden: set[int]) -> Iterator[tuple[int, int]]:
    """Spans of neighbouring hidden words, each of which becomes one mark."""
    start: int | None = None
    for place, word in enumerate(words):
        if place not in hidden:
            continue
        if start is None or place - 1 not in hidden or not word.follows:
            start = word.start
        if place + 1 not in hidden or not words[place + 1].follows:
            yield start, word.end
            start = None
