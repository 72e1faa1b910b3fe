from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from knowledge_base.files import CONTENT_ROOT, read_content
from knowledge_base.freshness import NOTICE_DAYS
from knowledge_base.rows import library_from_rows
from knowledge_base.status_page import status_page


class Command(BaseCommand):
    help = (
        "Print a Markdown page: coverage by language, reviews due, facts about to end, phones to dial, weak figures "
        "and claims, what second readers corrected."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=NOTICE_DAYS, help="how far to look ahead")
        parser.add_argument(
            "--files", type=Path, metavar="DIR", help="read content files instead of the database"
        )
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="write there instead of to the terminal"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        reading = read_content(options["files"] or CONTENT_ROOT, today)
        library = reading.library if options["files"] else library_from_rows()
        page = status_page(library, reading.fact_checks, today, options["days"])
        if options["output"]:
            options["output"].write_text(page, encoding="utf-8")
            self.stdout.write(f"written: {options['output']}")
        else:
            self.stdout.write(page)
