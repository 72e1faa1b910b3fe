"""How telling the letter groups of words are for languages that share a script: logistic regression, learnt from our own texts.

The groups are of folded words (`nlu.normalisation.fold`), so that Sindhi typed on an Urdu keyboard is still Sindhi. The table
is ``data/letter_groups.tsv``; `manage.py learn_letter_groups` writes it anew.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from nlu.normalisation import fold, tokens

TABLE = Path(__file__).parent / "data" / "letter_groups.tsv"
_SIZES = (2, 3, 4)
_BIAS = "(bias)"  # no group has brackets; the table's first row: what speaks for a language before anything is read
# Rarer groups, and those whose weights differ less, add lines and no accuracy.
_FEWEST, _LEAST_SPREAD = 10, 0.6
_SHRINK = 3.0  # inverse of the penalty on large weights
# Messages are shorter than the texts learnt from: so many pieces of each, of so many words at most, are learnt from too.
_PIECES, _LONGEST_PIECE = 2, 5
# More than a few telling letters or function words; but not for one or two words. Doubt: how far from sure the model is taken
# to be, whose texts are tidier than messages. Chosen on tests/evaluation/dev and first.jsonl.
_MOST_POINTS, _ENOUGH_GROUPS, _DOUBT = 8.0, 20, 0.7

Weights = Mapping[str, float]


def groups(word: str) -> Iterator[str]:
    """The whole word and its groups of two to four letters, with marks for beginning and end."""
    marked = f"^{fold(word)}$"
    yield marked
    for size in _SIZES:
        yield from (marked[at : at + size] for at in range(len(marked) - size + 1) if size < len(marked))


def learn(texts: Iterable[tuple[str, str]]) -> dict[str, Weights]:
    """Group -> tag -> weight; ``texts`` are pairs of a text and its language's tag, of three languages or more.

    The same texts give the same table.
    """
    # Only learning needs it, and Rasa's environment has another version.
    from sklearn.feature_extraction import DictVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    samples = [
        (Counter(group for word in piece for group in groups(word)), tag)
        for text, tag in texts
        for piece in _pieces(tokens(text))
    ]
    times = Counter(group for counts, _ in samples for group in counts)
    kept = {group for group, number in times.items() if number >= _FEWEST}
    rows = []
    for counts, _ in samples:
        length = math.sqrt(counts.total()) or 1.0
        rows.append({group: number / length for group, number in counts.items() if group in kept})
    vectorizer = DictVectorizer()
    model = LogisticRegression(C=_SHRINK, max_iter=300)
    model.fit(vectorizer.fit_transform(rows), [tag for _, tag in samples])
    tags = [str(tag) for tag in model.classes_]
    weights = dict(zip(vectorizer.feature_names_, model.coef_.T.tolist(), strict=True))
    telling = {group: row for group, row in sorted(weights.items()) if max(row) - min(row) >= _LEAST_SPREAD}
    everything = {_BIAS: model.intercept_.tolist(), **telling}
    return {
        group: {tag: round(value, 2) for tag, value in zip(tags, row, strict=True)}
        for group, row in everything.items()
    }


def _pieces(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """All the words and, of more than two, a few neighbours among them."""
    yield words
    chance = random.Random(" ".join(words))  # noqa: S311
    for _ in range(_PIECES if len(words) > 2 else 0):
        length = chance.randint(1, min(_LONGEST_PIECE, len(words)))
        start = chance.randint(0, len(words) - length)
        yield words[start : start + length]


def write(table: Mapping[str, Weights], path: Path = TABLE) -> None:
    tags = sorted({tag for row in table.values() for tag in row})
    lines = ["\t".join(["group", *tags])]
    lines += ["\t".join([group, *(str(row[tag]) for tag in tags)]) for group, row in table.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _read(path: Path) -> tuple[tuple[str, ...], dict[str, tuple[float, ...]]]:
    head, *lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return tuple(head.split("\t")[1:]), {group: tuple(map(float, values)) for group, *values in rows}


_TAGS, _WEIGHTS = _read(TABLE)
_NO_WEIGHTS = (0.0,) * len(_TAGS)


@lru_cache(maxsize=16384)
def _word(word: str) -> tuple[tuple[float, ...], int, int]:
    """Summed weights of a word's groups, how many groups it has, and how many of them are known."""
    every = list(groups(word))
    known = [_WEIGHTS[group] for group in every if group in _WEIGHTS]
    return tuple(map(sum, zip(*known, strict=True))) if known else _NO_WEIGHTS, len(every), len(known)


def points(words: Sequence[str]) -> dict[str, float]:
    """`_MOST_POINTS` or, of few known groups, fewer, shared out among the languages by their probability given the words."""
    found = [_word(word) for word in words]
    known = sum(count for _, _, count in found)
    if not known:
        return {}
    length = math.sqrt(sum(count for _, count, _ in found))
    summed = zip(*(weights for weights, _, _ in found), strict=True)
    logits = [
        _DOUBT * (bias + sum(values) / length)
        for bias, values in zip(_WEIGHTS.get(_BIAS, _NO_WEIGHTS), summed, strict=True)
    ]
    shares = [math.exp(logit - max(logits)) for logit in logits]
    scale = _MOST_POINTS * min(1.0, known / _ENOUGH_GROUPS) / sum(shares)
    return {tag: scale * share for tag, share in zip(_TAGS, shares, strict=True)}
