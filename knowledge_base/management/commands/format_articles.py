from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from knowledge_base.canonical import format_files
from knowledge_base.files import CONTENT_ROOT, read_content
from knowledge_base.problems import errors


class Command(BaseCommand):
    help = "Rewrite content files in the canonical style (key order, layout). Comments in YAML are not kept."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "ids", nargs="*", metavar="ID", help="articles or files (contacts/pk.yml); all if none"
        )
        parser.add_argument("--root", type=Path, default=CONTENT_ROOT)

    def handle(self, *args: Any, **options: Any) -> None:
        reading = read_content(options["root"], timezone.localdate())
        written, left = format_files(reading, options["ids"])
        for path in written:
            self.stdout.write(f"rewritten: {path}")
        for path in left:
            self.stdout.write(f"left as it is, it cannot be read in full: {path}")
        self.stdout.write(f"{len(written)} files rewritten")
        if left:
            raise CommandError(
                f"{len(errors(reading.problems))} errors; run check_articles, then format again"
            )
