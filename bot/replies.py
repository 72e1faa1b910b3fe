"""What the bot says back: the value that travels from the dialogue to the channels.

Plain data. A channel decides how it looks; nothing here knows a provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge_base.misses.kinds import MissKind


class ReplyKind(StrEnum):
    """What sort of reply this is; the same words stand in the JSON API and in evaluation rows."""

    ANSWER = "answer"
    MORE = "more"
    FOLLOW_UP = "follow-up"
    WHICH = "which"
    COUNTRY = "country"
    UNKNOWN = "unknown"
    URGENT = "urgent"
    SMALLTALK = "smalltalk"
    HANDOFF = "handoff"
    MENU = "menu"
    LANGUAGE = "language"
    FEEDBACK = "feedback"
    MEDIA = "media"
    OUT_OF_SCOPE = "out-of-scope"


@dataclass(frozen=True, slots=True)
class Button:
    """A choice. ``payload`` comes back verbatim when it is tapped (at most 64 bytes: Telegram's limit)."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``footer`` is the source line ("Source: BEOE, checked 22 Nov 2026"), kept last when split."""

    text: str
    footer: str = ""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedSource:
    title: str
    publisher: str
    url: str
    checked: date


@dataclass(frozen=True, slots=True)
class Reply:
    """One turn's whole answer, in ``language`` (BCP 47 tag). ``messages`` is never empty.

    ``pin_language``, ``handoff`` and ``missed`` are effects the channels carry out: remember the language the person
    chose, put the conversation on the counsellors' list, keep the question for staff. ``nearest``: the articles that came
    nearest to the question, with their shares of the likelihood. ``earlier``: as in `bot.outcomes.Outcome`.
    """

    kind: ReplyKind
    language: str
    messages: tuple[Message, ...]
    article: str | None = None
    country: str | None = None
    candidates: tuple[str, ...] = ()
    score: float | None = None
    sources: tuple[CitedSource, ...] = ()
    pin_language: str | None = None
    handoff: bool = False
    missed: MissKind | None = None
    nearest: tuple[tuple[str, float], ...] = ()
    earlier: bool = False
    degraded: bool = False
