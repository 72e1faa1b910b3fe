"""Messages that need help now: danger, injury, suicide, sexual violence, trafficking, arrest, being stranded.

Looked at before anything else, in all languages at once and without asking which one the message is in. Structured
rules, not a model: a concept is a list of words and phrases, a rule a set of concepts near each other, minus contexts
that make it a question of information, a hypothesis or a matter of last year. All of it is ``data/urgency.yml``.
Recall comes first: a helpline too many costs a line, a helpline too few can cost a life.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from nlu.identification import matching_key
from nlu.normalisation import fold, tokens

LOOKED_AT = 4096
"""Characters of a message that are looked at."""

_NEGATES = 3  # words after a negation that it reaches
_WITHIN = 8  # words, where a rule names no distance


class UrgencyKind(str, Enum):
    """The kinds that contacts are listed for (``urgent`` in docs/content-format.md)."""

    DANGER = "danger"
    MEDICAL = "medical"
    SUICIDE = "suicide"
    SEXUAL_VIOLENCE = "sexual-violence"
    TRAFFICKING = "trafficking"
    DETAINED = "detained"
    STRANDED = "stranded"


@dataclass(frozen=True)
class Urgency:
    """``evidence`` is the words that decided, normalised. It is message text: not for logs."""

    kind: UrgencyKind
    evidence: str


Span = tuple[int, int]
Found = Mapping[str, list[Span]]


@dataclass(frozen=True)
class _Rule:
    kind: UrgencyKind
    concepts: tuple[str, ...]
    within: int
    unless: tuple[str, ...]


@dataclass(frozen=True)
class _Pattern:
    """Words of one member of a concept; the last may be the beginning of a word (``open``)."""

    words: tuple[str, ...]
    concept: str
    open: bool
    gap: int


def _patterns(
    concept: str, listed: str, gap: int, key: Callable[[str], str] | None = None
) -> Iterator[_Pattern]:
    for entry in listed.split(","):
        words = tuple(map(key, tokens(entry)) if key else tokens(entry))
        if words:
            goes_on = entry.strip().endswith("*") or (key is not None and len(words) > 1)
            yield _Pattern(words, concept, goes_on, max(gap, 1 if len(words) > 2 else 0))


class _Index:
    """Patterns by their first word. Prefixes of one word are kept apart, by their text."""

    def __init__(self, patterns: Iterable[_Pattern]) -> None:
        self._by_first: dict[str, list[_Pattern]] = defaultdict(list)
        self._open: dict[str, list[_Pattern]] = defaultdict(list)
        for pattern in patterns:
            if pattern.open and len(pattern.words) == 1:
                self._open[pattern.words[0]].append(pattern)
            else:
                self._by_first[pattern.words[0]].append(pattern)
        self._shortest = min((len(prefix) for prefix in self._open), default=0)

    def find(self, words: list[str]) -> Iterator[tuple[str, Span]]:
        """Concept and half-open word span of every pattern that ``words`` contain."""
        for at, word in enumerate(words):
            for pattern in self._by_first.get(word, ()):
                end = _end_of(pattern, words, at)
                if end:
                    yield pattern.concept, (at, end)
            for length in range(self._shortest, len(word) + 1) if self._shortest else ():
                for pattern in self._open.get(word[:length], ()):
                    yield pattern.concept, (at, at + 1)


def _end_of(pattern: _Pattern, words: list[str], at: int) -> int | None:
    """Where the pattern ends if its words stand at ``at``, with at most ``gap`` foreign words among them."""
    spare, here = pattern.gap, at
    for number, wanted in enumerate(pattern.words):
        last = number == len(pattern.words) - 1
        while here < len(words) and not _same(wanted, words[here], pattern.open and last):
            if number == 0 or spare == 0:
                return None
            spare, here = spare - 1, here + 1
        if here >= len(words):
            return None
        here += 1
    return here


def _same(wanted: str, word: str, is_open: bool) -> bool:
    """Whether ``word`` is ``wanted`` or, if that is open, goes on from it: a root of two letters by two at most."""
    if not is_open:
        return word == wanted
    return word.startswith(wanted) and (len(wanted) > 2 or len(word) <= len(wanted) + 2)


@dataclass(frozen=True)
class _Knowledge:
    rules: tuple[_Rule, ...]
    written: _Index  # English, as it is written
    folded: _Index  # the others, folded
    calls: frozenset[tuple[str, ...]]  # whole messages, folded
    harmless: frozenset[str]  # normalised words whose folded form is an alarming word's


def _read(path: Path) -> _Knowledge:
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    written: list[_Pattern] = []
    folded: list[_Pattern] = []
    for concept, lists in data["concepts"].items():
        gap = lists.get("gap", 0)
        written += _patterns(concept, lists.get("en", ""), gap)
        folded += _patterns(concept, lists.get("roman", ""), gap, matching_key)
        folded += _patterns(concept, lists.get("arab", ""), gap, matching_key)
    rules = tuple(
        _Rule(
            UrgencyKind(row["kind"]),
            tuple(row["all"]),
            row.get("within", _WITHIN),
            tuple(row.get("unless", ())),
        )
        for row in data["rules"]
    )
    named = {name for rule in rules for name in (*rule.concepts, *rule.unless)}
    unknown = named - data["concepts"].keys() - {"general", "possible"}
    if unknown:
        raise ValueError(
            f"{path.name}: rules name concepts that are not defined: {', '.join(sorted(unknown))}"
        )
    calls = frozenset(_folded(entry) for line in data["calls"] for entry in line.split(","))
    return _Knowledge(rules, _Index(written), _Index(folded), calls, frozenset(data["harmless"]))


def _folded(text: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in tokens(text))


_KNOWLEDGE = _read(Path(__file__).parent / "data" / "urgency.yml")


def _concepts(words: list[str]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = defaultdict(list)
    for index, forms in (
        (_KNOWLEDGE.written, words),
        (_KNOWLEDGE.folded, ["" if word in _KNOWLEDGE.harmless else matching_key(word) for word in words]),
    ):
        for concept, span in index.find(forms):
            found[concept].append(span)
    asked = [span for span in found.pop("possibility", ()) if not _negated(span, found)]
    return {**found, "possibility": asked} if asked else found


def _negated(span: Span, found: Found) -> bool:
    """Whether a negation stands in or shortly before the span: "cannot leave" is no question of possibility."""
    return any(span[0] - _NEGATES <= start < span[1] for start, _ in found.get("negation", ()))


def _blocked(context: str, found: Found) -> bool:
    if context == "general":
        return "information" in found and "me" not in found and "relative" not in found
    if context == "possible":
        return "possibility" in found or "information" in found
    return context in found


def _near(concepts: tuple[str, ...], within: int, found: Found) -> tuple[Span, ...] | None:
    """One span of each concept, apart from each other and at most ``within`` words from the first to the last."""
    for first in found.get(concepts[0], ()):
        chosen = [first]
        for concept in concepts[1:]:
            beside = next((span for span in found.get(concept, ()) if _apart(first, span, within)), None)
            if beside is None:
                break
            chosen.append(beside)
        else:
            return tuple(chosen)
    return None


def _apart(left: Span, right: Span, within: int) -> bool:
    disjoint = left[1] <= right[0] or right[1] <= left[0]
    return disjoint and max(left[1], right[1]) - min(left[0], right[0]) <= within + 2


def detect_urgency(text: str) -> Urgency | None:
    """A call for help that is the whole ``text``, else the first rule that fires, in the order of ``data/urgency.yml``."""
    words = tokens(text[:LOOKED_AT])
    if tuple(map(fold, words)) in _KNOWLEDGE.calls:
        return Urgency(UrgencyKind.DANGER, " ".join(words))
    found = _concepts(words)
    for rule in _KNOWLEDGE.rules:
        spans = _near(rule.concepts, rule.within, found)
        if spans and not any(_blocked(context, found) for context in rule.unless):
            return Urgency(rule.kind, " … ".join(" ".join(words[start:end]) for start, end in sorted(spans)))
    return None


def likely_kind(text: str) -> UrgencyKind:
    """The kind of a message that something else calls urgent: of the first rule that begins to hold, else danger."""
    found = _concepts(tokens(text[:LOOKED_AT]))
    return next((rule.kind for rule in _KNOWLEDGE.rules if rule.concepts[0] in found), UrgencyKind.DANGER)
