from __future__ import annotations

import logging
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from knowledge_base.files import CONTENT_ROOT, load_library
from knowledge_base.importing import Entry, import_library
from knowledge_base.problems import ContentErrors


class Command(BaseCommand):
    help = "Write the content files into the database; nothing is written if any file has an error."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("root", nargs="?", metavar="DIR", type=Path, default=CONTENT_ROOT)
        parser.add_argument("--prune", action="store_true", help="remove from the database what no file has")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="take the file also where staff changed it in the console",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Wagtail notes every reference in a task of its own, and each task logs two lines.
        logging.getLogger("django_tasks").setLevel(logging.WARNING)
        root: Path = options["root"]
        if not (root / "articles").is_dir():
            raise CommandError(
                f"{root} holds no articles/ folder; name the folder that holds articles/ and sources/."
            )
        try:
            library = load_library(root, timezone.localdate())
        except ContentErrors as problem:
            raise CommandError(
                f"{problem}\nNothing was imported. `manage.py check_articles` shows the same."
            ) from None
        tally = import_library(
            library, prune=options["prune"], overwrite=options["overwrite"], watch=self._bar
        )
        self.stdout.write(f"{len(library.articles)} articles: {tally}.")
        for name in tally.kept:
            self.stdout.write(
                f"kept as in the console, the file differs: {name} (--overwrite takes the file)"
            )

    def _bar(self, found: list[Entry]) -> Iterable[Entry]:
        return tqdm(found, desc="Importing", unit="entry", disable=None, leave=False)
