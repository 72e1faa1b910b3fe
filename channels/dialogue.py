"""The dialogue that answers: `bot.turn.take_turn`, or what the setting TAKE_TURN names (a fake of the same signature, in tests)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from bot.replies import Reply
from bot.turn import Turn

TakeTurn = Callable[[Turn], Awaitable[Reply]]


@cache
def dialogue() -> TakeTurn:
    """Looked up once, when the first message comes."""
    found: TakeTurn = import_string(getattr(settings, "TAKE_TURN", "bot.turn.take_turn"))
    return found
