"""Database rows as plain values. No rule lives here, only the mapping."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db.models import Prefetch

from knowledge_base import entries, models
from knowledge_base.content import Library
from knowledge_base.schema import NUMBER_UNITS

logger = logging.getLogger(__name__)


class NotAValue(ValueError):
    """The text is no value of the unit."""


def value_from_text(text: str, unit: str) -> entries.FactValue:
    """The typed value of a fact. Raises `NotAValue`."""
    try:
        if unit in NUMBER_UNITS:
            return int(text) if text.lstrip("-").isdecimal() else Decimal(text)
        return date.fromisoformat(text) if unit == "date" else text
    except (InvalidOperation, ValueError):
        raise NotAValue(f"{text!r} is no value for the unit {unit}") from None


def value_as_text(value: entries.FactValue) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def source_from_row(row: models.Source) -> entries.Source:
    return entries.Source(
        key=row.key,
        area=row.area,
        title=row.title,
        publisher=row.publisher,
        kind=row.kind,
        url=row.url,
        published=row.published or None,
        seen=row.seen,
        note=row.note,
    )


def contact_from_row(row: models.Contact) -> entries.Contact:
    return entries.Contact(
        key=row.key,
        area=row.area,
        name=row.name,
        country=row.country or None,
        kind=row.kind,
        source=row.source.key if row.source_id else "",
        as_of=row.as_of,
        confidence=row.confidence,
        phones=tuple(entries.Phone(phone.number, phone.note, phone.whatsapp) for phone in row.phones.all()),
        email=row.email,
        url=row.url,
        hours=row.hours,
        languages=tuple(row.languages),
        helps_with=tuple(row.helps_with),
        urgent=row.urgent,
        note=row.note,
    )


def period_from_row(row: models.FactPeriod) -> entries.FactPeriod:
    return entries.FactPeriod(
        value=value_from_text(row.value, row.unit),
        unit=row.unit,
        source=row.source.key,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        confidence=row.confidence,
        note=row.note,
    )


def fact_from_row(row: models.Fact) -> entries.Fact:
    return entries.Fact(row.key, row.article.key, tuple(_readable_periods(row)))


def _readable_periods(row: models.Fact) -> Iterator[entries.FactPeriod]:
    """A value written past the forms that is none must withhold one article, not take down all."""
    for period in row.periods.all():
        try:
            yield period_from_row(period)
        except NotAValue as problem:
            logger.error(
                "Fact %s from %s: %s; its articles are withheld", row.key, period.valid_from, problem
            )


def text_from_row(row: models.ArticleText) -> entries.ArticleText:
    return entries.ArticleText(
        article_id=row.article.key,
        language=row.language,
        title=row.title,
        questions=tuple(row.questions.splitlines()),
        short=row.short,
        more=row.more,
        method=row.method or None,
        made_from=row.made_from or None,
        reviewed=row.reviewed,
    )


def article_from_row(row: models.Article, texts: dict[str, entries.ArticleText]) -> entries.Article:
    return entries.Article(
        id=row.key,
        country=row.country or None,
        stages=tuple(row.stages),
        topics=tuple(row.topics),
        risk=row.risk,
        owner=row.owner,
        review=entries.Review(row.every_days, row.last_review),
        sources=tuple(link.source.key for link in row.sources.all()),
        contacts=tuple(link.contact.key for link in row.contacts.all()),
        related=tuple(row.related),
        texts=texts,
    )


def library_from_rows(*, drafts: bool = False) -> Library:
    """Everything in the database; texts only as published, or with ``drafts`` also those never published."""
    rows = models.ArticleText.objects.select_related("article")
    texts: dict[str, dict[str, entries.ArticleText]] = defaultdict(dict)
    for text in rows if drafts else rows.filter(live=True):
        texts[text.article.key][text.language] = text_from_row(text)
    ordered = {key: {tag: found[tag] for tag in sorted(found)} for key, found in texts.items()}
    # Joined, not fetched by key: SQLite takes no more than 1,000 keys in one question.
    sources = Prefetch("sources", models.ArticleSource.objects.select_related("source"))
    cited = Prefetch("contacts", models.ArticleContact.objects.select_related("contact"))
    periods = Prefetch("periods", models.FactPeriod.objects.select_related("source"))
    articles = models.Article.objects.prefetch_related(sources, cited)
    contacts = models.Contact.objects.select_related("source").prefetch_related("phones")
    facts = models.Fact.objects.select_related("article").prefetch_related(periods)
    return Library(
        articles={row.key: article_from_row(row, ordered.get(row.key, {})) for row in articles},
        contacts={row.key: contact_from_row(row) for row in contacts},
        sources={row.key: source_from_row(row) for row in models.Source.objects.all()},
        facts={row.key: fact_from_row(row) for row in facts},
    )
