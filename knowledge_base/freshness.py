"""What is due: reviews, facts about to end, figures that hang on one weak source, phones to dial again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.content import Article, Contact, Fact, FactPeriod, Library
from knowledge_base.vocabulary import TranslationState
from nlu.languages import LANGUAGES

NOTICE_DAYS = 90
EVIDENCE_YEARS = 1
"""A phone last seen longer ago than this is dialled before it is relied on."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """A fact without a value after ``last_day``; None: it has none today already."""

    fact: Fact
    last_day: date | None


@dataclass(frozen=True, slots=True)
class WeakFigure:
    """A figure of medium or lower confidence, known from one source only."""

    fact: Fact
    period: FactPeriod


def overdue_articles(library: Library, today: date) -> list[Article]:
    """Articles whose review was due before today, the longest waiting first."""
    late = [article for article in library.articles.values() if article.review.due < today]
    return sorted(late, key=lambda article: (article.review.due, article.id))


def due_articles(library: Library, today: date, days: int = NOTICE_DAYS) -> list[Article]:
    """Articles whose review comes due within the days, overdue ones left out."""
    soon = today + timedelta(days=days)
    due = [article for article in library.articles.values() if today <= article.review.due <= soon]
    return sorted(due, key=lambda article: (article.review.due, article.id))


def expiring_facts(library: Library, today: date, days: int = NOTICE_DAYS) -> list[Expiry]:
    """Facts that have no value today, or will have none on some day within the days; soonest first."""
    found = [expiry for fact in library.facts.values() if (expiry := _expiry(fact, today, days))]
    return sorted(found, key=lambda expiry: (expiry.last_day or date.min, expiry.fact.key))


def _expiry(fact: Fact, today: date, days: int) -> Expiry | None:
    if fact.on(today) is None:
        return Expiry(fact, None)
    for ahead in range(1, days + 1):
        if fact.on(today + timedelta(days=ahead)) is None:
            return Expiry(fact, today + timedelta(days=ahead - 1))
    return None


def weak_figures(library: Library, today: date) -> list[WeakFigure]:
    """Today's figures below high confidence: each hangs on the one source that its period names."""
    weak = []
    for fact in library.facts.values():
        period = fact.on(today)
        if period is not None and period.confidence != "high":
            weak.append(WeakFigure(fact, period))
    return sorted(weak, key=lambda figure: (figure.period.confidence, figure.fact.key))


def contacts_to_dial(library: Library, today: date) -> list[Contact]:
    """Contacts with a phone whose evidence is older than `EVIDENCE_YEARS` or below high confidence, the oldest first."""
    oldest = str(today.year - EVIDENCE_YEARS) + today.isoformat()[4:]
    found = [
        contact
        for contact in library.contacts.values()
        if contact.phones and (contact.confidence != "high" or contact.as_of < oldest)
    ]
    return sorted(found, key=lambda contact: (contact.as_of, contact.key))


def coverage(library: Library) -> dict[str, dict[TranslationState, int]]:
    """Language tag -> number of articles in each state."""
    return {
        tag: {
            state: sum(article.state(tag) is state for article in library.articles.values())
            for state in TranslationState
        }
        for tag in LANGUAGES
    }
