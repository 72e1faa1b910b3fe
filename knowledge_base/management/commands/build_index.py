"""`manage.py build_index`: make the search index from the published articles; nothing is done when nothing changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm


class Command(BaseCommand):
    help = "Make the search index from the published articles. Unchanged texts keep their vectors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="encode everything anew")

    def handle(self, *args: Any, **options: Any) -> str:
        from knowledge_base.search.encoder import EncoderUnavailable
        from knowledge_base.search.publishing import NothingPublished, rebuild_index

        with tqdm(desc="texts", unit=" texts", disable=None, leave=False) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done)

            try:
                report = rebuild_index(progress=progress, reuse=not options["rebuild"])
            except (NothingPublished, EncoderUnavailable) as error:
                raise CommandError(str(error)) from error
        if report is None:
            return "The search index is up to date."
        return (
            f"{report.rows} rows of {report.articles} articles in {report.seconds:.1f} s "
            f"({report.encoded} texts encoded, {report.reused} kept)"
        )
