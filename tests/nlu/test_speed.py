"""No function takes more than linear time: a hundred times the text takes at most some hundred times as long."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nlu.acts import quick_act, requested_language
from nlu.identification import identify
from nlu.normalisation import normalise, tokens
from nlu.places import find_places
from nlu.urgency import detect_urgency
from tests.nlu.timing import growth, seconds

TEXT = (
    "mera kafeel passport wapas nahi kar raha riyadh mein کیا کروں پولیس please help my salary is late "
    "زما پاسپورټ منهنجو پگهار مینوں دسو سعودی عرب dubai se jail"
)
FUNCTIONS = [normalise, tokens, identify, find_places, detect_urgency, quick_act, requested_language]
BOUNDED = [identify, find_places, detect_urgency]  # the acts' functions turn a long text away unread


@pytest.mark.parametrize("function", FUNCTIONS)
def test_time_grows_no_faster_than_the_text(function: Callable[[str], object]) -> None:
    assert growth(function, TEXT, times=100) < 300


@pytest.mark.parametrize("function", BOUNDED)
def test_only_the_beginning_of_a_huge_text_is_read(function: Callable[[str], object]) -> None:
    """A hundred times a text that is already too long costs little more: a scan for its end, no analysis."""
    long = f"{TEXT} " * 200
    assert seconds(function, long * 100, rounds=3) < 20 * seconds(function, long, rounds=3)
