"""Which language, in which script, a message is written in.

Off-the-shelf identifiers fail on messages of one to ten words in these languages (docs/architecture.md). Evidence here
is additive and readable: letters that one language alone uses, function words, and for Latin letters a letter-trigram
model of the same word lists for words in no list. All of it is data: ``data/identification.yml``.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import regex
import yaml

from nlu import letter_groups
from nlu.languages import LANGUAGES
from nlu.normalisation import fold, fold_roman, is_arabic, normalise, tokens

LOOKED_AT = 4096
"""Characters of a message that are looked at: the longest text the channels deliver."""

_KNOWN_BONUS = 1.2  # points for the conversation's language: less than one telling function word
_UNTOLD = 0.35  # confidence of a guess from script alone
_OWN_LETTER = 2  # letters of a loan word count only if they are this telling
_FOREIGN_TO_URDU = frozenset("يهكڪ")  # letters that Urdu keyboards do not have
_URDU_KEYBOARD = ("ur", "pa-Arab")
_OTHER_KEYBOARD = 0.6  # weight of an Urdu or Punjabi word that was typed with them
_FOLDED = 0.8  # a word recognised only by its spelling fold is worth this much of its weight
_ROMAN_OTHER_CONFIDENCE = 0.7  # Roman Pashto, Punjabi and Sindhi are answered in Roman Urdu: never sure
_LATIN = ("en", "ur-Latn")
_HINT = 0.25  # points that decide between these two on first contact, when there is nothing else
_OTHER = ("ar", "fa", "other-Latn")

_NOISE = regex.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[@#]\w+", regex.IGNORECASE)
_SCRIPTS = (
    ("Arab", regex.compile(r"\p{Script=Arabic}")),
    ("Latn", regex.compile(r"\p{Script=Latin}")),
    ("Deva", regex.compile(r"\p{Script=Devanagari}")),
    ("Guru", regex.compile(r"\p{Script=Gurmukhi}")),
    ("Beng", regex.compile(r"\p{Script=Bengali}")),
    ("Cyrl", regex.compile(r"\p{Script=Cyrillic}")),
    ("Grek", regex.compile(r"\p{Script=Greek}")),
    ("Hani", regex.compile(r"\p{Script=Han}")),
    ("Hang", regex.compile(r"\p{Script=Hangul}")),
    ("Thai", regex.compile(r"\p{Script=Thai}")),
    ("Khmr", regex.compile(r"\p{Script=Khmer}")),
    ("Mymr", regex.compile(r"\p{Script=Myanmar}")),
)
_ANY_LETTER = regex.compile(r"\p{L}")
_RAW_WORD = regex.compile(r"[\p{L}\p{M}\u200d۽۾]+")


@dataclass(frozen=True)
class Identification:
    """``language`` is a tag of `nlu.languages` or None: cannot tell, keep the conversation's language.

    ``script`` is an ISO 15924 code, None when there are no letters. ``confidence`` is 0..1. ``scores`` are points.
    """

    language: str | None
    script: str | None
    confidence: float
    scores: Mapping[str, float]


@dataclass(frozen=True)
class _Evidence:
    letters: Mapping[str, tuple[tuple[frozenset[str], float], ...]]
    words: Mapping[str, Mapping[str, float]]
    roman_other: frozenset[str]
    folded: Mapping[str, float]
    neutral: frozenset[str]
    void: frozenset[str]
    letter_names: frozenset[str]
    threshold: Mapping[str, float]
    trigrams: Mapping[str, float] = field(repr=False)


def _word_weights(data: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    for language, levels in data["words"].items():
        for level, words in levels.items():
            for word in tokens(words):
                row = weights[word]
                row[language] = min(row.get(language, math.inf), data["weights"][level])
    return weights


def _trigrams(word: str) -> Iterable[str]:
    padded = f"^{word}$"
    return (padded[at : at + 3] for at in range(len(padded) - 2))


def _trigram_model(roman: Iterable[str], english: Iterable[str]) -> dict[str, float]:
    """Trigram -> log odds of Roman Urdu against English, with add-one smoothing, from the word lists."""
    counts = [Counter(gram for word in words for gram in _trigrams(word)) for words in (roman, english)]
    totals = [sum(count.values()) + 2000 for count in counts]
    return {
        gram: math.log((counts[0][gram] + 1) / totals[0]) - math.log((counts[1][gram] + 1) / totals[1])
        for gram in counts[0].keys() | counts[1].keys()
    }


def _read(path: Path) -> _Evidence:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    weights = _word_weights(data)
    roman = {word for word, row in weights.items() if "ur-Latn" in row and "en" not in row}
    english = {word for word, row in weights.items() if "en" in row}
    folded = {
        fold_roman(word): weights[word]["ur-Latn"]
        for word in roman
        if weights[word]["ur-Latn"] > 1 and len(word) > 2
    }
    letters = {
        tag: tuple((frozenset(row["letters"]), float(row["weight"])) for row in rows)
        for tag, rows in data["letters"].items()
    }
    return _Evidence(
        letters=letters,
        words=weights,
        roman_other=frozenset(tokens(data["words"]["ur-Latn"]["roman_other"])),
        folded=folded,
        neutral=frozenset(tokens(data["neutral"])) | frozenset(tokens(data["void"])),
        void=frozenset(tokens(data["void"])),
        letter_names=frozenset(tokens(data["letter_names"])),
        threshold=data["threshold"],
        trigrams=_trigram_model(roman, english),
    )


_EVIDENCE = _read(Path(__file__).parent / "data" / "identification.yml")


def is_english(word: str) -> bool:
    """Whether a normalised word is in the English lists and not, more tellingly, in the Roman Urdu ones."""
    weights = _EVIDENCE.words.get(word, {})
    return "en" in weights and weights["en"] >= weights.get("ur-Latn", 0.0)


def matching_key(word: str) -> str:
    """English words that Roman Urdu borrows (police, jail) as they are written, all others folded."""
    return fold(word) if is_arabic(word) or not is_english(word) else word


def without_links(text: str) -> str:
    """``text`` without addresses of pages and mail, names of accounts and tags."""
    return _NOISE.sub(" ", text)


def script_of(text: str) -> str | None:
    """ISO 15924 code of the script most letters of ``text`` are in; ``Zyyy`` for one not in our list; None without letters."""
    letters = len(_ANY_LETTER.findall(text))
    if not letters:
        return None
    counts = {script: len(pattern.findall(text)) for script, pattern in _SCRIPTS}
    best = max(counts, key=lambda script: counts[script])
    return best if counts[best] * 2 >= letters or counts[best] > letters - sum(counts.values()) else "Zyyy"


@lru_cache(maxsize=16384)
def _letter_points(word: str) -> Mapping[str, float]:
    """Points of one word as it was typed, by the letters in it."""
    found = set(word)
    points = {
        tag: max((weight for letters, weight in rows if letters & found), default=0.0)
        for tag, rows in _EVIDENCE.letters.items()
    }
    if word.startswith("ال") and len(word) >= 5:
        points["ar"] += 0.7
    least = _OWN_LETTER if normalise(word) in _EVIDENCE.neutral else 0.0
    return {tag: value for tag, value in points.items() if value > least}


@lru_cache(maxsize=16384)
def _word_points(word: str) -> Mapping[str, float]:
    """Points of one normalised word, by the lists; for an unlisted Latin word by its fold, then by its trigrams."""
    if word in _EVIDENCE.neutral:
        return {}
    if word in _EVIDENCE.words:
        return _EVIDENCE.words[word]
    if not word.isascii() or not word.isalpha():
        return {}
    folded = _EVIDENCE.folded.get(fold_roman(word)) if len(word) > 3 else None
    if folded:
        return {"ur-Latn": folded * _FOLDED}
    grams = list(_trigrams(word))
    odds = sum(_EVIDENCE.trigrams.get(gram, 0.0) for gram in grams) / len(grams)
    points = min(abs(odds), 1.0) * 0.6
    return {"ur-Latn" if odds > 0 else "en": points} if points > 0.15 else {}


def _without_abbreviations(words: list[str]) -> Iterator[str]:
    """The words without runs of two and more letter names."""
    for is_letter, group in groupby(words, key=lambda word: word in _EVIDENCE.letter_names):
        run = list(group)
        if not is_letter or len(run) == 1:
            yield from run


def _points(text: str) -> tuple[dict[str, float], bool]:
    """Points per language, and whether any word was found in a list (of any kind)."""
    totals: dict[str, float] = defaultdict(float)
    raw_words = _RAW_WORD.findall(unicodedata.normalize("NFC", text))
    forms = {raw: normalise(raw) for raw in raw_words}
    kept = set(_without_abbreviations([forms[raw] for raw in raw_words]))
    listed = False
    for raw in raw_words:
        word = forms[raw]
        if word not in kept:
            continue
        listed = listed or word in _EVIDENCE.words or word in _EVIDENCE.neutral
        foreign = not _FOREIGN_TO_URDU.isdisjoint(raw)
        for tag, points in _letter_points(raw).items():
            totals[tag] += points
        for tag, points in _word_points(word).items():
            totals[tag] += points * (_OTHER_KEYBOARD if foreign and tag in _URDU_KEYBOARD else 1.0)
    if (
        max((totals[tag] for tag in totals if tag in _OTHER), default=0.0)
        <= max(totals.values(), default=0.0) / 2
    ):
        telling = [word for word in forms.values() if word in kept and word not in _EVIDENCE.neutral]
        for tag, points in letter_groups.points(telling).items():
            totals[tag] += points
    return totals, listed


def _confidence(best: float, second: float) -> float:
    """Share of the two best, discounted when there is little evidence at all."""
    return round(best / (best + second) * (1 - math.pow(0.5, best)), 3)


def _from_script_alone(script: str, words: list[str], known: str | None) -> str | None:
    """The language of a text without telling words: the conversation's, if it is in this script; else the likeliest."""
    if known and known in LANGUAGES and LANGUAGES[known].script == script:
        return known
    if script == "Arab":
        return "ur"
    telling = [word for word in words if word not in _EVIDENCE.void and word.isalpha()]
    loans = all(word in _EVIDENCE.neutral or "en" in _EVIDENCE.words.get(word, {}) for word in telling)
    return "en" if known is None and telling and loans else None


def identify(text: str, *, known: str | None = None) -> Identification:
    """Language and script of a message. ``known`` (the conversation's tag) decides near-ties and texts that tell nothing."""
    text = without_links(text[:LOOKED_AT])
    script = script_of(text)
    if script is None:
        return Identification(None, None, 0.0, MappingProxyType({}))
    totals, listed = _points(text)
    if script not in ("Arab", "Latn"):
        return Identification(None, script, 0.0, MappingProxyType(dict(totals)))
    words = tokens(text)
    if known in totals:
        totals[known] += _KNOWN_BONUS
    ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0] in _OTHER))
    scores = MappingProxyType(dict(ranked))
    best, points = ranked[0] if ranked else ("", 0.0)
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if points < _EVIDENCE.threshold[script] or (script == "Latn" and not listed):
        guess = _from_script_alone(script, words, known)
        if guess is None and known is None and best in _LATIN and points >= _HINT:
            guess = best
        return Identification(guess, script, _UNTOLD if guess else 0.0, scores)
    if best in _OTHER:
        return Identification(None, script, 0.0, scores)
    confidence = _confidence(points, second)
    if best == "ur-Latn" and any(word in _EVIDENCE.roman_other for word in words):
        confidence = round(confidence * _ROMAN_OTHER_CONFIDENCE, 3)
    return Identification(best, LANGUAGES[best].script, confidence, scores)
