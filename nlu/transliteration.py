"""Roman Urdu in Urdu letters, as far as our own Urdu texts know the words.

The encoder has read far more Urdu than Roman Urdu, and people spell Roman as they like. A Roman word can be any Urdu word
with the same consonants (`nlu.normalisation.phonetic_key`); which one is decided by how alike the spellings are and by which
words follow each other in our articles: the best path through the candidates (Viterbi). A word without candidates stays as
it is; so do most of Punjabi, Pashto and Sindhi in Latin letters, which nobody has taught us. The words and pairs are
``data/urdu_words.tsv``; `manage.py learn_urdu_words` writes it anew.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from nlu.identification import identify, is_english, without_links
from nlu.normalisation import phonetic_key, tokens

TABLE = Path(__file__).parent / "data" / "urdu_words.tsv"
DIGEST = hashlib.sha256(TABLE.read_bytes()).hexdigest()[:8]
"""Vectors of Roman Urdu that were made with another table are no longer comparable."""
LOOKED_AT = 60
"""Words of a text that are written in Urdu letters; what follows adds little to its vector."""

_START, _NUMBER = "<s>", "0"  # all numbers count as one word
_FEWEST_PAIRS = 2  # times that two words must follow each other to be worth a line
_OFTEN = 3  # times that a word of messages alone must stand there
_MOST_CANDIDATES = 8
# Chosen on the articles' own questions, held out: how much likeness of spelling counts against what is usual, the share of
# what is usual that the word before decides, the count of what was never seen; less alike is another word.
_LIKENESS, _BY_PAIR, _UNSEEN = 7.0, 0.7, 0.1
_LEAST_ALIKE = 0.2
_LONGEST_ENGLISH = 3  # letters up to which an English word may be an Urdu one ("me", "is", "hay")
_LONGEST_WORD = 40  # letters; no word that anybody means is longer

# Unlike the sounds of `nlu.normalisation` these keep the vowels.
_ROMAN = str.maketrans({
    "ا": "a", "ب": "b", "پ": "p", "ت": "t", "ٹ": "t", "ث": "s", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ڈ": "d",
    "ذ": "z", "ر": "r", "ڑ": "r", "ز": "z", "ژ": "z", "س": "s", "ش": "sh", "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "ع": "a",
    "غ": "gh", "ف": "f", "ق": "k", "ک": "k", "گ": "g", "ل": "l", "م": "m", "ن": "n", "ں": "n", "و": "o", "ہ": "h", "ھ": "h",
    "ی": "i", "ے": "e", "ء": None,
})  # fmt: skip
_SPELLINGS = (("ee", "i"), ("oo", "o"), ("aa", "a"), ("ai", "e"), ("ay", "e"), ("ei", "e"), ("ph", "f"))
_LETTERS = str.maketrans("uywvq", "oiook")


class Words(NamedTuple):
    """counts: how often a word stands in our texts; pairs: how often one follows another, `_START` standing for no word."""

    counts: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]


class _Candidate(NamedTuple):
    word: str
    likeness: float  # logarithm


def learn(texts: Iterable[str], messages: Iterable[str] = ()) -> Words:
    """``texts`` are Urdu; ``messages`` may be Sindhi or Punjabi here and there, so that a word must stand there often."""
    counts, pairs = _count(texts)
    more, further = _count(messages)
    counts += Counter({word: times for word, times in more.items() if word in counts or times >= _OFTEN})
    pairs += further
    usual = {pair: number for pair, number in sorted(pairs.items()) if number >= _FEWEST_PAIRS}
    return Words({word: counts[word] for word in sorted(counts)}, usual)


def _count(texts: Iterable[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    counts: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        words = [_START, *map(_counted, tokens(text))]
        if {*words} - {_START, _NUMBER}:
            counts.update(words)
            pairs.update(pairwise(words))
    return counts, pairs


def write(words: Words, path: Path = TABLE) -> None:
    """A line for each word and pair: the words, a tab, how often."""
    named = chain(words.counts.items(), ((" ".join(pair), number) for pair, number in words.pairs.items()))
    path.write_text("".join(f"{name}\t{number}\n" for name, number in named), encoding="utf-8")


def read(path: Path = TABLE) -> Words:
    counts, pairs = {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, number = line.split("\t")
        left, _, right = name.partition(" ")
        if right:
            pairs[left, right] = int(number)
        else:
            counts[left] = int(number)
    return Words(counts, pairs)


def _counted(word: str) -> str:
    return _NUMBER if word.isdigit() else word


class Transliterator:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._total = sum(words.counts.values())
        self._by_key: dict[str, list[str]] = defaultdict(list)
        for word in words.counts:
            if not word.isascii() and (key := phonetic_key(word)):
                self._by_key[key].append(word)
        self._candidates = lru_cache(maxsize=16_384)(self._find_candidates)

    def __call__(self, text: str) -> str:
        """The words of ``text`` in Urdu letters where they are known; at most `LOOKED_AT`."""
        paths: dict[str, tuple[float, tuple[str, ...]]] = {_START: (0.0, ())}
        for token in tokens(text)[:LOOKED_AT]:
            paths = {
                word: max(
                    (score + likeness + self._follows(before, word), (*path, word))
                    for before, (score, path) in paths.items()
                )
                for word, likeness in self._candidates_of(token)
            }
        return " ".join(max(paths.values())[1])

    def _candidates_of(self, word: str) -> tuple[_Candidate, ...]:
        english = len(word) > _LONGEST_ENGLISH and is_english(word)
        if english or len(word) > _LONGEST_WORD or not (word.isascii() and word.isalpha()):
            return (_Candidate(word, 0.0),)
        return self._candidates(word)

    def _find_candidates(self, word: str) -> tuple[_Candidate, ...]:
        wanted = _one_spelling(word)
        alike = ((known, _likeness(wanted, known)) for known in self._sounding_like(word))
        found = [
            _Candidate(known, _LIKENESS * math.log(share)) for known, share in alike if share >= _LEAST_ALIKE
        ]
        found.sort(key=lambda each: each.likeness + math.log(self._words.counts[each.word]), reverse=True)
        return tuple(found[:_MOST_CANDIDATES]) or (_Candidate(word, 0.0),)

    def _sounding_like(self, word: str) -> Iterator[str]:
        """The Urdu words with the same consonants; final n may be ں, which has no key letter, and ph may be پھ, not ف."""
        yield from self._by_key.get(phonetic_key(word), ())
        if word.endswith("n"):
            nasal = self._by_key.get(phonetic_key(word[:-1]), ())
            yield from (known for known in nasal if known.endswith("ں"))
        if "ph" in word:
            yield from self._by_key.get(phonetic_key(word.replace("ph", "p")), ())

    def _follows(self, before: str, word: str) -> float:
        """Log probability of ``word`` after ``before``."""
        counts, pairs = self._words
        before, word = _counted(before), _counted(word)
        usual = (counts.get(word, 0) + _UNSEEN) / self._total
        paired = pairs.get((before, word), 0) / counts.get(before, 1)
        return math.log(_BY_PAIR * paired + (1 - _BY_PAIR) * usual)


def _likeness(wanted: str, known: str) -> float:
    return Levenshtein.normalized_similarity(wanted, _one_spelling(known.translate(_ROMAN)))


def _one_spelling(word: str) -> str:
    """One spelling for what people write in many ways: "ee" and "i", "w" and "o", "q" and "k"."""
    for spelling, form in _SPELLINGS:
        word = word.replace(spelling, form)
    return word.translate(_LETTERS)


@lru_cache(maxsize=1)
def _transliterator() -> Transliterator:
    return Transliterator(read())


def in_both_scripts(text: str) -> str:
    """A text in Roman Urdu, and behind it the same in Urdu letters; any other text as it is."""
    if identify(text).language != "ur-Latn":
        return text
    return f"{text} | {_transliterator()(without_links(text))}"
