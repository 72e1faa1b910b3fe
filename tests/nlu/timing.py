"""How a function's time grows with its text: ratios in one run, which hold on any machine."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from time import perf_counter

_marks = count()


def seconds(function: Callable[[str], object], text: str, rounds: int = 5) -> float:
    """The best of some rounds; each text is a new one, so that no cache knows it."""
    best = float("inf")
    for _ in range(rounds):
        marked = f"{text} {next(_marks)}"
        start = perf_counter()
        function(marked)
        best = min(best, perf_counter() - start)
    return best


def growth(function: Callable[[str], object], text: str, times: int) -> float:
    """How much longer `times` times the text takes than the text once."""
    return seconds(function, f"{text} " * times) / seconds(function, text)
