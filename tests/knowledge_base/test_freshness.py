from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.content import Library, TranslationState
from knowledge_base.entries import FactCheck, WeakClaim
from knowledge_base.freshness import (
    contacts_to_dial,
    coverage,
    due_articles,
    expiring_facts,
    overdue_articles,
    weak_figures,
)
from knowledge_base.status_page import status_page


@pytest.mark.parametrize(
    ("day", "due", "overdue"),
    [
        (date(2026, 11, 22), [], []),
        (date(2027, 2, 20), ["departure/fees"], []),  # 90 days after the last review
        (date(2027, 2, 21), [], ["departure/fees"]),
        (date(2027, 5, 22), [], ["departure/fees", "ae/passport", "sa/passport"]),
    ],
)
def test_reviews_come_due_on_their_day(
    day: date, due: list[str], overdue: list[str], sample: Library
) -> None:
    assert [article.id for article in due_articles(sample, day, 60)] == due
    assert [article.id for article in overdue_articles(sample, day)] == overdue


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2026, 11, 22), 30, []),
        (date(2026, 11, 22), 60, [("pk_test_fee", date(2026, 12, 31))]),
        (date(2027, 1, 1), 60, [("pk_test_fee", None)]),
    ],
)
def test_facts_about_to_end_are_found_in_time(
    day: date, days: int, expected: list[tuple[str, date | None]], sample: Library
) -> None:
    assert [(found.fact.key, found.last_day) for found in expiring_facts(sample, day, days)] == expected


def test_a_fact_whose_next_period_follows_at_once_does_not_end(sample: Library) -> None:
    fact = sample.facts["pk_test_fee"]
    following = replace(fact.periods[0], valid_from=date(2027, 1, 1), valid_until=None)
    facts = {**sample.facts, fact.key: replace(fact, periods=(*fact.periods, following))}
    assert expiring_facts(replace(sample, facts=facts), date(2026, 12, 20)) == []


def test_figures_below_high_confidence_are_listed_with_their_source(sample: Library, today: date) -> None:
    found = [(one.fact.key, one.period.confidence, one.period.source) for one in weak_figures(sample, today)]
    assert found == [("pk_test_law", "low", "pk-test-fees"), ("sa_passport_fine", "medium", "sa-test-law")]


def test_coverage_counts_every_article_once_per_language(sample: Library) -> None:
    found = coverage(sample)
    assert all(sum(states.values()) == 3 for states in found.values())
    assert found["en"][TranslationState.MACHINE] == 3
    assert found["ur"] == {
        TranslationState.MISSING: 1,
        TranslationState.MACHINE: 1,
        TranslationState.REVIEWED: 1,
        TranslationState.OUTDATED: 0,
    }


def test_phones_of_old_or_weak_evidence_are_to_be_dialled(sample: Library, today: date) -> None:
    one = next(contact for contact in sample.contacts.values() if contact.phones)
    contacts = {
        "fresh": replace(one, key="fresh", as_of="2026-06", confidence="high"),
        "old": replace(one, key="old", as_of="2021", confidence="high"),
        "weak": replace(one, key="weak", as_of="2026-11-01", confidence="low"),
        "site": replace(one, key="site", as_of="2019", confidence="low", phones=()),
    }
    assert [found.key for found in contacts_to_dial(replace(sample, contacts=contacts), today)] == [
        "old",
        "weak",
    ]


def test_the_page_names_what_needs_a_hand(sample: Library) -> None:
    fact_check = FactCheck(
        "sa/passport",
        "sa",
        date(2026, 11, 22),
        corrected=("The fine was given as a prison term.",),
        single_source=(WeakClaim("The office opens on Sunday.", "sa-test-law", "low"),),
    )
    page = status_page(sample, {"sa/passport": fact_check}, date(2027, 1, 1))
    assert "| sa/passport | 2026-11-22 | The fine was given as a prison term. |" in page
    assert "| sa/passport | The office opens on Sunday. | low | sa-test-law |" in page
    assert "| pk_test_fee | departure/fees | no value today: withheld |" in page
    assert "| departure/fees | recruitment-desk | normal | 2027-02-20 | due |" in page
    assert "| pk_test_law | 27/2022 | low | pk-test-fees | departure/fees |" in page
    assert (
        "| sa/passport | machine draft | machine draft | reviewed | missing | missing | missing | 2026-11-22 |"
        in page
    )
