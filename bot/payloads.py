"""What buttons send back: Rasa's notation for an intent with entities, taken in only when it says something we said.

Anybody can send a payload (the chat API takes them as text), so every value is checked before it reaches Rasa or an action.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from nlu.languages import LANGUAGES
from nlu.places import COUNTRIES

GROUPS = ("departure", "abroad", "health", "irregular", "trafficking", "return", "family", "service")
MediaKind = Literal["voice", "image", "video", "document", "sticker", "location", "contact", "other"]
LONGEST = 256  # characters

_FORM = re.compile(r"/([a-z_]+)(\{.*\})?", re.DOTALL)
_ARTICLE = re.compile(r"[a-z]+(?:-[a-z]+)*/[a-z0-9]+(?:-[a-z0-9]+)*")
_PAGE = re.compile(r"[1-9]")

Check = Callable[[str], object]
# {intent: {entity: is this value one of ours}}; only these intents may be named by a button.
KNOWN: Mapping[str, Mapping[str, Check]] = {
    "start": {},
    "more": {"article": _ARTICLE.fullmatch},
    "helpful": {},
    "not_helpful": {},
    "menu": {},
    "human": {},
    "choose": {"article": _ARTICLE.fullmatch},
    "browse": {"group": GROUPS.__contains__, "country": COUNTRIES.__contains__, "page": _PAGE.fullmatch},
    "inform_country": {"country": COUNTRIES.__contains__},
    "change_language": {"requested_language": LANGUAGES.__contains__},
    "media": {"media": get_args(MediaKind).__contains__},
}


@dataclass(frozen=True, slots=True)
class Tapped:
    """An intent and its entities, all of them ours."""

    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)


def payload(intent: str, **entities: str) -> str:
    """What a button sends back."""
    return f"/{intent}{json.dumps(entities, separators=(',', ':'))}" if entities else f"/{intent}"


def parse_payload(text: str) -> Tapped | None:
    """The payload's meaning; None for anything that no button of ours sends."""
    form = _FORM.fullmatch(text) if len(text) <= LONGEST else None
    if form is None or form[1] not in KNOWN:
        return None
    try:
        entities = json.loads(form[2]) if form[2] else {}
    except ValueError:
        return None
    checks = KNOWN[form[1]]
    ours = isinstance(entities, dict) and all(
        name in checks and isinstance(value, str) and checks[name](value) for name, value in entities.items()
    )
    return Tapped(form[1], entities) if ours else None
