"""A reply as WhatsApp messages through Twilio. Pure.

Buttons and lists need a Content template registered beforehand with Twilio, which texts made at run time cannot have, so choices
are a numbered list in the body: https://www.twilio.com/docs/whatsapp/buttons
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.replies import Reply
from channels.contract import Limits, Payload
from channels.rendering import with_numbers
from channels.splitting import utf16_units

NAME = "whatsapp"
# 1600: https://www.twilio.com/docs/api/errors/21617. Rows of a list message: 10 of 24 characters; as text there is room for more.
LIMITS = Limits(text_units=1600, choices=12, title_units=72)


def render(reply: Reply) -> Sequence[Payload]:
    """Messages of at most 1600 units; choices numbered at the end."""
    return with_numbers(reply, LIMITS, NAME, lambda text: utf16_units(text) <= LIMITS.text_units)
