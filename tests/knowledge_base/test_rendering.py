from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from knowledge_base.content import FactPeriod, Library
from knowledge_base.entries import FactValue
from knowledge_base.rendering import (
    LRM,
    MONTHS,
    UNITS,
    NoValueToday,
    Placeholder,
    UnknownPlaceholder,
    format_date,
    format_fact,
    is_rtl,
    placeholders,
    render,
    unwrapped,
)
from knowledge_base.sms_length import is_gsm7
from nlu.languages import LANGUAGES

TAGS = list(LANGUAGES)


def period(value: FactValue, unit: str) -> FactPeriod:
    return FactPeriod(value, unit, "x", date(2026, 1, 1), None, "high")


@pytest.mark.parametrize(
    ("value", "unit", "tag", "shown"),
    [
        (9200, "PKR", "en", "Rs 9,200"),
        (9200, "PKR", "ur", "9,200 روپے"),
        (9200, "PKR", "ur-Latn", "Rs 9,200"),
        (9200, "PKR", "ps", "9,200 روپۍ"),
        (9200, "PKR", "sd", "9,200 رپيا"),
        (9200, "PKR", "pa-Arab", "9,200 روپئے"),
        (1000, "SAR", "en", "SAR 1,000"),
        (1000, "SAR", "ur", "1,000 ریال"),
        (1000, "SAR", "ur-Latn", "1,000 riyal"),
        (1, "months", "en", "1 month"),
        (3, "months", "en", "3 months"),
        (1, "months", "ur", "1 مہینہ"),
        (3, "months", "ur", "3 مہینے"),
        (3, "months", "ps", "3 میاشتې"),
        (3, "months", "sd", "3 مهينا"),
        (Decimal("2.50"), "percent", "en", "2.50%"),
        (Decimal("2.5"), "percent", "ur", "2.5 فیصد"),
        (Decimal("1250.75"), "OMR", "en", "OMR 1,250.75"),
        (1234567, "number", "sd", "1,234,567"),
        (date(2026, 7, 1), "date", "en", "1 July 2026"),
        (date(2026, 7, 1), "date", "ur", "1 جولائی 2026"),
        (date(2026, 7, 1), "date", "sd", "1 جولاءِ 2026"),
        ("12:30", "time", "en", "12:30"),
        ("12:30", "time", "ur", f"{LRM}12:30{LRM}"),
        ("27/2022", "text", "en", "27/2022"),
        ("27/2022", "text", "ps", f"{LRM}27/2022{LRM}"),
        ("Qiwa", "text", "ur", "Qiwa"),
    ],
)
def test_a_fact_is_written_as_the_language_writes_it(
    value: FactValue, unit: str, tag: str, shown: str
) -> None:
    assert format_fact(period(value, unit), tag) == shown


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("unit", sorted(set(UNITS) - {"date", "time", "text", "number"}))
def test_every_unit_has_words_in_every_language(unit: str, tag: str) -> None:
    wording: Any = UNITS[unit][tag]
    for form in (wording,) if isinstance(wording, str) else wording.values():
        assert form.count("{n}") == 1
        scripts = {
            unicodedata.name(letter).split()[0] for letter in form.replace("{n}", "") if letter.isalpha()
        }
        assert scripts <= {"ARABIC" if is_rtl(tag) else "LATIN"}
        assert is_rtl(tag) or is_gsm7(form.replace("{n}", "1"))


@pytest.mark.parametrize("tag", TAGS)
def test_every_language_has_twelve_months(tag: str) -> None:
    assert len(set(MONTHS[tag])) == 12
    assert format_date(date(2026, 12, 31), tag) == f"31 {MONTHS[tag][11]} 2026"


def test_all_kinds_of_placeholders_are_told_apart() -> None:
    text = "{sa_fine} {phone:sa-line} {contact:sa-line} {url:sa-line} {Fine} {phone:} {mail:x}"
    assert placeholders(text) == [
        Placeholder("fact", "sa_fine"),
        Placeholder("phone", "sa-line"),
        Placeholder("contact", "sa-line"),
        Placeholder("url", "sa-line"),
        Placeholder("unknown", "Fine"),
        Placeholder("unknown", "phone:"),
        Placeholder("unknown", "mail:x"),
    ]


@pytest.mark.parametrize(
    ("template", "tag", "shown"),
    [
        ("{phone:pk-test-helpline}", "ur", "1991"),
        ("{phone:sa-test-embassy}", "en", "+966114887272"),
        ("{phone:sa-test-embassy}", "ur", f"{LRM}+966114887272{LRM}"),
        ("{contact:pk-test-helpline}", "en", "Test helpline: 1991 (from Pakistan), WhatsApp +923001234567"),
        (
            "{contact:pk-test-helpline}",
            "sd",
            f"آزمائشی ہیلپ لائن: 1991 (پاکستان سے)، WhatsApp {LRM}+923001234567{LRM}",
        ),
        ("{url:sa-test-embassy}", "ur", "https://example.org/embassy"),
    ],
)
def test_a_contact_is_filled_in(template: str, tag: str, shown: str, sample: Library, today: date) -> None:
    assert render(template, sample, tag, today) == shown


def test_a_name_missing_in_roman_urdu_is_taken_from_english_and_not_from_urdu_script(
    sample: Library, today: date
) -> None:
    shown = render("{contact:sa-test-embassy}", sample, "ur-Latn", today)
    assert shown == "Test embassy: +966114887272"
    assert is_gsm7(shown)


@pytest.mark.parametrize(
    "template", ["{nothing}", "{phone:nobody}", "{mail:x}", "{phone:pk-test-office}", "{url:sa-test-police}"]
)
def test_a_placeholder_that_cannot_be_filled_is_an_error(template: str, sample: Library, today: date) -> None:
    with pytest.raises(UnknownPlaceholder):
        render(template, sample, "en", today)


def test_a_fact_has_the_value_of_the_day(sample: Library) -> None:
    assert render("{sa_passport_fine}", sample, "en", date(2023, 12, 31)) == "SAR 2,000"
    assert render("{sa_passport_fine}", sample, "en", date(2024, 1, 1)) == "SAR 1,000"
    with pytest.raises(NoValueToday, match="sa_passport_fine"):
        render("{sa_passport_fine}", sample, "en", date(2016, 1, 1))


def test_wrapped_lines_are_joined_and_lists_are_kept() -> None:
    text = "One line\nthat goes on.\n\n1. First\n   step\n2. Second\n- third\n\n\nEnd"
    assert unwrapped(text) == "One line that goes on.\n\n1. First step\n2. Second\n- third\n\nEnd"
