"""The rules of the content files, applied to what staff type in the console: each error at its field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from knowledge_base import models
from knowledge_base.checks import check_contact, check_text
from knowledge_base.content import Library
from knowledge_base.problems import Finding, Level
from knowledge_base.rendering import NotRenderable, render
from knowledge_base.rows import (
    NotAValue,
    article_from_row,
    contact_from_row,
    library_from_rows,
    text_from_row,
    value_from_text,
)
from knowledge_base.schema import value_problem
from knowledge_base.sms_length import sms_parts, sms_units
from nlu.languages import language

FIELD_OF_PLACE = {"translation": "method", "body": "more"}


def today() -> date:
    return timezone.localdate()


def refuse(findings: Iterable[Finding]) -> None:
    """Raise `ValidationError` with every error at its field; warnings pass."""
    by_field: dict[str, list[str]] = defaultdict(list)
    for finding in findings:
        if finding.level is Level.ERROR:
            field = FIELD_OF_PLACE.get(finding.place, re.split(r"[.\[]", finding.place)[0])
            by_field[field].append(f"{finding.message}: {finding.remedy}")
    if by_field:
        raise ValidationError(dict(by_field))


def library_with(row: models.ArticleText) -> Library:
    """The published library as it would be with this text in it."""
    library = library_from_rows()
    article = library.articles.get(row.article.key) or article_from_row(row.article, {})
    text = text_from_row(row)
    texts = {**article.texts, text.language: text}
    return replace(library, articles={**library.articles, article.id: replace(article, texts=texts)})


def check_text_row(row: models.ArticleText) -> None:
    if not (hasattr(row, "article") and row.language):
        return
    library = library_with(row)
    article = library.article(row.article.key)
    refuse(check_text(article.texts[row.language], article, library, today()))


def check_contact_row(row: models.Contact) -> None:
    """All but the phones, which the form checks (they are saved after the contact)."""
    if not hasattr(row, "source"):
        return
    contact = contact_from_row(row)
    library = Library({}, {}, {contact.source: None}, {})  # type: ignore[dict-item]
    refuse(found for found in check_contact(contact, library) if not found.place.startswith("phones"))


def check_period_row(row: models.FactPeriod) -> None:
    try:
        problem = value_problem(value_from_text(row.value, row.unit), row.unit)
    except NotAValue as error:
        problem = str(error)
    if problem:
        raise ValidationError({"value": problem})
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        raise ValidationError({"valid_until": "before the first day"})


def preview_of(row: models.ArticleText) -> dict[str, Any]:
    """What the preview shows: the text filled in, its length, and every problem of it."""
    library = library_with(row)
    article = library.article(row.article.key)
    text = article.texts[row.language]
    try:
        short, more = (render(part, library, row.language, today()) for part in (text.short, text.more))
    except NotRenderable as problem:
        short, more = f"[{problem}]", ""
    return {
        "text": text,
        "short": short,
        "more": more,
        "direction": language(row.language).direction,
        "parts": sms_parts(short),
        "units": sms_units(short),
        "problems": list(check_text(text, article, library, today())),
    }
