"""What staff edit: articles, their texts, facts, contacts and sources. `knowledge_base.rows` turns rows into plain values.

A text has drafts, revisions, review and locking; all else takes effect when it is saved, with its history kept.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from knowledge_base import vocabulary
from knowledge_base.entries import Review
from knowledge_base.fields import LocalTextField, RanksField, WordsField
from knowledge_base.forms import ArticleTextForm, ContactForm
from knowledge_base.rendering import CONTACT_KEY, FACT_KEY, UNITS
from knowledge_base.schema import ARTICLE_ID, COUNTRIES, PARTIAL_DATE
from knowledge_base.text_format import tidy
from nlu.languages import LANGUAGES


def _choices(words: Any) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


def country_choices() -> list[tuple[str, str]]:
    return _choices(sorted(COUNTRIES))


def unit_choices() -> list[tuple[str, str]]:
    return _choices(UNITS)


def language_choices() -> list[tuple[str, str]]:
    return [(tag, language.name) for tag, language in LANGUAGES.items()]


def _key(pattern: Any, example: str) -> dict[str, Any]:
    return {
        "max_length": 120,
        "unique": True,
        "validators": [RegexValidator(f"^{pattern.pattern}$", f"write it like {example}")],
    }


def _area(folder: str) -> models.SlugField[str, str]:
    return models.SlugField(
        max_length=60, help_text=f"the file in {folder}/ that it is exported to, such as pk"
    )


_PARTIAL_DATE = RegexValidator(f"^{PARTIAL_DATE.pattern}$", "write YYYY-MM-DD, YYYY-MM or YYYY")


def refuse_new_key(row: Any) -> None:
    """Texts, links and figures name an entry by its key: it is for ever. Raises `ValidationError`."""
    was = type(row).objects.filter(pk=row.pk).values_list("key", flat=True).first()
    if was is not None and was != row.key:
        raise ValidationError({"key": f"Texts, links and figures name it {was}; make a new entry instead."})


class ContentVersion(models.Model):
    """One row whose number grows with every change of what is published."""

    number = models.PositiveBigIntegerField(default=0)

    @classmethod
    def bump(cls) -> None:
        cls.objects.get_or_create(pk=1)
        cls.objects.filter(pk=1).update(number=F("number") + 1)

    @classmethod
    def current(cls) -> int:
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0


class ImportedEntry(models.Model):
    """What `import_articles` last wrote: name ("contact sa-embassy-riyadh") and digest of the entry."""

    name = models.CharField(max_length=200, unique=True)
    digest = models.CharField(max_length=64)


# modelcluster is untyped and hides the managers of the rows that point here.
class Source(RevisionMixin, models.Model):  # type: ignore[django-manager-missing]
    """Where a statement comes from."""

    key = models.CharField(**_key(CONTACT_KEY, "pk-beoe-fees-2026"))
    area = _area("sources")
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=_choices(vocabulary.SOURCE_KINDS))
    url = models.URLField(max_length=500, blank=True)
    published = models.CharField(
        max_length=10,
        blank=True,
        validators=[_PARTIAL_DATE],
        help_text="the date on the page; 2025-11 will do",
    )
    seen = models.DateField(help_text="the day it was last read for us")
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["key"]

    def clean(self) -> None:
        super().clean()
        refuse_new_key(self)

    def __str__(self) -> str:
        return f"{self.publisher}: {self.title}"


class Contact(RevisionMixin, ClusterableModel):
    """Whom to call."""

    key = models.CharField(**_key(CONTACT_KEY, "sa-embassy-riyadh"))
    area = _area("contacts")
    name = LocalTextField()
    country = models.CharField(
        max_length=2, blank=True, choices=country_choices, help_text="where it serves; empty = everywhere"
    )
    kind = models.CharField(max_length=20, choices=_choices(vocabulary.CONTACT_KINDS))
    email = models.EmailField(blank=True)
    url = models.URLField(max_length=500, blank=True)
    hours = LocalTextField(blank=True)
    languages = WordsField(
        blank=True, help_text="language tags separated by commas, only if a source says so"
    )
    helps_with = WordsField(vocabulary=vocabulary.HELPS_WITH)
    urgent = RanksField(blank=True, help_text="1 = shown first in this kind of emergency; empty = not shown")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="contacts")
    as_of = models.CharField(
        max_length=10,
        validators=[_PARTIAL_DATE],
        help_text="date of the evidence: 2023, 2023-12 or 2023-12-31",
    )
    confidence = models.CharField(max_length=10, choices=_choices(vocabulary.CONFIDENCES))
    note = models.TextField(blank=True, help_text="for staff")
    base_form_class = ContactForm

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return str(self.name.get("en") or self.key)

    @property
    def numbers(self) -> str:
        return ", ".join(phone.number for phone in self.phones.all())

    def clean(self) -> None:
        from knowledge_base.editing import check_contact_row

        super().clean()
        refuse_new_key(self)
        check_contact_row(self)


class ContactPhone(Orderable):
    contact = ParentalKey(Contact, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(
        max_length=30, help_text="as dialled in that country, or with + and country code"
    )
    whatsapp = models.BooleanField(default=False)
    note = LocalTextField(blank=True)


class Article(RevisionMixin, ClusterableModel):
    """What is true of an article in every language."""

    key = models.CharField("id", **_key(ARTICLE_ID, "sa/passport"))
    country = models.CharField(
        max_length=2, blank=True, choices=country_choices, help_text="empty = holds everywhere"
    )
    stages = WordsField(vocabulary=vocabulary.STAGES)
    topics = WordsField(help_text="separated by commas")
    risk = models.CharField(
        max_length=10,
        choices=_choices(vocabulary.RISKS),
        help_text="high: freedom, health, life or savings hang on it",
    )
    owner = models.CharField(max_length=30, choices=_choices(vocabulary.ROLES))
    every_days = models.PositiveIntegerField(
        "review every (days)",
        validators=[MinValueValidator(1)],
        help_text="fees and phones 90, laws 180, the rest 365",
    )
    last_review = models.DateField("last reviewed")
    review_due = models.DateField(editable=False)
    related = WordsField(blank=True, help_text="ids of other articles, separated by commas")

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        super().clean()
        refuse_new_key(self)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.review_due = Review(self.every_days, self.last_review).due
        super().save(*args, **kwargs)

    @property
    def review_status(self) -> str:
        return f"{'overdue since' if self.review_due < timezone.localdate() else 'due'} {self.review_due}"


class ArticleSource(Orderable):
    article = ParentalKey(Article, on_delete=models.CASCADE, related_name="sources")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="articles")


class ArticleContact(Orderable):
    article = ParentalKey(Article, on_delete=models.CASCADE, related_name="contacts")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="articles")


class Fact(RevisionMixin, ClusterableModel):
    """A dated figure: ``{key}`` in any article's text."""

    key = models.CharField(**_key(FACT_KEY, "sa_passport_fine"))
    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="facts",
        help_text="the article whose owner keeps it right",
    )

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        super().clean()
        refuse_new_key(self)

    @property
    def value_now(self) -> str:
        today = timezone.localdate()
        holding = [one for one in self.periods.all() if one.holds_on(today)]
        return f"{holding[-1].value} {holding[-1].unit}" if holding else "no value: articles withheld"


class FactPeriod(models.Model):
    """A value and when it holds. Never change an old one: close it and add the next."""

    fact = ParentalKey(Fact, on_delete=models.CASCADE, related_name="periods")
    value = models.CharField(
        max_length=200, help_text="a number, a date (2026-11-22), a time (12:30) or a text"
    )
    unit = models.CharField(max_length=20, choices=unit_choices)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="fact_periods")
    valid_from = models.DateField(help_text="first day on which it holds")
    valid_until = models.DateField(null=True, blank=True, help_text="last day; empty = no known end")
    confidence = models.CharField(max_length=10, choices=_choices(vocabulary.CONFIDENCES))
    note = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["valid_from", "pk"]

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def clean(self) -> None:
        from knowledge_base.editing import check_period_row

        super().clean()
        check_period_row(self)


class ArticleText(
    PreviewableMixin, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model
):
    """An article in one language. The row holds what is published; drafts are revisions."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=20, choices=language_choices)
    title = models.CharField(max_length=200, help_text="at most 60 characters, the telling word first")
    questions = models.TextField(help_text="8 to 30, one per line, as real people type them")
    short = models.TextField(
        "short answer", help_text="what to do first; at most 2 SMS parts, 3 when risk is high"
    )
    more = models.TextField(help_text="about 120 words; steps as 1. lists, other lists with -")
    method = models.CharField(
        "made by",
        max_length=10,
        blank=True,
        choices=_choices(vocabulary.TRANSLATION_METHODS),
        help_text="empty for English",
    )
    made_from = models.CharField(max_length=12, blank=True, editable=False)
    reviewed = models.DateField(null=True, blank=True, help_text="the day a native reader approved it")
    digest = models.CharField(max_length=12, editable=False)
    draft_may_be_unfinished = False
    base_form_class = ArticleTextForm

    class Meta:
        ordering: ClassVar = ["article__key", "language"]
        verbose_name = "text"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "language"], name="one_text_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.article.key} ({self.language}): {self.title}"

    def clean(self) -> None:
        from knowledge_base.editing import check_text_row

        super().clean()
        self._tidy()
        if not self.draft_may_be_unfinished:
            check_text_row(self)

    def _tidy(self) -> None:
        self.short, self.more = tidy(self.short), tidy(self.more)
        self.questions = "\n".join(line.strip() for line in self.questions.splitlines() if line.strip())

    def save(self, *args: Any, **kwargs: Any) -> None:
        from knowledge_base.rows import text_from_row

        if kwargs.get("update_fields") is None:  # else Wagtail notes a draft, and the row stays as published
            self.digest = text_from_row(self).digest
        super().save(*args, **kwargs)

    @property
    def review_status(self) -> str:
        return self.article.review_status

    @property
    def is_master(self) -> bool:
        return self.language == vocabulary.MASTER_LANGUAGE

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        return [("chat", "As people see it")]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from knowledge_base.editing import preview_of

        return render(request, "knowledge_base/preview.html", preview_of(self))
