from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from knowledge_base.files import CONTENT_ROOT
from knowledge_base.stamp import stamp


class Command(BaseCommand):
    help = "Record in each translation of which English text it was made (front matter, translation: of)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", metavar="ID", help="articles (sa/passport); all if none")
        parser.add_argument("--root", type=Path, default=CONTENT_ROOT)

    def handle(self, *args: Any, **options: Any) -> None:
        lines = list(stamp(options["root"], options["ids"], timezone.localdate()))
        for line in lines:
            self.stdout.write(line)
        self.stdout.write(f"{len(lines)} files")
