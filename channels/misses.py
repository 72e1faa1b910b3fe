"""What staff get to see of a question that missed its answer: the question without the person.

A decline is kept with the turn it ends. "Not helpful" is about an earlier message, so each conversation remembers what it
was told last, in `Conversation.answered`; that works while the dialogue engine is down, too.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from bot.failures import log_failure
from bot.replies import Reply, ReplyKind
from channels.models import InboundMessage
from knowledge_base.misses.kinds import MissKind
from knowledge_base.misses.recording import Missed, keep
from knowledge_base.published import current_library

logger = logging.getLogger(__name__)

ANSWERING = (
    ReplyKind.ANSWER,
    ReplyKind.WHICH,
    ReplyKind.COUNTRY,
    ReplyKind.UNKNOWN,
    ReplyKind.OUT_OF_SCOPE,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a person was told last. question: id of their message, article: what answered it, nearest: as in `Reply`.
    kept: staff have the question already."""

    question: int | None = None
    article: str | None = None
    nearest: Sequence[tuple[str, float]] = ()
    kept: bool = False


def after(reply: Reply, message: int, before: Answered) -> Answered:
    """What "not helpful" means after this reply to the message of that id."""
    if reply.kind is ReplyKind.MENU:  # what is chosen there answers no question
        return Answered()
    if reply.missed is MissKind.NOT_HELPFUL:
        return replace(before, kept=True)
    if reply.kind not in ANSWERING:
        return before
    known = before if reply.earlier else Answered(question=message)
    return Answered(
        question=known.question,
        article=reply.article,
        nearest=reply.nearest or known.nearest,
        kept=known.kept or reply.missed is not None,
    )


def remembered(row: InboundMessage, reply: Reply) -> dict[str, Any]:
    """The new value of `Conversation.answered`."""
    return asdict(after(reply, row.pk, _before(row)))


def keep_miss(row: InboundMessage, reply: Reply) -> None:
    """Keeps the question if the reply missed it, in the caller's transaction. Never raises: an answer matters more."""
    try:
        with transaction.atomic():
            if missed := _missed(row, reply, _before(row)):
                keep(missed, timezone.localdate())
    except Exception as error:  # whatever broke, the person still gets the reply
        log_failure(logger, "keeping a question for staff", error)


def _before(row: InboundMessage) -> Answered:
    known = {field.name for field in fields(Answered)}  # an older or newer release may have written others
    return Answered(**{name: value for name, value in row.conversation.answered.items() if name in known})


def _missed(row: InboundMessage, reply: Reply, before: Answered) -> Missed | None:
    if reply.missed is None:
        return None
    missed = Missed(
        reply.missed, row.text, reply.language, row.channel, reply.country, reply.article, reply.nearest
    )
    if reply.kind is ReplyKind.FOLLOW_UP:  # "how much?" says little without what it follows
        return replace(missed, text=" – ".join(filter(None, (_asked(before), row.text))))
    if reply.missed is not MissKind.NOT_HELPFUL and not reply.earlier:
        return missed
    if before.kept:
        return None
    article = reply.article if before == Answered() else before.article
    text = _asked(before) or _title(article, reply.language) or row.text
    return replace(missed, text=text, article=article, nearest=reply.nearest or before.nearest)


def _asked(before: Answered) -> str:
    """The question; "" when it was never typed or is deleted by now."""
    if before.question is None:
        return ""
    return InboundMessage.objects.filter(pk=before.question).values_list("text", flat=True).first() or ""


def _title(article: str | None, language: str) -> str:
    """What was chosen from a menu, in place of a question."""
    library = current_library()
    return library.title(article, language) if article and article in library.articles else ""
