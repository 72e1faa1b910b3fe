"""Keeps a miss: hides who asked, and finds the language and the country of the words themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from knowledge_base.misses.kinds import MissKind
from knowledge_base.misses.models import Miss
from nlu.identification import identify
from nlu.places import find_places
from nlu.redaction import redact

LONGEST_TEXT = 1000  # characters that are kept; a question is told by then


@dataclass(frozen=True, slots=True)
class Missed:
    """A question as the channels know it: not yet redacted.

    language: of the reply. country: known or named, ISO 3166-1. article: what answered it, or was withheld.
    nearest: ids of articles with their share of the likelihood.
    """

    kind: MissKind
    text: str
    language: str
    channel: str
    country: str | None = None
    article: str | None = None
    nearest: Sequence[tuple[str, float]] = ()


def keep(missed: Missed, day: date) -> Miss | None:
    """The row that staff see; None if there are no words to see."""
    text = redact(missed.text[:LONGEST_TEXT]).strip()
    if not text:
        return None
    return Miss.objects.create(
        kind=missed.kind,
        text=text,
        language=identify(text, known=missed.language).language or missed.language,
        country=missed.country or next((place.country for place in find_places(text)), ""),
        channel=missed.channel,
        article=missed.article or "",
        nearest=list(missed.nearest),
        day=day,
    )


def forget_before(day: date) -> int:
    """Deletes what is older than ``day``, handled or not; the number of rows."""
    return Miss.objects.filter(day__lt=day).delete()[0]
