"""`manage.py evaluate FILE...`: accuracy and time per language; every row is a fresh conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from config.dialogue import dialogue
from config.evaluation import charts, peers
from config.evaluation.asking import whole_path, without_rasa
from config.evaluation.figures import Result, aligned, as_table, by_language, confusions, mistaken, right
from config.evaluation.memory import peak_mb_with_children
from config.evaluation.rows import BadRows, Row, read_sets
from knowledge_base.published import current_library
from knowledge_base.search.documents import documents_of
from knowledge_base.search.training_examples import training_examples

BLIND = "test"  # the folder whose texts nobody looks at


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
        parser.add_argument("--why", action="store_true", help="also count what went wrong, without any text")
        parser.add_argument(
            "--misses", action="store_true", help="also list the rows that went wrong, not those of `test`"
        )
        parser.add_argument(
            "--peers",
            nargs="*",
            metavar="PEER",
            choices=[peer.module for peer in peers.PEERS],
            help="also other ways to find the article, all or some of %(choices)s; Rasa's learns for long, once",
        )
        parser.add_argument("--draw", type=Path, metavar="FOLDER", help="draw the figures into this folder")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = _rows(options["files"], texts_shown=options["misses"])
        results, peak_mb = self._ask(rows, search_only=options["search_only"])
        table = by_language(results)
        self.stdout.write(json.dumps(table, indent=2) if options["json"] else as_table(table))
        if options["why"]:
            self.stdout.write(f"\n{_why(results)}")
        if options["misses"]:
            self.stdout.write("\n".join(_miss(result) for result in results if not right(result)))
        if options["draw"]:
            _draw(options["draw"] / "understanding.svg", charts.languages_chart(table))
        if options["peers"] is not None:
            compared = self._compare(rows, options["peers"])
            compared.append(peers.whole_path(results, peak_mb))
            self.stdout.write(f"\n{peers.as_table(compared)}")
            if options["draw"]:
                _draw(options["draw"] / "peers.svg", charts.peers_chart(compared))

    def _ask(self, rows: Sequence[Row], *, search_only: bool) -> tuple[list[Result], float | None]:
        """The results, and the most memory that they took, in MB."""
        bar = tqdm(rows, desc="questions", leave=False)
        if search_only:
            return [without_rasa(row) for row in bar], peak_mb_with_children()
        with dialogue(self.stderr.write):
            return asyncio.run(_through_rasa(bar)), peak_mb_with_children()

    def _compare(self, rows: Sequence[Row], chosen: Sequence[str]) -> list[peers.Comparison]:
        try:
            return peers.compare(
                rows,
                documents_of(current_library()),
                training_examples(),
                Path(settings.VAR_DIR) / "peers",
                self.stderr.write,
                [peer for peer in peers.PEERS if peer.module in chosen or not chosen],
            )
        except peers.PeerFailed as error:
            raise CommandError(str(error)) from error


def _rows(files: Sequence[Path], *, texts_shown: bool) -> list[Row]:
    if texts_shown and any(BLIND in (file.name, file.parent.name) for file in files):
        raise CommandError(f"The texts of `{BLIND}` stay unseen. Use --why, or --misses on the dev half.")
    try:
        return read_sets(files)
    except (BadRows, OSError) as error:
        raise CommandError(str(error)) from error


async def _through_rasa(rows: Iterable[Row]) -> list[Result]:
    return [await whole_path(row) for row in rows]


def _why(results: Sequence[Result]) -> str:
    """Counts of what went wrong, most frequent first."""
    kinds = [[*names, str(count)] for names, count in confusions(results).most_common()]
    articles = [[*names, str(count)] for names, count in mistaken(results).most_common()]
    return "\n\n".join(
        [
            aligned([["language", "row is", "reply was", "rows"], *kinds]),
            aligned([["right article", "answered instead", "rows"], *articles]),
        ]
    )


def _miss(result: Result) -> str:
    row, found = result.row, ", ".join(result.found[:3]) or "-"
    return f"{row.id}\t{row.kind}\t{row.text}\t-> {result.kind} {found} ({result.language})"


def _draw(path: Path, drawing: str) -> None:
    path.write_text(drawing, encoding="utf-8")
