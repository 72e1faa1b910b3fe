"""The library: everything that was published at one moment, and the questions one asks it.

Nothing here reads a file, a database or a clock: "today" is an argument.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from typing import Any

from knowledge_base import answers
from knowledge_base.answers import Answer, ContactCard, Withheld
from knowledge_base.entries import (
    Article,
    ArticleText,
    Contact,
    Fact,
    FactPeriod,
    Phone,
    Review,
    Source,
    UnknownArticle,
    localised,
)
from knowledge_base.vocabulary import TRUSTED, TranslationState

__all__ = [
    "Answer",
    "Article",
    "ArticleText",
    "Contact",
    "ContactCard",
    "Fact",
    "FactPeriod",
    "Library",
    "Phone",
    "Review",
    "Source",
    "TranslationState",
    "UnknownArticle",
    "Withheld",
    "localised",
]


@dataclass(frozen=True)
class Library:
    """Everything that was published at one moment."""

    articles: Mapping[str, Article]
    contacts: Mapping[str, Contact]
    sources: Mapping[str, Source]
    facts: Mapping[str, Fact]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the whole content, independent of the order in which it was read."""
        parts: list[Mapping[str, Any]] = [self.articles, self.contacts, self.sources, self.facts]
        plain = [{key: asdict(value) for key, value in part.items()} for part in parts]
        return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()

    def article(self, article_id: str) -> Article:
        try:
            return self.articles[article_id]
        except KeyError:
            raise UnknownArticle(f"no article {article_id!r} in the library") from None

    def title(self, article_id: str, language: str) -> str:
        """The title in the language in which the article would be answered; "" for an article without any text."""
        text = self.article(article_id).text_for(language)
        return text.title if text else ""

    def questions(self, article_id: str) -> dict[str, list[str]]:
        """The questions people ask, by language tag."""
        return {tag: list(text.questions) for tag, text in self.article(article_id).texts.items()}

    def titles(self, article_id: str) -> dict[str, str]:
        return {tag: text.title for tag, text in self.article(article_id).texts.items()}

    def topic_of(self, article_id: str) -> str | None:
        return self.article(article_id).topic

    def articles_on(self, topic: str) -> dict[str, str]:
        """Country code -> article id of the articles that answer the same topic in different countries."""
        return dict(sorted(self._by_topic.get(topic, {}).items()))

    def countries_of(self, topic: str) -> tuple[str, ...]:
        """Countries that have an article on the topic (``passport``), sorted."""
        return tuple(self.articles_on(topic))

    @cached_property
    def _by_topic(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for article in self.articles.values():
            if article.topic is not None and article.country is not None:
                found.setdefault(article.topic, {})[article.country] = article.id
        return found

    def facts_of(self, article_id: str) -> Iterator[Fact]:
        """The facts that the article defines."""
        return (fact for fact in self.facts.values() if fact.article_id == article_id)

    def urgent_contacts(self, country: str | None, kind: str) -> list[Contact]:
        """The trusted contacts with a phone for an emergency in exactly this country, first to call first."""
        fitting = [
            contact
            for contact in self.contacts.values()
            if contact.country == country
            and kind in contact.urgent
            and contact.confidence in TRUSTED
            and contact.phones
        ]
        return sorted(fitting, key=lambda contact: (contact.urgent[kind], contact.key))

    def answer(self, article_id: str, language: str, today: date) -> Answer | Withheld:
        """The article in the language (or the next of its fallback chain), every figure filled in as of today.

        Withheld when a figure has no value today. Raises `UnknownArticle`.
        """
        return answers.answer(self, article_id, language, today)

    def emergency_contacts(self, country: str | None, kind: str, language: str) -> tuple[ContactCard, ...]:
        """Whom to call in an emergency of this kind, first to call first; never a low or doubtful number.

        The country's own contacts, then the Pakistan-side ones that can be called from there, then the international
        ones. Where the country has none of this kind, its own numbers for plain ``danger`` stand in: first where minutes
        count (danger, medical), else last.
        """
        return answers.emergency_contacts(self, country, kind, language)

    def contact_card(self, key: str, language: str, country: str | None = None) -> ContactCard:
        """One contact ready to show to a person who is in ``country``. Raises `KeyError`."""
        return answers.contact_card(self.contacts[key], language, from_country=country)
