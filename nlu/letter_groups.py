"""How telling the letter groups of words are for languages that share a script: naive Bayes, learnt from the questions of our articles.

The groups are of folded words (`nlu.normalisation.fold`), so that Sindhi typed on an Urdu keyboard is still Sindhi. The table
is ``data/letter_groups.tsv``; `manage.py learn_letter_groups` writes it anew.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from nlu.normalisation import fold, tokens

TABLE = Path(__file__).parent / "data" / "letter_groups.tsv"
_SIZES = (2, 3, 4)
_SMOOTHING = 0.3
# Groups that are rarer, or about as likely everywhere (log odds between the extremes), add 20 times the lines and no accuracy.
_FEWEST, _LEAST_SPREAD = 8, 1.5
# More than a few telling letters or function words; but not for one or two words. Chosen on tests/evaluation/dev.
_MOST_POINTS, _ENOUGH_GROUPS = 8.0, 20


def groups(word: str) -> Iterator[str]:
    """The whole word and its groups of two to four letters, with marks for beginning and end."""
    marked = f"^{fold(word)}$"
    yield marked
    for size in _SIZES:
        yield from (marked[at : at + size] for at in range(len(marked) - size + 1) if size < len(marked))


def learn(texts: Iterable[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Group -> tag -> log likelihood, less the mean over the tags; ``texts`` are pairs of a text and its language's tag."""
    counts: dict[str, Counter[str]] = {}
    for text, tag in texts:
        counts.setdefault(tag, Counter()).update(group for word in tokens(text) for group in groups(word))
    everywhere = sum(counts.values(), Counter[str]())
    sizes = {tag: count.total() + _SMOOTHING * len(everywhere) for tag, count in counts.items()}
    table = {}
    for group in sorted(group for group, times in everywhere.items() if times >= _FEWEST):
        logs = {tag: math.log((counts[tag][group] + _SMOOTHING) / sizes[tag]) for tag in sorted(counts)}
        mean = sum(logs.values()) / len(logs)
        if max(logs.values()) - min(logs.values()) >= _LEAST_SPREAD:
            table[group] = {tag: round(value - mean, 1) for tag, value in logs.items()}
    return table


def write(table: Mapping[str, Mapping[str, float]], path: Path = TABLE) -> None:
    tags = sorted({tag for row in table.values() for tag in row})
    lines = ["\t".join(["group", *tags])]
    lines += ["\t".join([group, *(str(row[tag]) for tag in tags)]) for group, row in table.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _read(path: Path) -> tuple[tuple[str, ...], dict[str, tuple[float, ...]]]:
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return tuple(head.split("\t")[1:]), {group: tuple(map(float, values)) for group, *values in rows}


_TAGS, _LOGS = _read(TABLE)


@lru_cache(maxsize=16384)
def _word(word: str) -> tuple[tuple[float, ...], int]:
    """Summed log likelihoods of a word's known groups, and their number."""
    known = [_LOGS[group] for group in groups(word) if group in _LOGS]
    return tuple(map(sum, zip(*known, strict=True))) if known else (0.0,) * len(_TAGS), len(known)


def points(words: Sequence[str]) -> dict[str, float]:
    """`_MOST_POINTS` or, of few groups, fewer, shared out among the languages by their probability given the words.

    Likelihoods are tempered by the square root of their number: the groups of a word overlap.
    """
    found = [_word(word) for word in words]
    number = sum(count for _, count in found)
    if not number:
        return {}
    logs = [sum(values) / math.sqrt(number) for values in zip(*(values for values, _ in found), strict=True)]
    weights = [math.exp(value - max(logs)) for value in logs]
    scale = _MOST_POINTS * min(1.0, number / _ENOUGH_GROUPS) / sum(weights)
    return {tag: scale * weight for tag, weight in zip(_TAGS, weights, strict=True)}
