"""The shape of the content files, as pydantic models, and their conversion to plain values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import phonenumbers
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from knowledge_base import entries
from knowledge_base.rendering import FACT_KEY, UNITS
from knowledge_base.vocabulary import (
    HELPS_WITH,
    STAGES,
    Confidence,
    ContactKind,
    HelpsWith,
    Risk,
    Role,
    SourceKind,
    Stage,
    TranslationMethod,
    UrgentKind,
)
from nlu.languages import LANGUAGES

COUNTRIES: frozenset[str] = frozenset(region.lower() for region in phonenumbers.SUPPORTED_REGIONS)
ARTICLE_ID = re.compile(r"[a-z][a-z0-9-]*/[a-z0-9-]+")
NUMBER_UNITS: frozenset[str] = frozenset(UNITS) - {"date", "time", "text"}
PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def _partial_date(value: Any) -> Any:
    """A date, "2025-11" or "2025" (quoted or not) as text."""
    if isinstance(value, bool):
        return value
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, int) else value


def _checked_partial_date(value: str) -> str:
    if not PARTIAL_DATE.fullmatch(value):
        raise ValueError("must be YYYY-MM-DD, YYYY-MM or YYYY")
    return value


def _known_country(value: str) -> str:
    if value not in COUNTRIES:
        raise ValueError(f"unknown country {value!r}: use the ISO 3166-1 code in lower case, such as sa")
    return value


def _known_tag(value: str) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"unknown language {value!r}: use one of {', '.join(LANGUAGES)}")
    return value


PartialDate = Annotated[str, BeforeValidator(_partial_date), AfterValidator(_checked_partial_date)]
Country = Annotated[str, AfterValidator(_known_country)]
Tag = Annotated[str, AfterValidator(_known_tag)]
Words = Annotated[str, Field(min_length=1)]


def in_order(words: Iterable[str], vocabulary: Sequence[str]) -> tuple[str, ...]:
    """The words once each, in the order of their closed list: as the console's tick boxes give them."""
    return tuple(sorted(set(words), key=vocabulary.index))


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SourceEntry(_Model):
    title: Words
    publisher: Words
    kind: SourceKind
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None
    published: PartialDate | None
    seen: date
    note: str = ""

    def plain(self, key: str, area: str) -> entries.Source:
        return entries.Source(key=key, area=area, url=self.url or "", **self.model_dump(exclude={"url"}))


class PhoneEntry(_Model):
    number: Words
    note: dict[Tag, Words] = {}
    whatsapp: bool = False

    def plain(self) -> entries.Phone:
        return entries.Phone(**self.model_dump())


class ContactEntry(_Model):
    name: Annotated[dict[Tag, Words], Field(min_length=1)]
    country: Country | None
    kind: ContactKind
    phones: list[PhoneEntry] = []
    email: str | None = None
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    hours: dict[Tag, Words] = {}
    languages: list[Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?$")]] = []
    helps_with: Annotated[list[HelpsWith], Field(min_length=1)]
    urgent: dict[UrgentKind, Annotated[int, Field(ge=1)]] = {}
    source: Words
    as_of: PartialDate
    confidence: Confidence
    note: str = ""

    def plain(self, key: str, area: str) -> entries.Contact:
        rest = self.model_dump(exclude={"phones", "email", "url", "languages", "helps_with"})
        return entries.Contact(
            key=key,
            area=area,
            phones=tuple(phone.plain() for phone in self.phones),
            email=self.email or "",
            url=self.url or "",
            languages=tuple(self.languages),
            helps_with=in_order(self.helps_with, HELPS_WITH),
            **rest,
        )


class PeriodEntry(_Model):
    value: Any
    unit: str
    source: Words
    valid_from: date
    valid_until: date | None
    confidence: Confidence
    note: str = ""

    @field_validator("unit")
    @classmethod
    def _unit_known(cls, unit: str) -> str:
        if unit not in UNITS:
            raise ValueError(f"unknown unit {unit!r}: use one of {', '.join(UNITS)}")
        return unit

    @model_validator(mode="after")
    def _value_fits(self) -> PeriodEntry:
        problem = value_problem(self.value, self.unit)
        if problem:
            raise ValueError(problem)
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until is before valid_from")
        return self

    def plain(self) -> entries.FactPeriod:
        return entries.FactPeriod(**self.model_dump())


def value_problem(value: Any, unit: str) -> str | None:
    """Why the value cannot have the unit, or None."""
    if unit in NUMBER_UNITS and (isinstance(value, bool) or not isinstance(value, int | Decimal)):
        return f"the unit {unit} needs a number without quotes, not {value!r}"
    if unit == "date" and not isinstance(value, date):
        return f"the unit date needs a date such as 2026-11-22, not {value!r}"
    if unit == "time" and not (isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value)):
        return f"the unit time needs a time such as 12:30, not {value!r}"
    if unit == "text" and not isinstance(value, str):
        return f"the unit text needs a value in quotes, not {value!r}"
    return None


class ReviewEntry(_Model):
    every_days: Annotated[int, Field(ge=1)]
    last: date


class ArticleEntry(_Model):
    id: Annotated[str, Field(pattern=f"^{ARTICLE_ID.pattern}$")]
    country: Country | None
    stages: Annotated[list[Stage], Field(min_length=1)]
    topics: Annotated[list[Words], Field(min_length=1)]
    risk: Risk
    owner: Role
    review: ReviewEntry
    sources: list[Words]
    facts: dict[
        Annotated[str, Field(pattern=f"^{FACT_KEY.pattern}$")],
        Annotated[list[PeriodEntry], Field(min_length=1)],
    ] = {}
    contacts: list[Words] = []
    related: list[Words] = []

    def plain(self, texts: dict[str, entries.ArticleText]) -> entries.Article:
        return entries.Article(
            id=self.id,
            country=self.country,
            stages=in_order(self.stages, STAGES),
            topics=tuple(self.topics),
            risk=self.risk,
            owner=self.owner,
            review=entries.Review(self.review.every_days, self.review.last),
            sources=tuple(self.sources),
            contacts=tuple(self.contacts),
            related=tuple(self.related),
            texts=texts,
        )

    def plain_facts(self) -> dict[str, entries.Fact]:
        return {
            key: entries.Fact(key, self.id, tuple(period.plain() for period in periods))
            for key, periods in self.facts.items()
        }


class TranslationEntry(_Model):
    method: TranslationMethod
    of: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")] | None = None
    reviewed: date | None = None


class WeakClaimEntry(_Model):
    claim: Words
    source: Words
    confidence: Confidence


class FactCheckEntry(_Model):
    checked: date
    corrected: list[Words] = []
    single_source: list[WeakClaimEntry] = []

    def plain(self, key: str, area: str) -> entries.FactCheck:
        return entries.FactCheck(
            article_id=key,
            area=area,
            checked=self.checked,
            corrected=tuple(self.corrected),
            single_source=tuple(entries.WeakClaim(**one.model_dump()) for one in self.single_source),
        )


class FrontMatter(_Model):
    title: Words
    questions: list[Words]
    translation: TranslationEntry | None = None
