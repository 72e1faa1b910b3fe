"""What the chat page shows: its own words in every language, and one exchange for browsers without JavaScript."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpRequest

from channels.conversations import Exchange
from channels.models import buttons_json
from channels.web.api import sources_json
from nlu.languages import LANGUAGES

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Where "leave quickly" goes: a page that nobody wonders about.
QUICK_EXIT_URL = "https://www.google.com/search?q=weather"
SHOWN_SOURCES = 2  # the others are folded; as in channels/static/channels/chat.js
_WORDS_FILE = Path(__file__).with_name("words.yml")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """{language tag: {key: text}} of the page's own words."""
    table: dict[str, dict[str, str]] = yaml.safe_load(_WORDS_FILE.read_text(encoding="utf-8"))
    return table


def language_of(request: HttpRequest) -> str:
    """The page's language: asked for in the address, else the browser's, else the installation's."""
    asked = request.GET.get("language", "")
    if asked in LANGUAGES:
        return asked
    for tag in re.findall(r"[A-Za-z-]+(?=[;,]|$)", request.headers.get("Accept-Language", "")[:200]):
        if found := _closest(tag):
            return found
    return str(settings.SAFAR.default_language)


def _closest(browser_tag: str) -> str | None:
    """ "ur-PK" is Urdu; "pa" and "pa-PK" are Punjabi in Shahmukhi here, "pa-Guru" is not."""
    folded = browser_tag.lower()
    by_tag = {tag.lower(): tag for tag in LANGUAGES}
    base = folded.split("-")[0]
    return (
        by_tag.get(folded)
        or by_tag.get(base)
        or (by_tag.get(f"{base}-arab") if folded in (base, f"{base}-pk") else None)
    )


def context(
    language: str, conversation: str = "", asked: str = "", exchange: Exchange | None = None, error: str = ""
) -> dict[str, Any]:
    """The template's values."""
    return {
        "language": LANGUAGES[language],
        "languages": list(LANGUAGES.values()),
        "words": words()[language],
        "conversation": conversation or secrets.token_urlsafe(18),
        "asked": asked,
        "answer": _answer(exchange) if exchange else None,
        "error": error,
        "quick_exit_url": QUICK_EXIT_URL,
        "page_data": {
            "words": words(),
            "languages": {
                tag: {"direction": one.direction, "name": one.native_name} for tag, one in LANGUAGES.items()
            },
        },
    }


def _answer(exchange: Exchange) -> dict[str, Any]:
    sources = sources_json(exchange.reply.sources)
    return {
        "language": LANGUAGES[exchange.reply.language],
        "words": words()[exchange.reply.language],
        "messages": [
            {"text": payload.text, "buttons": buttons_json(payload.buttons)} for payload in exchange.payloads
        ],
        "sources": sources[:SHOWN_SOURCES],
        "more_sources": sources[SHOWN_SOURCES:],
    }


def title_of(payload: str | None, title: str) -> str:
    """What the person sees as their own message after pressing a button."""
    return title[:200] if payload else ""
