from __future__ import annotations

from datetime import date

import pytest

from knowledge_base.misses.kinds import MissKind
from knowledge_base.misses.models import Miss
from knowledge_base.misses.recording import LONGEST_TEXT, Missed, forget_before, keep

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "tag", "country"),
    [
        ("my boss in qatar keeps my licence", "en", "qa"),
        ("قطر میں میرا لائسنس کفیل کے پاس ہے", "ur", "qa"),
        ("qatar mein mera licence kafeel ke paas hai", "ur-Latn", "qa"),
        ("په قطر کې زما لایسنس له کفیل سره دی", "ps", "qa"),
        ("قطر ۾ منهنجو لائسنس ڪفيل وٽ آهي", "sd", "qa"),
        ("قطر وچ میرا لائسنس کفیل کول اے", "pa-Arab", "qa"),
    ],
)
def test_language_and_country_are_those_of_the_words(text: str, tag: str, country: str) -> None:
    kept = keep(Missed(MissKind.DECLINED, text, "en" if tag != "en" else "ur", "sms"), DAY)
    assert kept is not None
    assert (kept.language, kept.country) == (tag, country)


def test_words_without_a_language_have_that_of_the_reply() -> None:
    kept = keep(Missed(MissKind.DECLINED, "1099?", "sd", "sms"), DAY)
    assert kept is not None
    assert kept.language == "sd"


def test_what_is_kept_is_redacted_and_not_endless() -> None:
    kept = keep(Missed(MissKind.DECLINED, "call 03001234567 " * 500, "en", "sms"), DAY)
    assert kept is not None
    assert len(kept.text) <= LONGEST_TEXT
    assert "0300" not in kept.text


def test_nothing_to_read_is_nothing_to_keep() -> None:
    assert keep(Missed(MissKind.NOT_HELPFUL, " \n", "en", "sms"), DAY) is None
    assert Miss.objects.count() == 0


def test_what_is_older_than_a_day_is_forgotten_handled_or_not() -> None:
    for day, state in (
        (date(2025, 11, 21), "open"),
        (date(2025, 11, 21), "added"),
        (date(2025, 11, 22), "open"),
    ):
        Miss.objects.create(text="q", language="en", day=day, state=state)
    assert forget_before(date(2025, 11, 22)) == 2
    assert Miss.objects.get().day == date(2025, 11, 22)
