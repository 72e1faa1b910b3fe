"""What is due: reviews, facts about to end, figures that hang on one weak source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.content import Article, Fact, FactPeriod, Library
from knowledge_base.rendering import format_fact
from knowledge_base.vocabulary import MASTER_LANGUAGE, TranslationState
from nlu.languages import LANGUAGES

NOTICE_DAYS = 60


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


def coverage(library: Library) -> dict[str, dict[TranslationState, int]]:
    """Language tag -> number of articles in each state."""
    return {
        tag: {
            state: sum(article.state(tag) is state for article in library.articles.values())
            for state in TranslationState
        }
        for tag in LANGUAGES
    }


def status_report(library: Library, today: date, days: int = NOTICE_DAYS) -> str:
    """The state of the content as a Markdown page."""
    sections = [_overview(library, today), _coverage(library), _reviews(library, today, days)]
    sections += [_expiries(library, today, days), _weak(library, today), _states(library)]
    return "\n\n".join(sections) + "\n"


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    if len(lines) == 2:
        return "None."
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _overview(library: Library, today: date) -> str:
    texts = sum(len(article.texts) for article in library.articles.values())
    return (
        f"# Content status, {today}\n\n{len(library.articles)} articles, {texts} texts, {len(library.facts)} facts, "
        f"{len(library.contacts)} contacts, {len(library.sources)} sources."
    )


def _coverage(library: Library) -> str:
    states = list(TranslationState)
    rows = (
        [LANGUAGES[tag].name, *(str(found[state]) for state in states)]
        for tag, found in coverage(library).items()
    )
    return "## Languages\n\n" + _table(["Language", *(state.value for state in states)], rows)


def _reviews(library: Library, today: date, days: int) -> str:
    late = [(article, "overdue") for article in overdue_articles(library, today)]
    soon = [(article, "due") for article in due_articles(library, today, days)]
    rows = ([one.id, one.owner, one.risk, str(one.review.due), word] for one, word in late + soon)
    return f"## Reviews overdue or due within {days} days\n\n" + _table(
        ["Article", "Owner", "Risk", "Due", ""], rows
    )


def _expiries(library: Library, today: date, days: int) -> str:
    rows = (
        [one.fact.key, one.fact.article_id, str(one.last_day) if one.last_day else "no value today: withheld"]
        for one in expiring_facts(library, today, days)
    )
    return f"## Facts that end within {days} days\n\n" + _table(["Fact", "Article", "Last day"], rows)


def _weak(library: Library, today: date) -> str:
    rows = (
        [
            one.fact.key,
            format_fact(one.period, MASTER_LANGUAGE),
            one.period.confidence,
            one.period.source,
            one.fact.article_id,
        ]
        for one in weak_figures(library, today)
    )
    head = ["Fact", "Value", "Confidence", "Only source", "Article"]
    return "## Figures below high confidence\n\n" + _table(head, rows)


def _states(library: Library) -> str:
    articles = sorted(library.articles.values(), key=lambda article: article.id)
    rows = ([article.id, *(article.state(tag).value for tag in LANGUAGES)] for article in articles)
    return "## Articles\n\n" + _table(["Article", *LANGUAGES], rows)
