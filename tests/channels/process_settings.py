"""Settings of worker and web processes that tests start and kill: the real ones, with a dialogue that needs no Rasa."""

from __future__ import annotations

from config.settings import *  # noqa: F403

TAKE_TURN = "tests.fakes.dialogue.take_turn"
