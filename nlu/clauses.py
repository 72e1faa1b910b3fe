"""Cutting a message: into the two questions that it may be, or, if it is a story, into what can be judged by itself.

Pure; nothing is reworded.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import regex
import yaml

from nlu.identification import matching_key
from nlu.normalisation import tokens

_FEWEST_WORDS = 3  # of a question that stands by itself
_FEWEST_WORDS_JOINED = 4  # of one beside a conjunction, which joins words, too ("my passport and my iqama")
_LONGEST = 40  # words of a double question
_WORDS_OF_STORY, _SENTENCES_OF_STORY = 30, 3  # more words than that, or as many sentences
_LONGEST_SENTENCE = 25  # words; many people write without a full stop, so a longer one is cut
_WINDOW, _STEP = 12, 6  # words of such a cut, and from one to the next
_MOST_PIECES = 16
_SENTENCE = regex.compile(r"[^.?!؟۔\n]*[^.?!؟۔\n\s][^.?!؟۔\n]*[.?!؟۔]*")
_ASKS = ("?", "؟")
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}\u0640\u200d۽۾]+")

Phrase = tuple[str, ...]


def _read(path: Path) -> frozenset[Phrase]:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return frozenset(_keys(entry) for line in data["conjunctions"] for entry in line.split(","))


def _keys(text: str) -> Phrase:
    return tuple(matching_key(word) for word in tokens(text))


_CONJUNCTIONS = _read(Path(__file__).parent / "data" / "clauses.yml")
_LONGEST_CONJUNCTION = max(map(len, _CONJUNCTIONS))


def sentences(text: str) -> list[str]:
    """The sentences and lines of ``text``, with their marks."""
    found = (match.group().strip() for match in _SENTENCE.finditer(text))
    return [sentence for sentence in found if sentence]  # "\x1f" is no space to a pattern, but to strip()


def is_story(text: str) -> bool:
    return len(_WORD.findall(text)) > _WORDS_OF_STORY or len(sentences(text)) >= _SENTENCES_OF_STORY


def pieces(story: str) -> list[str]:
    """Its sentences, and overlapping windows of those that go on and on; the last ones of very many."""
    return [piece for sentence in sentences(story) for piece in _windows(sentence)][-_MOST_PIECES:]


def _windows(sentence: str) -> list[str]:
    words = sentence.split()
    if len(words) <= _LONGEST_SENTENCE:
        return [sentence]
    starts = range(0, len(words) - _WINDOW + _STEP, _STEP)
    return [" ".join(words[start : start + _WINDOW]) for start in starts]


def asking_piece(story: str) -> str:
    """The last sentence with a question mark, else the last piece: what a story leads up to."""
    asking = [sentence for sentence in sentences(story) if sentence.endswith(_ASKS)]
    return asking[-1] if asking else pieces(story)[-1]


def two_questions(text: str) -> tuple[str, str] | None:
    """Two parts that may each be a question: its two sentences, two that end with a question mark, or what a conjunction joins.

    None if there are not two of some words each, or the text is too long.
    """
    if len(_WORD.findall(text)) > _LONGEST:
        return None
    cut = sentences(text)
    asking = [sentence for sentence in cut if sentence.endswith(_ASKS)]
    for pair in (cut, asking):
        if len(pair) == 2:
            return _if_long_enough(pair, _FEWEST_WORDS)
    return _around_conjunction(text) if len(cut) == 1 else None


def _if_long_enough(pair: Iterable[str], fewest: int) -> tuple[str, str] | None:
    first, second = (part.strip() for part in pair)
    second = _without_conjunction(second)
    short = min(len(_WORD.findall(part)) for part in (first, second)) < fewest
    return None if short else (first, second)


def _without_conjunction(text: str) -> str:
    words = list(_WORD.finditer(text))
    if len(words) > 1 and _keys(words[0].group()) in _CONJUNCTIONS:
        return text[words[1].start() :]
    return text


def _around_conjunction(text: str) -> tuple[str, str] | None:
    """The parts before and after the conjunction that is nearest to the middle."""
    words = list(_WORD.finditer(text))
    keys = [next(iter(_keys(word.group())), "") for word in words]
    spans = [
        (at, at + length)
        for at in range(1, len(words))
        for length in range(_LONGEST_CONJUNCTION, 0, -1)
        if tuple(keys[at : at + length]) in _CONJUNCTIONS
    ]
    pairs = [
        (text[: words[start].start()], text[words[end].start() :])
        for start, end in sorted(spans, key=lambda span: abs(sum(span) - len(words)))
        if end < len(words)
    ]
    return next((found for pair in pairs if (found := _if_long_enough(pair, _FEWEST_WORDS_JOINED))), None)
