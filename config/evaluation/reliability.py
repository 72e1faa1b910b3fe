"""Whether a probability means what it says: of the answers that were given 0.8, four in five should be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.replies import ReplyKind
from config.evaluation.figures import Result, first_right
from config.evaluation.rows import RowKind

_SEARCHED = (ReplyKind.ANSWER, ReplyKind.WHICH, ReplyKind.UNKNOWN)
_ASKED = (RowKind.ANSWER, RowKind.NOT_URGENT, RowKind.OUT_OF_SCOPE)
_BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """First answers of like probability: how many, their mean probability, the share that was right."""

    count: int
    probability: float
    right: float


def reliability(results: Sequence[Result]) -> list[Bin]:
    """Ten bins of equal width, the empty ones left out.

    Counted are the rows that one article answers and those that none does, where the search was asked: what the rules or
    the act model made of a message has no such probability.
    """
    pairs = [
        (result.score, first_right(result))
        for result in results
        if result.score is not None and result.kind in _SEARCHED and result.row.kind in _ASKED
    ]
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for probability, hit in pairs:
        bins[min(int(probability * _BINS), _BINS - 1)].append((probability, hit))
    return [_bin(chosen) for chosen in bins if chosen]


def _bin(pairs: Sequence[tuple[float, bool]]) -> Bin:
    count = len(pairs)
    return Bin(count, sum(p for p, _ in pairs) / count, sum(hit for _, hit in pairs) / count)


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Expected calibration error: the mean distance between probability and share right, by count (Naeini et al. 2015)."""
    total = sum(each.count for each in bins)
    if not total:
        return None
    return sum(each.count * abs(each.probability - each.right) for each in bins) / total
