"""What of a subject a short question asks for: its price, its place, whom to call. The words are ``data/aspects.yml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import yaml

from nlu.identification import matching_key
from nlu.normalisation import tokens


class Aspect(str, Enum):
    """The keys of ``data/aspects.yml``, narrower ones first."""

    PHONE = "phone"
    SOURCE = "source"
    REFUSAL = "refusal"
    PENALTY = "penalty"
    PAPERS = "papers"
    COST = "cost"
    TIME = "time"
    PLACE = "place"
    STEPS = "steps"


@dataclass(frozen=True)
class _Phrases:
    """Sequences of words, spellings unified, and the number of words in the longest."""

    known: frozenset[tuple[str, ...]]
    longest: int

    @classmethod
    def of(cls, lines: Iterable[str]) -> _Phrases:
        known = frozenset(_keys(entry) for line in lines for entry in line.split(","))
        return cls(known, max(map(len, known), default=0))

    def stand_in(self, words: tuple[str, ...]) -> bool:
        return any(
            words[start : start + length] in self.known
            for start in range(len(words))
            for length in range(1, self.longest + 1)
        )


def _keys(text: str) -> tuple[str, ...]:
    return tuple(matching_key(word) for word in tokens(text))


def _read(path: Path) -> Mapping[Aspect, Mapping[str, _Phrases]]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        aspect: {part: _Phrases.of(data[aspect.value].get(part, ())) for part in ("asked", "told")}
        for aspect in Aspect
    }


_PHRASES = _read(Path(__file__).parent / "data" / "aspects.yml")


def aspect_of(question: str) -> Aspect | None:
    """The first aspect that the question has a phrase of."""
    words = _keys(question)
    return next((aspect for aspect in Aspect if _PHRASES[aspect]["asked"].stand_in(words)), None)


def tells(passage: str, aspect: Aspect) -> bool:
    """Whether the passage has words that tell of the aspect; its figures and links are not looked at."""
    return _PHRASES[aspect]["told"].stand_in(_keys(passage))
