"""A library of content files written into the database, entry by entry, only where something differs.

What staff changed in the console since the last import is kept, unless the caller says ``overwrite``: for every
entry the digest of what was last imported is remembered, so that "the file changed" and "the console changed" can be
told apart.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.db import transaction

from knowledge_base import entries, models
from knowledge_base.content import Library
from knowledge_base.rows import library_from_rows, value_as_text


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    KEPT = "kept as in the console"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to import. ``write`` makes or updates its row."""

    kind: str
    key: str
    value: Any
    present: Any
    write: Callable[[], None]

    @property
    def name(self) -> str:
        return f"{self.kind} {self.key}"


@dataclass
class Tally:
    """What the import did; ``kept`` names the entries whose file was not taken over."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in Outcome if self.counts[outcome])


def digest_of(value: Any) -> str:
    plain = json.dumps(asdict(value), sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


@transaction.atomic
def import_library(
    library: Library,
    *,
    prune: bool = False,
    overwrite: bool = False,
    watch: Callable[[list[Entry]], Iterable[Entry]] = lambda found: found,
) -> Tally:
    """Write the library into the database, all or nothing. ``watch`` wraps the entries (a progress bar)."""
    present = library_from_rows(drafts=True)
    imported = dict(models.ImportedEntry.objects.values_list("name", "digest"))
    tally = Tally()
    found = list(_entries(library, present))
    for entry in watch(found):
        outcome = _decided(entry, imported.get(entry.name), overwrite)
        if outcome in (Outcome.CREATED, Outcome.UPDATED):
            entry.write()
        if outcome is Outcome.KEPT:
            tally.kept.append(entry.name)
        elif imported.get(entry.name) != digest_of(entry.value):
            _remember(entry)
        tally.counts[outcome] += 1
    if prune:
        tally.counts[Outcome.REMOVED] = _prune(library)
    return tally


def _decided(entry: Entry, imported: str | None, overwrite: bool) -> Outcome:
    if entry.present == entry.value:
        return Outcome.UNCHANGED
    if overwrite or imported is None:
        return Outcome.CREATED if entry.present is None else Outcome.UPDATED if overwrite else Outcome.KEPT
    file_changed = imported != digest_of(entry.value)
    if entry.present is None:
        return Outcome.CREATED if file_changed else Outcome.KEPT
    console_changed = imported != digest_of(entry.present)
    return Outcome.KEPT if console_changed else Outcome.UPDATED


def _remember(entry: Entry) -> None:
    models.ImportedEntry.objects.update_or_create(
        name=entry.name, defaults={"digest": digest_of(entry.value)}
    )


def _entries(library: Library, present: Library) -> Iterator[Entry]:
    """Sources before contacts before articles before facts before texts: each needs the ones before it."""
    parts: list[tuple[str, Mapping[str, Any], Mapping[str, Any], Callable[[Any], None]]] = [
        ("source", library.sources, present.sources, write_source),
        ("contact", library.contacts, present.contacts, write_contact),
        ("article", _bare(library), _bare(present), write_article),
        ("fact", library.facts, present.facts, write_fact),
        ("text", _texts(library), _texts(present), write_text_row),
    ]
    for kind, wanted, there, write in parts:
        for key, value in wanted.items():
            yield Entry(kind, key, value, there.get(key), lambda value=value, write=write: write(value))  # type: ignore[misc]


def _bare(library: Library) -> dict[str, entries.Article]:
    return {key: replace(article, texts={}) for key, article in library.articles.items()}


def _texts(library: Library) -> dict[str, entries.ArticleText]:
    return {
        f"{article.id}/{tag}": text
        for article in library.articles.values()
        for tag, text in article.texts.items()
    }


def write_source(source: entries.Source) -> None:
    values = asdict(source) | {"published": source.published or ""}
    models.Source.objects.update_or_create(key=values.pop("key"), defaults=values)


def write_contact(contact: entries.Contact) -> None:
    row, _ = models.Contact.objects.update_or_create(
        key=contact.key,
        defaults={
            "area": contact.area,
            "name": contact.name,
            "country": contact.country or "",
            "kind": contact.kind,
            "email": contact.email,
            "url": contact.url,
            "hours": contact.hours,
            "languages": list(contact.languages),
            "helps_with": list(contact.helps_with),
            "urgent": contact.urgent,
            "source": models.Source.objects.get(key=contact.source),
            "as_of": contact.as_of,
            "confidence": contact.confidence,
            "note": contact.note,
        },
    )
    models.ContactPhone.objects.filter(contact=row).delete()
    models.ContactPhone.objects.bulk_create(
        models.ContactPhone(
            contact=row, sort_order=order, number=phone.number, whatsapp=phone.whatsapp, note=phone.note
        )
        for order, phone in enumerate(contact.phones)
    )


def write_article(article: entries.Article) -> None:
    row, _ = models.Article.objects.update_or_create(
        key=article.id,
        defaults={
            "country": article.country or "",
            "stages": list(article.stages),
            "topics": list(article.topics),
            "risk": article.risk,
            "owner": article.owner,
            "every_days": article.review.every_days,
            "last_review": article.review.last,
            "related": list(article.related),
        },
    )
    models.ArticleSource.objects.filter(article=row).delete()
    models.ArticleContact.objects.filter(article=row).delete()
    sources = {source.key: source for source in models.Source.objects.filter(key__in=article.sources)}
    contacts = {contact.key: contact for contact in models.Contact.objects.filter(key__in=article.contacts)}
    models.ArticleSource.objects.bulk_create(
        models.ArticleSource(article=row, source=sources[key], sort_order=order)
        for order, key in enumerate(article.sources)
    )
    models.ArticleContact.objects.bulk_create(
        models.ArticleContact(article=row, contact=contacts[key], sort_order=order)
        for order, key in enumerate(article.contacts)
    )


def write_fact(fact: entries.Fact) -> None:
    article = models.Article.objects.get(key=fact.article_id)
    row, _ = models.Fact.objects.update_or_create(key=fact.key, defaults={"article": article})
    models.FactPeriod.objects.filter(fact=row).delete()
    sources = {
        source.key: source
        for source in models.Source.objects.filter(key__in=[p.source for p in fact.periods])
    }
    models.FactPeriod.objects.bulk_create(
        models.FactPeriod(
            fact=row,
            value=value_as_text(period.value),
            unit=period.unit,
            source=sources[period.source],
            valid_from=period.valid_from,
            valid_until=period.valid_until,
            confidence=period.confidence,
            note=period.note,
        )
        for period in fact.periods
    )


def write_text_row(text: entries.ArticleText) -> None:
    """A new text is published as it is; a changed one gets a revision, so that editors start from it."""
    article = models.Article.objects.get(key=text.article_id)
    row = models.ArticleText.objects.filter(article=article, language=text.language).first()
    fresh = row is None
    row = row or models.ArticleText(article=article, language=text.language, live=True)
    row.title, row.short, row.more = text.title, text.short, text.more
    row.questions = "\n".join(text.questions)
    row.method, row.made_from, row.reviewed = text.method or "", text.made_from or "", text.reviewed
    if fresh:
        row.save()
    else:
        row.save_revision(clean=False).publish()


def _prune(library: Library) -> int:
    """Remove rows that no file has, texts and facts before the articles and sources they hang on."""
    texts = _texts(library)
    gone: list[Any] = [
        row
        for row in models.ArticleText.objects.select_related("article")
        if f"{row.article.key}/{row.language}" not in texts
    ]
    parts: list[tuple[Any, Mapping[str, Any]]] = [
        (models.Fact, library.facts),
        (models.Article, library.articles),
        (models.Contact, library.contacts),
        (models.Source, library.sources),
    ]
    for model, wanted in parts:
        gone += list(model.objects.exclude(key__in=list(wanted)))
    for row in gone:
        row.delete()
    return len(gone)
