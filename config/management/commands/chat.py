"""`manage.py chat`: a conversation in the terminal, with memory, through the whole path."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bot.replies import Button
from bot.turn import Turn
from channels.choices import resolve
from channels.conversations import run_turn
from channels.registry import RENDERINGS
from config.dialogue import dialogue
from config.management.commands.ask import shown


class Command(BaseCommand):
    help = "Talk with Safar in the terminal. An empty line or Ctrl-D ends it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--channel", choices=list(RENDERINGS), default="sms", help="whose rendering to show"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with dialogue(self.stdout.write):
            asyncio.run(self._talk(options["channel"]))

    async def _talk(self, channel: str) -> None:
        turn = Turn(f"chat-{secrets.token_hex(8)}", "", channel, first_contact=True)
        choices: tuple[Button, ...] = ()
        while text := await asyncio.to_thread(self._line):
            exchange = await run_turn(replace(turn, text=text, payload=resolve(text, choices)))
            reply = exchange.reply
            choices = tuple(choice for payload in exchange.payloads for choice in payload.choices) or choices
            language = reply.pin_language or (turn.language if turn.pinned else reply.language)
            turn = replace(
                turn, language=language, pinned=turn.pinned or bool(reply.pin_language), first_contact=False
            )
            self.stdout.write(shown(exchange) + "\n")

    def _line(self) -> str:
        try:
            return input("> ").strip()
        except EOFError:
            return ""
