from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from knowledge_base.canonical import canonical_files, write_files
from knowledge_base.rows import library_from_rows


class Command(BaseCommand):
    help = "Write what is published as content files: the reviewable backup of the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "root", metavar="DIR", type=Path, help="folder for articles/, contacts/ and sources/"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        root: Path = options["root"]
        files = canonical_files(library_from_rows())
        changed, stale = write_files(root, files)
        self.stdout.write(
            f"{len(files)} files in {root}, {len(changed)} of them written, the rest unchanged."
        )
        for path in stale:
            self.stdout.write(f"not in the database: {path}")
