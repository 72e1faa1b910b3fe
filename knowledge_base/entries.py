"""What we know, as plain values: articles with their texts, facts, contacts and sources."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from knowledge_base.vocabulary import MASTER_LANGUAGE, TranslationState
from nlu.languages import fallback_chain, language

FactValue = int | Decimal | date | str
LocalText = Mapping[str, str]
"""A text per language tag; `localised` chooses."""


class UnknownArticle(KeyError):
    """No article with this id."""


@dataclass(frozen=True)
class Source:
    """Where a statement comes from. ``published`` is the date on the page ("2025-11" allowed), ``seen`` when we read it.

    ``area`` is the file it stands in (``sources/<area>.yml``), here and in `Contact`.
    """

    key: str
    area: str
    title: str
    publisher: str
    kind: str
    url: str
    published: str | None
    seen: date
    note: str = ""


@dataclass(frozen=True)
class Phone:
    """``number`` as dialled in the contact's country, or E.164 with +."""

    number: str
    note: LocalText = field(default_factory=dict)
    whatsapp: bool = False


@dataclass(frozen=True)
class Contact:
    """Whom to call. ``country`` (ISO 3166-1, lower case) is where it serves, None = everywhere."""

    key: str
    area: str
    name: LocalText
    country: str | None
    kind: str
    source: str
    as_of: str
    confidence: str
    phones: tuple[Phone, ...] = ()
    email: str = ""
    url: str = ""
    hours: LocalText = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    helps_with: tuple[str, ...] = ()
    urgent: Mapping[str, int] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class FactPeriod:
    """A value and the days on which it holds, both ends included; ``valid_until`` None = no known end."""

    value: FactValue
    unit: str
    source: str
    valid_from: date
    valid_until: date | None
    confidence: str
    note: str = ""

    def covers(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True)
class Fact:
    """A dated figure, defined in one article (``article_id``) and usable in all."""

    key: str
    article_id: str
    periods: tuple[FactPeriod, ...]

    def on(self, day: date) -> FactPeriod | None:
        """The period that covers the day; the one written last if several do."""
        return next((period for period in reversed(self.periods) if period.covers(day)), None)


@dataclass(frozen=True)
class ArticleText:
    """An article in one language, placeholders unfilled.

    ``made_from`` is the digest of the master text a translation was made of (`digest`), ``reviewed`` the day a
    native reader approved it.
    """

    article_id: str
    language: str
    title: str
    questions: tuple[str, ...]
    short: str
    more: str
    method: str | None = None
    made_from: str | None = None
    reviewed: date | None = None

    @cached_property
    def digest(self) -> str:
        """First 12 hex digits of the SHA-256 of title and body, whitespace normalised."""
        words = " ".join(f"{self.title} {self.short} {self.more}".split())
        return hashlib.sha256(words.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Review:
    every_days: int
    last: date

    @property
    def due(self) -> date:
        return self.last + timedelta(days=self.every_days)


@dataclass(frozen=True)
class Article:
    """What is true of an article in every language, and its texts by tag. The facts are in `Library.facts`."""

    id: str
    country: str | None
    stages: tuple[str, ...]
    topics: tuple[str, ...]
    risk: str
    owner: str
    review: Review
    sources: tuple[str, ...]
    contacts: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    texts: Mapping[str, ArticleText] = field(default_factory=dict)

    @property
    def topic(self) -> str | None:
        """``passport`` for ``sa/passport``: what the same article of another country shares; else None."""
        head, _, tail = self.id.partition("/")
        return tail if self.country is not None and head == self.country else None

    @property
    def master(self) -> ArticleText | None:
        return self.texts.get(MASTER_LANGUAGE)

    def state(self, language: str) -> TranslationState:
        text = self.texts.get(language)
        if text is None:
            return TranslationState.MISSING
        if language == MASTER_LANGUAGE:
            return TranslationState.REVIEWED if text.reviewed else TranslationState.MACHINE
        if self.master is not None and text.made_from != self.master.digest:
            return TranslationState.OUTDATED
        if text.method == "machine" and text.reviewed is None:
            return TranslationState.MACHINE
        return TranslationState.REVIEWED

    def text_for(self, language: str) -> ArticleText | None:
        """The text to serve: the language's own, else the next in its fallback chain.

        An outdated translation of a high-risk article is passed over: a stale step can cost somebody's freedom.
        """
        for tag in fallback_chain(language):
            stale = self.risk == "high" and self.state(tag) is TranslationState.OUTDATED
            if tag in self.texts and not stale:
                return self.texts[tag]
        return self.master


@dataclass(frozen=True)
class WeakClaim:
    """A sentence that hangs on the one source named, of less than high confidence."""

    claim: str
    source: str
    confidence: str


@dataclass(frozen=True)
class FactCheck:
    """What somebody who did not write the article found when comparing it with its sources."""

    article_id: str
    area: str
    checked: date
    corrected: tuple[str, ...] = ()
    single_source: tuple[WeakClaim, ...] = ()


def localised(texts: LocalText, tag: str) -> str:
    """The text in the language, else of its fallback chain, else any; "" if there is none.

    Languages of the same script come first: a name in Urdu letters inside Roman Urdu breaks the line's direction and
    makes every SMS part hold 67 letters instead of 153.
    """
    chain = (*fallback_chain(tag), MASTER_LANGUAGE)
    script = language(tag).script
    for candidate in sorted(chain, key=lambda one: language(one).script != script):
        if candidate in texts:
            return texts[candidate]
    return next(iter(texts.values()), "")
