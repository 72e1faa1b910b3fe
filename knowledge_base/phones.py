"""Telephone numbers: whether they can be right, and how to show them.

Numbers follow phonenumbers (Google's libphonenumber metadata). Numbers that are reached from anywhere are shown in
E.164 without separators, so that they can be tapped and cannot be reordered; national short, free-phone and
universal numbers stay as they are dialled.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberType

from knowledge_base.entries import Phone

SHORT_CODE_DIGITS = range(2, 7)
# Pakistan's universal access numbers: 111 and six digits, dialled alone inside a city with the service.
_PAKISTAN_UAN = re.compile(r"111\d{6}")
_REACHED_FROM_ABROAD = frozenset(
    {PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
)


def digits_only(number: str) -> str:
    """The number without spaces, hyphens and brackets; a leading + stays."""
    return re.sub(r"[\s().\-/]", "", number)


def _parsed(number: str, country: str | None) -> PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(number, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def is_short_code(number: str) -> bool:
    digits = digits_only(number)
    return digits.isdecimal() and len(digits) in SHORT_CODE_DIGITS


def phone_problem(number: str, country: str | None) -> str | None:
    """Why the number cannot be right, or None."""
    dialled = digits_only(number)
    if not re.fullmatch(r"\+?[0-9]+", dialled):
        return f"{number!r} is not a telephone number"
    if dialled.startswith("+"):
        return None if _parsed(dialled, None) else f"{number!r} is not a valid international number"
    if country is None:
        return f"{number!r} has no country: a contact that serves everywhere needs +"
    if is_short_code(dialled) or (country == "pk" and _PAKISTAN_UAN.fullmatch(dialled)):
        return None
    return None if _parsed(dialled, country) else f"{number!r} is not a valid number in {country!r}"


def international(number: str, country: str | None) -> str | None:
    """E.164 if the number can be called from another country, else None (short codes, free-phone numbers)."""
    dialled = digits_only(number)
    parsed = _parsed(dialled, country)
    if parsed is None or (country == "pk" and _PAKISTAN_UAN.fullmatch(dialled)):
        return None
    if dialled.startswith("+") or phonenumbers.number_type(parsed) in _REACHED_FROM_ABROAD:
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return None


def shown(phone: Phone, country: str | None) -> str:
    """How the number is shown: E.164 if it works from anywhere, else as dialled in its country."""
    return international(phone.number, country) or digits_only(phone.number)
