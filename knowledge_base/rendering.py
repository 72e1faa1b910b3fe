"""Placeholders filled and figures written out, per language.

Western digits in every language. In right-to-left text a number that begins with + or contains a separator is put
between left-to-right marks (U+200E): after an Arabic letter its signs would otherwise be reordered (UAX #9, rules
W2 and W4). Latin text gets no mark and stays within GSM-7.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from knowledge_base.entries import Contact, FactPeriod, FactValue, localised
from knowledge_base.phones import international, shown
from nlu.languages import fallback_chain, language

if TYPE_CHECKING:
    from knowledge_base.content import Library

LRM = "\u200e"
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
FACT_KEY = re.compile(r"[a-z][a-z0-9_]*")
CONTACT_KEY = re.compile(r"[a-z][a-z0-9-]*")
CONTACT_FIELDS = ("phone", "contact", "url")


class NotRenderable(ValueError):
    """A placeholder cannot be filled; the message says why."""


class UnknownPlaceholder(NotRenderable):
    """No such fact or contact, or the contact lacks what is asked for."""


class NoValueToday(NotRenderable):
    """The fact is known, but no period covers the day."""


def _read(name: str) -> Any:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))


UNITS: Mapping[str, Mapping[str, str | Mapping[str, str]]] = _read("units.yml")
MONTHS: Mapping[str, list[str]] = _read("months.yml")
CURRENCIES: frozenset[str] = frozenset(unit for unit in UNITS if unit.isupper())


@dataclass(frozen=True, slots=True)
class Placeholder:
    """``{fact_key}`` has field "fact"; ``{phone:key}`` has field "phone"."""

    field: str
    key: str


def placeholders(text: str) -> list[Placeholder]:
    """All placeholders in order; an ill-formed one has the field "unknown"."""
    return [_placeholder(match.group(1)) for match in PLACEHOLDER.finditer(text)]


def _placeholder(inner: str) -> Placeholder:
    field, colon, key = inner.partition(":")
    if not colon and FACT_KEY.fullmatch(inner):
        return Placeholder("fact", inner)
    if field in CONTACT_FIELDS and CONTACT_KEY.fullmatch(key):
        return Placeholder(field, key)
    return Placeholder("unknown", inner)


def render(text: str, library: Library, tag: str, today: date) -> str:
    """The text with every placeholder filled and lines that only wrap joined.

    Raises `UnknownPlaceholder` or `NoValueToday` for the first placeholder that cannot be filled.
    """
    filled = PLACEHOLDER.sub(lambda match: _fill(_placeholder(match.group(1)), library, tag, today), text)
    return unwrapped(filled)


def _fill(placeholder: Placeholder, library: Library, tag: str, today: date) -> str:
    if placeholder.field == "fact":
        return _fact(placeholder.key, library, tag, today)
    if placeholder.field == "unknown" or placeholder.key not in library.contacts:
        raise UnknownPlaceholder(f"unknown placeholder {{{placeholder.key}}}")
    contact = library.contacts[placeholder.key]
    if placeholder.field == "url":
        if not contact.url:
            raise UnknownPlaceholder(f"the contact {contact.key!r} has no url")
        return contact.url
    if not contact.phones:
        raise UnknownPlaceholder(f"the contact {contact.key!r} has no phone")
    return first_phone(contact, tag) if placeholder.field == "phone" else contact_line(contact, tag)


def _fact(key: str, library: Library, tag: str, today: date) -> str:
    fact = library.facts.get(key)
    if fact is None:
        raise UnknownPlaceholder(f"unknown fact {{{key}}}")
    period = fact.on(today)
    if period is None:
        raise NoValueToday(f"no value of {key} holds on {today}")
    return format_fact(period, tag)


def unwrapped(text: str) -> str:
    """Paragraphs on one line each, list items on their own lines, one empty line between paragraphs."""
    lines: list[str] = []
    for line in (line.strip() for line in text.strip().splitlines()):
        continues = bool(lines and lines[-1] and line and not LIST_ITEM.match(line))
        if continues:
            lines[-1] += " " + line
        elif line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines)


LIST_ITEM = re.compile(r"(?:[0-9]{1,2}\.|-) ")


def is_rtl(tag: str) -> bool:
    return language(tag).direction == "rtl"


def isolated(number: str, tag: str) -> str:
    """A number as it must stand in the language's text: between left-to-right marks where its signs could move."""
    return f"{LRM}{number}{LRM}" if is_rtl(tag) and not number.isdecimal() else number


def format_fact(period: FactPeriod, tag: str) -> str:
    """The value with its unit: "SAR 1,000", "3 مہینے", "22 November 2026"."""
    if isinstance(period.value, date):
        return format_date(period.value, tag)
    if isinstance(period.value, str):
        return isolated(period.value, tag) if re.search(r"[0-9]", period.value) else period.value
    wording = _wording(period.unit, period.value, tag)
    return wording.replace("{n}", format_number(period.value))


def _wording(unit: str, value: FactValue, tag: str) -> str:
    by_language = UNITS[unit]
    for candidate in fallback_chain(tag):
        if candidate in by_language:
            wording = by_language[candidate]
            if isinstance(wording, str):
                return wording
            return wording["one" if value == 1 else "other"]
    return "{n}"


def format_number(value: int | Decimal) -> str:
    """Thousands separators, as many decimals as were written: "1,000", "2.5"."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,f}"


def format_date(day: date, tag: str) -> str:
    """The date in words: "22 November 2026"."""
    for candidate in fallback_chain(tag):
        if candidate in MONTHS:
            return f"{day.day} {MONTHS[candidate][day.month - 1]} {day.year}"
    return day.isoformat()


def first_phone(contact: Contact, tag: str) -> str:
    return isolated(shown(contact.phones[0], contact.country), tag)


def contact_line(contact: Contact, tag: str) -> str:
    """Name and numbers on one line: "FIA helpline: 1991, 111247786 (from Pakistan)"."""
    name = localised(contact.name, tag)
    return f"{name}: {comma(tag).join(phone_texts(contact, tag))}"


def comma(tag: str) -> str:
    return "، " if is_rtl(tag) else ", "


def phone_texts(contact: Contact, tag: str, *, from_country: str | None = None) -> tuple[str, ...]:
    """Each number ready to show, with its note in brackets.

    ``from_country``: leave out numbers that cannot be called from there (a Pakistani short code in Riyadh).
    """
    usable = [
        phone
        for phone in contact.phones
        if from_country is None
        or contact.country in (None, from_country)
        or international(phone.number, contact.country)
    ]
    return tuple(
        _phone_text(contact, index, tag) for index, phone in enumerate(contact.phones) if phone in usable
    )


def _phone_text(contact: Contact, index: int, tag: str) -> str:
    phone = contact.phones[index]
    number = isolated(shown(phone, contact.country), tag)
    label = f"WhatsApp {number}" if phone.whatsapp else number
    note = localised(phone.note, tag)
    return f"{label} ({note})" if note else label
