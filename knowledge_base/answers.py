"""The answer to a question, ready to show: an article's text in the person's language with every figure filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from knowledge_base.entries import ArticleText, Contact, Source, localised
from knowledge_base.rendering import NotRenderable, comma, phone_texts, placeholders, render
from knowledge_base.vocabulary import TranslationState

if TYPE_CHECKING:
    from knowledge_base.content import Library

PAKISTAN = "pk"
EVERYWHERE = None


@dataclass(frozen=True)
class Answer:
    """``language`` is the language of the text, ``requested_language`` the one asked for; they differ after a fallback."""

    article_id: str
    language: str
    requested_language: str
    title: str
    short: str
    more: str
    sources: tuple[Source, ...]
    checked: date
    state: TranslationState
    overdue: bool
    related: tuple[str, ...]
    contacts: tuple[str, ...]
    risk: str


@dataclass(frozen=True)
class Withheld:
    """The article exists but must not be shown today; ``reason`` is for staff."""

    article_id: str
    reason: str


@dataclass(frozen=True)
class ContactCard:
    """A contact ready to show. ``numbers`` already carry their notes and direction marks; ``note`` is the hours."""

    key: str
    name: str
    country: str | None
    numbers: tuple[str, ...]
    note: str = ""
    url: str = ""


def answer(library: Library, article_id: str, language: str, today: date) -> Answer | Withheld:
    """See `Library.answer`."""
    article = library.article(article_id)
    text = article.text_for(language)
    if text is None:
        return Withheld(article_id, "no language of the fallback chain has a text")
    try:
        short = render(text.short, library, text.language, today)
        more = render(text.more, library, text.language, today)
    except NotRenderable as problem:
        return Withheld(article_id, str(problem))
    return Answer(
        article_id=article_id,
        language=text.language,
        requested_language=language,
        title=text.title,
        short=short,
        more=more,
        sources=_sources(library, text, today),
        checked=article.review.last,
        state=article.state(text.language),
        overdue=article.review.due < today,
        related=tuple(other for other in article.related if other in library.articles),
        contacts=_contacts(library, text),
        risk=article.risk,
    )


def _sources(library: Library, text: ArticleText, today: date) -> tuple[Source, ...]:
    """The article's own sources, then those of the figures in the text."""
    keys = list(library.article(text.article_id).sources)
    for placeholder in placeholders(text.short + text.more):
        if placeholder.field == "fact" and (period := library.facts[placeholder.key].on(today)):
            keys.append(period.source)
    return tuple(library.sources[key] for key in dict.fromkeys(keys) if key in library.sources)


def _contacts(library: Library, text: ArticleText) -> tuple[str, ...]:
    keys = list(library.article(text.article_id).contacts)
    keys += [found.key for found in placeholders(text.short + text.more) if found.field != "fact"]
    return tuple(key for key in dict.fromkeys(keys) if key in library.contacts)


def contact_card(contact: Contact, language: str, *, from_country: str | None = None) -> ContactCard:
    """The contact in the language; numbers that cannot be called from ``from_country`` are left out."""
    return ContactCard(
        key=contact.key,
        name=localised(contact.name, language),
        country=contact.country,
        numbers=phone_texts(contact, language, from_country=from_country),
        note=localised(contact.hours, language),
        url=contact.url,
    )


# Where minutes count, police or ambulance stand in first. Elsewhere they stand in last: abroad, somebody without papers, or
# who tried to take their life, has been arrested or deported after calling them.
HURRIED = frozenset({"danger", "medical"})


def emergency_contacts(
    library: Library, country: str | None, kind: str, language: str
) -> tuple[ContactCard, ...]:
    """See `Library.emergency_contacts`."""
    places = dict.fromkeys([country or PAKISTAN, PAKISTAN, EVERYWHERE])
    tiers = [_callable_cards(library, place, kind, language, country) for place in places]
    if not tiers[0]:  # nobody there for this kind: the country's own danger numbers stand in
        stand_in = _callable_cards(library, next(iter(places)), "danger", language, country)
        tiers = [stand_in, *tiers] if kind in HURRIED else [*tiers, stand_in]
    return tuple({card.key: card for tier in tiers for card in tier}.values())


def _callable_cards(
    library: Library, place: str | None, kind: str, language: str, country: str | None
) -> list[ContactCard]:
    cards = [
        contact_card(found, language, from_country=country) for found in library.urgent_contacts(place, kind)
    ]
    return [card for card in cards if card.numbers]


def join_numbers(card: ContactCard, language: str) -> str:
    """The card's numbers on one line."""
    return comma(language).join(card.numbers)
