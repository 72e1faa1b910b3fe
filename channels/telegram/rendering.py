"""A reply as Telegram messages with inline keyboards. Pure."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from bot.replies import Button, Message, Reply
from channels.contract import Limits, Payload
from channels.rendering import with_buttons
from channels.splitting import utf16_units

logger = logging.getLogger(__name__)

NAME = "telegram"
# 4096: https://core.telegram.org/bots/api#sendmessage; 100 buttons: limits.tginfo.me (the manual names none).
# Titles have no limit; more than this is cut off on a phone.
LIMITS = Limits(text_units=4096, choices=100, title_units=64)
CALLBACK_DATA_BYTES = 64  # https://core.telegram.org/bots/api#inlinekeyboardbutton


def render(reply: Reply) -> Sequence[Payload]:
    """Messages of at most 4096 UTF-16 units, buttons under the last piece of each."""
    fitting = replace(reply, messages=tuple(_with_short_payloads(message) for message in reply.messages))
    return with_buttons(fitting, LIMITS, NAME, lambda text: utf16_units(text) <= LIMITS.text_units)


def _with_short_payloads(message: Message) -> Message:
    return replace(message, buttons=tuple(button for button in message.buttons if _is_short(button)))


def _is_short(button: Button) -> bool:
    length = len(button.payload.encode("utf-8"))
    if not 1 <= length <= CALLBACK_DATA_BYTES:
        logger.warning(
            "telegram: dropped a button whose payload has %d bytes (most: %d)", length, CALLBACK_DATA_BYTES
        )
        return False
    return True
