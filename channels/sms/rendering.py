"""A reply as SMS. Pure. Every part costs money, so choices that nobody has to make are added only while they cost none."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.payloads import payload
from bot.replies import Message, Reply, ReplyKind
from channels.contract import Limits, Payload
from channels.rendering import kept_choices, numbered_message
from channels.splitting import utf16_units
from knowledge_base.sms_length import sms_parts

logger = logging.getLogger(__name__)

NAME = "sms"
# 1600: https://www.twilio.com/docs/api/errors/21617. Six parts hold the longest short answer (3 parts), its notes, source and "more".
LIMITS = Limits(text_units=1600, choices=12, title_units=40, sms_parts=6)
GAP = "\n"
MORE = payload("more")
# Without a choice the conversation cannot go on.
ASKING = frozenset({ReplyKind.WHICH, ReplyKind.COUNTRY, ReplyKind.MENU, ReplyKind.LANGUAGE, ReplyKind.URGENT})


def fits(text: str) -> bool:
    return sms_parts(text) <= (LIMITS.sms_parts or 1) and utf16_units(text) <= LIMITS.text_units


def render(reply: Reply) -> Sequence[Payload]:
    """Messages of at most six parts; the first choice ("more") always, further ones while they cost no part."""
    payloads: list[Payload] = []
    offered = 0
    for message in reply.messages:
        plain = _plain_punctuation(message)
        choices = kept_choices(plain.buttons, LIMITS, NAME)
        if reply.kind not in ASKING:
            choices = choices[: _affordable(plain, reply.language, offered)]
        payloads += numbered_message(plain, choices, reply.language, fits, GAP, first=offered + 1)
        offered += len(choices)
    return payloads


def _affordable(message: Message, language: str, offered: int) -> int:
    """How many choices to show: "more" always, and the others as long as they do not begin another part."""
    choices = kept_choices(message.buttons, LIMITS, NAME)

    def cost(count: int) -> int:
        payloads = numbered_message(message, choices[:count], language, fits, GAP, first=offered + 1)
        return sum(sms_parts(payload.text) for payload in payloads)

    count = 1 if choices and choices[0].payload == MORE else 0
    most = cost(count)
    while count < len(choices) and cost(count + 1) <= most:
        count += 1
    if count < len(choices):
        logger.info(
            "sms: left out %d of %d choices that would cost another part", len(choices) - count, len(choices)
        )
    return count


# Typographic characters that would turn a whole Latin text into UCS-2 and double its price (GSM 03.38 lacks them).
_GSM7_EQUALS = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "•": "-"}
)


def _plain_punctuation(message: Message) -> Message:
    buttons = tuple(replace(button, title=button.title.translate(_GSM7_EQUALS)) for button in message.buttons)
    return Message(message.text.translate(_GSM7_EQUALS), message.footer.translate(_GSM7_EQUALS), buttons)
