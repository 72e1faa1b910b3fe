"""A reply for the web chat. Pure. The source line is left to the list of links that the page shows under the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.replies import Reply
from channels.contract import Limits, Payload
from channels.rendering import with_buttons

NAME = "web"
LIMITS = Limits(text_units=100_000, choices=100, title_units=200)  # a page has room


def render(reply: Reply) -> Sequence[Payload]:
    """One payload for each message; no footer where the sources themselves are shown."""
    if reply.sources:
        reply = replace(reply, messages=tuple(replace(message, footer="") for message in reply.messages))
    return with_buttons(reply, LIMITS, NAME, lambda text: len(text) <= LIMITS.text_units)
