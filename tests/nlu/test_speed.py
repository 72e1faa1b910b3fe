"""Every pure function stays under a millisecond for a message of twenty words (median of distinct messages)."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import pytest

from nlu.acts import quick_act, requested_language
from nlu.identification import identify
from nlu.normalisation import normalise, tokens
from nlu.places import find_places
from nlu.urgency import detect_urgency

TEXT = (
    "mera kafeel passport wapas nahi kar raha riyadh mein کیا کروں پولیس please help my salary is late "
    "زما پاسپورټ منهنجو پگهار مینوں دسو سعودی عرب dubai se jail"
)
WORDS = TEXT.split()
MESSAGES = [
    " ".join(WORDS[(start * 7 + step * 3) % len(WORDS)] + str(start % 3) * (step == 5) for step in range(20))
    for start in range(200)
]


@pytest.mark.parametrize(
    "function", [normalise, tokens, identify, find_places, detect_urgency, quick_act, requested_language]
)
def test_a_message_of_twenty_words_takes_less_than_a_millisecond(function: Callable[[str], object]) -> None:
    times = []
    for message in MESSAGES:
        start = perf_counter()
        function(message)
        times.append(perf_counter() - start)
    assert median(times) < 0.001
