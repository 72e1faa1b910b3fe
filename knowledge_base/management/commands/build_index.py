"""`manage.py build_index`: make the search index from the published articles; nothing is done when nothing changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from knowledge_base.published import current_library


class Command(BaseCommand):
    help = "Make the search index from the published articles. Unchanged texts keep their vectors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="encode everything anew")

    def handle(self, *args: Any, **options: Any) -> str:
        from knowledge_base.search.building import build_index
        from knowledge_base.search.current import source
        from knowledge_base.search.documents import documents_of
        from knowledge_base.search.index import unchanged
        from knowledge_base.search.strangers import out_of_scope_examples

        documents = documents_of(current_library())
        if not documents:
            raise CommandError("No article is published. Run `python manage.py import_articles` first.")
        directory, strangers = Path(settings.INDEX_DIR), out_of_scope_examples()
        same = None if options["rebuild"] else unchanged(documents, settings.ENCODER, directory, strangers)
        if same:
            return f"unchanged: {same.rows} rows of {len(same.articles)} articles"
        with tqdm(desc="texts", unit=" texts", disable=None, leave=False) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done)

            report = build_index(
                documents,
                source().encoder(),
                directory,
                out_of_scope=strangers,
                progress=progress,
                reuse=not options["rebuild"],
            )
        return (
            f"{report.rows} rows of {report.articles} articles in {report.seconds:.1f} s "
            f"({report.encoded} texts encoded, {report.reused} kept)"
        )
