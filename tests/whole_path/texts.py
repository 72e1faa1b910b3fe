"""What the tests ask, and how they tell that an answer is the right one: looked at from outside, as a person would."""

from __future__ import annotations

import re
from datetime import date

from bot.phrases import say
from knowledge_base.rendering import format_date

QUESTIONS = {
    "en": "my sponsor took my passport in Riyadh, what can I do?",
    "ur-Latn": "kafeel ne mera passport rakh liya hai riyadh mein kya karun",
    "ur": "ریاض میں کفیل نے میرا پاسپورٹ رکھ لیا ہے، کیا کروں؟",
}
ARTICLE = "sa/passport"
LABOUR_HOTLINE = "19911"
EMERGENCIES = {
    "en": "I am in Riyadh, my employer is beating me right now, help",
    "ur-Latn": "main riyadh mein hoon kafeel mujhe maar raha hai bachao",
    "ur": "میں ریاض میں ہوں، کفیل مجھے مار رہا ہے، بچاؤ",
}
EMERGENCY_NUMBER = "911"  # the police's in Riyadh
MADE_UP_PAYLOADS = (
    '/choose{"article":"no/such"}',
    '/choose{"article":["sa/passport"]}',
    '/choose{"article":null}',
    '/choose{"text":"x"}',
    "/choose{broken}",
    '/change_language{"requested_language":"xx"}',
    '/change_language{"requested_language":["ur"]}',
    '/inform_country{"country":"zz"}',
    '/inform_country{"country":["sa"]}',
    '/browse{"group":"no-such"}',
    '/browse{"group":7}',
    "/session_start",
    "/no_such_intent",
)
# Words that every longer text in the language holds, and no text in the others.
_HALLMARKS = {
    "en": r"\b(?:the|your|you)\b",
    "ur-Latn": r"\b(?:aap|hain|karein|mein)\b",
    "ur": r"\b(?:آپ|ہیں|کریں|میں)\b",
}
_ARABIC = re.compile(r"[\u0600-\u06FF]")
_LATIN = re.compile(r"[A-Za-z]")


def is_in(text: str, tag: str) -> bool:
    """Whether a text of a sentence or more is in the language and its script."""
    others = [pattern for other, pattern in _HALLMARKS.items() if other != tag]
    return (
        is_in_script_of(text, tag)
        and bool(re.search(_HALLMARKS[tag], text, re.IGNORECASE))
        and not any(re.search(pattern, text, re.IGNORECASE) for pattern in others)
    )


def is_in_script_of(text: str, tag: str) -> bool:
    """Names and addresses in Latin letters may stand in an Urdu text, but no Arabic letter in a Latin one."""
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    return arabic > latin if tag == "ur" else latin > 0 and not arabic


def source_line(text: str, tag: str, checked: date) -> str | None:
    """The line that names the source and the day it was checked, in the person's language; None if there is none."""
    word = say("source", tag, publisher="", date="").split(":")[0]
    day = format_date(checked, tag)
    return next(
        (line for line in text.splitlines() if line.lstrip("\u2067\u2068").startswith(word) and day in line),
        None,
    )


def first_number(text: str) -> str | None:
    """The first number that could be dialled: what somebody in danger will call."""
    found = re.search(r"(?<![\d+])\d{3,}", text)
    return found[0] if found else None
