"""What the channels' renderings share: splitting a message, choices as buttons or as a numbered list."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.phrases import say
from bot.replies import Button, Message, Reply
from channels.choices import numbered
from channels.contract import Limits, Payload
from channels.splitting import Fits, split_text, split_with_footer

logger = logging.getLogger(__name__)


def kept_choices(buttons: Sequence[Button], limits: Limits, channel: str) -> tuple[Button, ...]:
    """As many choices as the channel can show, titles cut to its length; what is dropped is logged."""
    if len(buttons) > limits.choices:
        logger.warning("%s: dropped %d of %d choices", channel, len(buttons) - limits.choices, len(buttons))
    return tuple(
        Button(_cut_title(button.title, limits.title_units), button.payload)
        for button in buttons[: limits.choices]
    )


def _cut_title(title: str, units: int) -> str:
    if len(title) <= units:
        return title
    return split_text(title, lambda part: len(part) < units)[0] + "…"


def with_buttons(reply: Reply, limits: Limits, channel: str, fits: Fits) -> list[Payload]:
    """Every message split to fit, its choices as buttons under the last piece."""
    payloads: list[Payload] = []
    for message in reply.messages:
        pieces = split_with_footer(message.text, message.footer, fits)
        choices = kept_choices(message.buttons, limits, channel)
        payloads += [Payload(piece) for piece in pieces[:-1]]
        payloads += [Payload(piece, buttons=choices, choices=choices) for piece in pieces[-1:]]
    return payloads


def with_numbers(reply: Reply, limits: Limits, channel: str, fits: Fits, gap: str = "\n\n") -> list[Payload]:
    """Every message split to fit, its choices as a numbered list at the end. Numbers run on through the reply."""
    payloads: list[Payload] = []
    offered = 0
    for message in reply.messages:
        choices = kept_choices(message.buttons, limits, channel)
        payloads += numbered_message(message, choices, reply.language, fits, gap, first=offered + 1)
        offered += len(choices)
    return payloads


def numbered_message(
    message: Message, choices: tuple[Button, ...], language: str, fits: Fits, gap: str, first: int
) -> list[Payload]:
    """One message and its numbered choices as one or more payloads; the last carries the choices."""
    texts = split_with_footer(message.text, message.footer, fits, gap)
    listed = numbered(choices, say("sms_reply_number", language), first)
    if listed and texts and fits(joined := f"{texts[-1]}{gap}{listed}"):
        texts[-1] = joined
    elif listed:
        texts += split_text(listed, fits)
    return [*(Payload(text) for text in texts[:-1]), *(Payload(text, choices=choices) for text in texts[-1:])]
