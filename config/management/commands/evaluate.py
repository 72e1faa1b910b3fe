"""`manage.py evaluate FILE...`: accuracy and time per language; every row is a fresh conversation."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from bot.degraded import decide_without_engine
from bot.replies import ReplyKind
from bot.turn import Turn, language_of, take_turn
from config.dialogue import dialogue
from config.evaluation import BadRows, Result, Row, RowKind, as_table, by_language, read_sets


class Command(BaseCommand):
    help = "Measure answers, country questions, urgency, declining, language and time on a file of questions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files", type=Path, nargs="+", metavar="FILE", help="rows, or a folder of .jsonl files"
        )
        parser.add_argument(
            "--search-only", action="store_true", help="without Rasa: what is answered when it is down"
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")
        parser.add_argument("--misses", action="store_true", help="also list the rows that went wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = read_sets(options["files"])
        except (BadRows, OSError) as error:
            raise CommandError(str(error)) from error
        if options["search_only"]:
            results = [search_only(row) for row in tqdm(rows, desc="questions", leave=False)]
        else:
            with dialogue(self.stderr.write):
                results = asyncio.run(self._through_rasa(rows))
        table = by_language(results)
        self.stdout.write(json.dumps(table, indent=2) if options["json"] else as_table(table))
        if options["misses"]:
            for result in results:
                if not right(result):
                    found = ", ".join(result.found[:3]) or "-"
                    self.stdout.write(
                        f"{result.row.id}\t{result.row.kind}\t{result.row.text}\t-> {result.kind} {found} ({result.language})"
                    )

    async def _through_rasa(self, rows: list[Row]) -> list[Result]:
        return [await whole_path(row) for row in tqdm(rows, desc="questions", leave=False)]


def right(result: Result) -> bool:
    row, kind = result.row, result.kind
    match row.kind:
        case RowKind.ANSWER:
            return kind is ReplyKind.ANSWER and result.found[:1] != () and result.found[0] in row.expect
        case RowKind.CLARIFY_COUNTRY:
            return kind is ReplyKind.COUNTRY
        case RowKind.URGENT:
            return kind is ReplyKind.URGENT
        case RowKind.NOT_URGENT:
            return kind is not ReplyKind.URGENT
        case RowKind.OUT_OF_SCOPE:
            return kind in (ReplyKind.UNKNOWN, ReplyKind.OUT_OF_SCOPE)
        case RowKind.HANDOFF:
            return kind is ReplyKind.HANDOFF
        case RowKind.SMALLTALK:
            return kind not in (ReplyKind.ANSWER, ReplyKind.URGENT, ReplyKind.WHICH)


async def whole_path(row: Row) -> Result:
    start = time.perf_counter()
    reply = await take_turn(Turn(f"evaluate-{secrets.token_hex(8)}", row.text, "web"))
    return Result(
        row, reply.kind, reply.language, _found(reply.article, reply.candidates), time.perf_counter() - start
    )


def search_only(row: Row) -> Result:
    start = time.perf_counter()
    language = language_of(Turn("evaluate", row.text, "web"))
    outcome = decide_without_engine(row.text, None, None, language)[0]
    return Result(
        row, outcome.kind, language, _found(outcome.article, outcome.candidates), time.perf_counter() - start
    )


def _found(article: str | None, candidates: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(([article] if article else []) + list(candidates)))
