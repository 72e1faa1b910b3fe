"""`manage.py build_index`: make the search index from the published articles; nothing is done when nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

if TYPE_CHECKING:
    from knowledge_base.search.building import BuildReport


class Command(BaseCommand):
    help = "Make the search index from the published articles. Unchanged texts keep their vectors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="encode everything anew")

    def handle(self, *args: Any, **options: Any) -> None:
        from knowledge_base.search.encoder import EncoderUnavailable
        from knowledge_base.search.progress import Bars
        from knowledge_base.search.publishing import NothingPublished, rebuild_index

        built = False
        with Bars() as bars:
            try:
                for report in rebuild_index(progress=bars.progress, reuse=not options["rebuild"]):
                    self.stdout.write(_sentence(report))
                    built = True
            except (NothingPublished, EncoderUnavailable) as error:
                raise CommandError(str(error)) from error
        if not built:
            self.stdout.write("The search index is up to date.")


def _sentence(report: BuildReport) -> str:
    done = f"{report.encoded} texts encoded, {report.reused} kept"
    learnt = "" if report.settled else "; the models learn it now"
    return f"{report.rows} rows of {report.articles} articles in {report.seconds:.1f} s ({done}){learnt}"
