"""`manage.py ask "TEXT"`: one turn through the whole path, printed as the channel would show it."""

from __future__ import annotations

import asyncio
import json
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bot.turn import Turn, take_turn
from channels.conversations import Exchange, run_turn
from channels.registry import RENDERINGS
from channels.web.api import exchange_json
from config.dialogue import dialogue
from nlu.languages import LANGUAGES
from nlu.places import COUNTRIES


class Command(BaseCommand):
    help = "Ask one question as a new person would, through Rasa and the search."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text")
        parser.add_argument(
            "--language", choices=list(LANGUAGES), help="pin the language; default: the message's own"
        )
        parser.add_argument("--country", choices=sorted(COUNTRIES), help="where the person is")
        parser.add_argument(
            "--channel", choices=list(RENDERINGS), default="web", help="whose rendering to show"
        )
        parser.add_argument("--json", action="store_true", help="print the object of /chat/api")

    def handle(self, *args: Any, **options: Any) -> None:
        with dialogue(self.stderr.write):
            exchange = asyncio.run(self._ask(options))
        if options["json"]:
            self.stdout.write(json.dumps(exchange_json(exchange), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(shown(exchange))

    async def _ask(self, options: dict[str, Any]) -> Exchange:
        conversation = f"ask-{secrets.token_hex(8)}"
        language = options["language"]
        if options["country"]:
            payload = f'/inform_country{{"country":"{options["country"]}"}}'
            await take_turn(Turn(conversation, "", options["channel"], payload=payload, language=language))
        turn = Turn(
            conversation, options["text"], options["channel"], language=language, pinned=bool(language)
        )
        return await run_turn(turn)


def shown(exchange: Exchange) -> str:
    """The messages as plain text, buttons numbered, sources last."""
    lines: list[str] = []
    for payload in exchange.payloads:
        lines.append(payload.text)
        lines += [f"  [{button.title}]" for button in payload.buttons]
    lines += [
        f"  {source.publisher}: {source.title} ({source.checked}) {source.url}"
        for source in exchange.reply.sources
    ]
    return "\n".join(lines)
