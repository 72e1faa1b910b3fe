"""Countries and cities that a text names, in any of the six languages. The gazetteer is ``data/places.yml``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex
import yaml

from nlu.languages import fallback_chain
from nlu.normalisation import fold_arabic, is_arabic, normalise, tokens

LOOKED_AT = 4096
"""Characters of a text that are looked at."""
MAX_PLACES = 20
"""Places reported for one text."""

_MOST_BESIDE = 6  # words; a longer message has something of its own to say
_FUZZY_LETTERS = 6  # shorter words have too many neighbours at one edit
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u0640\u200d۽۾]+(?:\.[\p{L}])*")
# What Urdu, Sindhi and Pashto write onto a name: case endings, and the Arabic article.
_ENDINGS = ("ء", "و", "ی", "یں", "وں", "ین")
_ROMAN_ENDINGS = ("walay", "wala", "wale", "wali", "waly")


@dataclass(frozen=True)
class Place:
    """``country`` is ISO 3166-1 alpha-2 in lower case, ``city`` its English name; ``text[start:end]`` of the original."""

    country: str
    city: str | None
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Target:
    country: str
    city: str | None


@dataclass(frozen=True)
class _Gazetteer:
    names: Mapping[str, Mapping[str, str]]
    destinations: tuple[str, ...]
    forms: Mapping[tuple[str, ...], _Target]
    longest: Mapping[str, int]  # first word -> words in the longest form that begins with it
    fuzzy: Mapping[str, tuple[str, ...]]  # form with one letter left out -> forms
    ambiguous: frozenset[str]
    clear: frozenset[str]  # normalised words that are a place as they are written
    company: frozenset[str]
    beside: frozenset[str]
    never: frozenset[str]


def _key(token: str) -> str:
    return fold_arabic(token) if is_arabic(token) else token


def _keys(form: str) -> tuple[str, ...]:
    return tuple(_key(token) for token in tokens(form.replace(".", "")))


def _shortened(word: str) -> Iterator[str]:
    """The word, and the word without each of its letters: two words at distance one have one of these in common."""
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _targets(countries: Mapping[str, Any]) -> Iterator[tuple[str, _Target, bool]]:
    for code, row in countries.items():
        for form in row["forms"]:
            yield form, _Target(code, None), not row.get("exact", False)
        for city, forms in row["cities"].items():
            for form in forms:
                yield form, _Target(code, city), not row.get("exact", False)


def _read(path: Path) -> _Gazetteer:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    forms: dict[tuple[str, ...], _Target] = {}
    longest: dict[str, int] = defaultdict(int)
    fuzzy: dict[str, set[str]] = defaultdict(set)
    written: set[str] = set()
    for form, target, may_be_misspelt in _targets(data["countries"]):
        words = _keys(form)
        forms.setdefault(words, target)
        written.update(tokens(form) if len(words) == 1 else ())
        longest[words[0]] = max(longest[words[0]], len(words))
        if may_be_misspelt and len(words) == 1 and len(words[0]) >= _FUZZY_LETTERS:
            for shortened in _shortened(words[0]):
                fuzzy[shortened].add(words[0])
    beside = frozenset(key for line in data["beside"] for word in line.split(",") for key in _keys(word))
    return _Gazetteer(
        names={code: row["names"] for code, row in data["countries"].items()},
        destinations=tuple(code for code, row in data["countries"].items() if row.get("destination")),
        forms=forms,
        longest=dict(longest),
        fuzzy={key: tuple(sorted(words)) for key, words in fuzzy.items()},
        ambiguous=frozenset(key for form in data["ambiguous"]["forms"] for key in _keys(form)),
        clear=frozenset(written - {form for entry in data["ambiguous"]["forms"] for form in tokens(entry)}),
        company=beside.union(*(_keys(word) for word in data["ambiguous"]["company"])),
        beside=beside,
        never=frozenset(key for word in data["never"] for key in _keys(word)),
    )


_GAZETTEER = _read(Path(__file__).parent / "data" / "places.yml")
DESTINATIONS: tuple[str, ...] = _GAZETTEER.destinations
COUNTRIES: tuple[str, ...] = tuple(_GAZETTEER.names)


def country_name(code: str, tag: str) -> str:
    """What ``code`` is called in language ``tag`` or, failing that, in a language of its fallback chain."""
    if code not in _GAZETTEER.names:
        raise KeyError(f"{code!r} is no country of nlu/data/places.yml (known: {', '.join(COUNTRIES)})")
    names = _GAZETTEER.names[code]
    return next(names[language] for language in (*fallback_chain(tag), "en") if language in names)


@dataclass(frozen=True)
class _Word:
    """``key`` is for looking up, ``form`` the normalised word: دبے is not دبئی, though their keys are the same."""

    key: str
    form: str
    start: int
    end: int


def _words(text: str) -> list[_Word]:
    found = []
    for match in _WORD.finditer(text):
        token = normalise(match.group().replace(".", ""))
        if token:
            found.append(_Word(_key(token), token, match.start(), match.end()))
    return found


def _stems(key: str) -> Iterator[str]:
    """The word as it is, then without an ending or the Arabic article."""
    yield key
    if is_arabic(key):
        for ending in _ENDINGS:
            if key.endswith(ending) and len(key) - len(ending) >= 3:
                yield key[: -len(ending)]
        if key.startswith("ال") and len(key) >= 5:
            yield key[2:]
        return
    if key.endswith("s") and len(key) >= _FUZZY_LETTERS:
        yield key[:-1]
    for ending in _ROMAN_ENDINGS:
        if key.endswith(ending) and len(key) >= len(ending) + 4:
            yield key[: -len(ending)]


def _misspelt(key: str) -> _Target | None:
    """The only place whose name is one edit away from a word of six letters and more."""
    if len(key) < _FUZZY_LETTERS or key in _GAZETTEER.never or not key.isalpha():
        return None
    near = {form for shortened in _shortened(key) for form in _GAZETTEER.fuzzy.get(shortened, ())}
    targets = {_GAZETTEER.forms[(form,)] for form in near if _one_edit(key, form)}
    return targets.pop() if len({target.country for target in targets}) == 1 else None


def _one_edit(left: str, right: str) -> bool:
    """Whether one insertion, deletion, substitution or exchange of neighbours (not of the first letter) separates them."""
    if left[0] != right[0] or abs(len(left) - len(right)) > 1:
        return False
    at = next(
        (at for at, (one, other) in enumerate(zip(left, right, strict=False)) if one != other),
        min(len(left), len(right)),
    )
    rest_left, rest_right = left[at:], right[at:]
    if len(left) != len(right):
        return rest_left[1:] == rest_right or rest_left == rest_right[1:]
    return rest_left[1:] == rest_right[1:] or (
        rest_left[2:] == rest_right[2:] and rest_left[:2] == rest_right[1::-1]
    )


def _in_company(words: list[_Word], at: int) -> bool:
    neighbours = (words[beside].key for beside in (at - 1, at + 1) if 0 <= beside < len(words))
    return len(words) == 1 or any(key in _GAZETTEER.company for key in neighbours)


def _match(words: list[_Word], at: int) -> tuple[_Target, int] | None:
    """The place that begins at word ``at`` and how many words it takes; the longest form wins."""
    first = words[at].key
    for length in range(min(_GAZETTEER.longest.get(first, 0), len(words) - at), 1, -1):
        for last in _stems(words[at + length - 1].key):
            target = _GAZETTEER.forms.get((*(word.key for word in words[at : at + length - 1]), last))
            if target:
                return target, length
    for stem in _stems(first):
        target = _GAZETTEER.forms.get((stem,))
        if target and (
            stem not in _GAZETTEER.ambiguous or words[at].form in _GAZETTEER.clear or _in_company(words, at)
        ):
            return target, 1
        if target:
            return None
    target = _misspelt(first)
    return (target, 1) if target else None


def find_places(text: str) -> tuple[Place, ...]:
    """Countries and cities named in ``text``, in order, with offsets into it; at most `MAX_PLACES`."""
    words = _words(text[:LOOKED_AT])
    found: list[Place] = []
    at = 0
    while at < len(words) and len(found) < MAX_PLACES:
        match = _match(words, at)
        if match is None:
            at += 1
            continue
        target, length = match
        start, end = words[at].start, words[at + length - 1].end
        found.append(Place(target.country, target.city, text[start:end], start, end))
        at += length
    return tuple(found)


def destinations_in(text: str) -> tuple[str, ...]:
    """The destinations that ``text`` names, by country or city, in order, each once."""
    return tuple(dict.fromkeys(place.country for place in find_places(text) if place.country in DESTINATIONS))


def country_of_place(name: str) -> str | None:
    """The country that a name is, or lies in; None if the text names none, or more than one."""
    countries = {place.country for place in find_places(name)}
    return countries.pop() if len(countries) == 1 else None


def only_places(text: str) -> tuple[Place, ...]:
    """`find_places`, if nothing but places and small words (``in``, ``se``, ``میں بھی``) stands in ``text``; else nothing."""
    places = find_places(text)
    inside = [range(place.start, place.end) for place in places]
    rest = [word.key for word in _words(text[:LOOKED_AT]) if not any(word.start in span for span in inside)]
    return places if all(key in _GAZETTEER.beside for key in rest) and len(rest) <= _MOST_BESIDE else ()
