"""The state of the content as a Markdown page: what `manage.py content_status` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from knowledge_base.content import Library
from knowledge_base.entries import FactCheck
from knowledge_base.freshness import (
    NOTICE_DAYS,
    contacts_to_dial,
    coverage,
    due_articles,
    expiring_facts,
    overdue_articles,
    weak_figures,
)
from knowledge_base.rendering import format_fact
from knowledge_base.vocabulary import MASTER_LANGUAGE, TranslationState
from nlu.languages import LANGUAGES


def status_page(
    library: Library, fact_checks: Mapping[str, FactCheck], today: date, days: int = NOTICE_DAYS
) -> str:
    """What staff look at before they trust the content, the most pressing first, as Markdown."""
    sections = [
        _overview(library, fact_checks, today),
        _coverage(library),
        _reviews(library, today, days),
        _expiries(library, today, days),
        _contacts(library, today),
        _weak(library, today),
        _weak_claims(fact_checks),
        _corrected(fact_checks),
        _states(library, fact_checks),
    ]
    return "\n\n".join(sections) + "\n"


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    if len(lines) == 2:
        return "None."
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _overview(library: Library, fact_checks: Mapping[str, FactCheck], today: date) -> str:
    texts = sum(len(article.texts) for article in library.articles.values())
    return (
        f"# Content status, {today}\n\n"
        f"{len(library.articles)} articles, {texts} texts, {len(library.facts)} facts, {len(library.contacts)} contacts, "
        f"{len(library.sources)} sources. Compared with its sources by a second reader: {len(fact_checks)} articles. "
        "Made by `manage.py content_status`; do not edit."
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


def _contacts(library: Library, today: date) -> str:
    rows = (
        [one.key, ", ".join(phone.number for phone in one.phones), one.as_of, one.confidence, one.source]
        for one in contacts_to_dial(library, today)
    )
    head = ["Contact", "Phones", "Evidence of", "Confidence", "Source"]
    return "## Phones to dial before relying on them\n\n" + _table(head, rows)


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


def _weak_claims(fact_checks: Mapping[str, FactCheck]) -> str:
    rows = (
        [fact_check.article_id, weak.claim, weak.confidence, weak.source]
        for fact_check in sorted(fact_checks.values(), key=lambda one: one.article_id)
        for weak in fact_check.single_source
    )
    head = ["Article", "Claim", "Confidence", "Only source"]
    return "## Sentences that hang on one source below high confidence\n\n" + _table(head, rows)


def _corrected(fact_checks: Mapping[str, FactCheck]) -> str:
    rows = (
        [fact_check.article_id, str(fact_check.checked), correction]
        for fact_check in sorted(fact_checks.values(), key=lambda one: one.article_id)
        for correction in fact_check.corrected
    )
    return "## Corrected by the second reader\n\n" + _table(["Article", "Checked", "Correction"], rows)


def _states(library: Library, fact_checks: Mapping[str, FactCheck]) -> str:
    rows = (
        [article.id, *(article.state(tag).value for tag in LANGUAGES), _checked(fact_checks.get(article.id))]
        for article in sorted(library.articles.values(), key=lambda article: article.id)
    )
    return "## Articles\n\n" + _table(["Article", *LANGUAGES, "Second reader"], rows)


def _checked(fact_check: FactCheck | None) -> str:
    return str(fact_check.checked) if fact_check else "not yet"
