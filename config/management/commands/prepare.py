"""`manage.py prepare`: database, articles, search index, dialogue model. Each step is skipped when nothing changed."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.training import TrainingFailed, train_dialogue


class Command(BaseCommand):
    help = "Make the database, the articles, the search index and the dialogue model ready; skip what is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-dialogue", action="store_true", help="do not train Rasa (another machine does)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("Database", lambda: call_command("migrate", interactive=False, verbosity=0))
        self._step("Articles", lambda: call_command("import_articles", stdout=self.stdout))
        self._step("Search index", lambda: call_command("build_index", stdout=StringIO()))
        if not options["without_dialogue"]:
            self._step("Dialogue model", self._train)

    def _step(self, name: str, work: Callable[[], Any]) -> None:
        start = time.monotonic()
        self.stdout.write(f"• {name} ...")
        self.stdout.flush()
        result = work()
        self.stdout.write(f"  {name}: {result or 'ready'} ({time.monotonic() - start:.1f} s)")

    def _train(self) -> str:
        try:
            return train_dialogue()
        except TrainingFailed as error:
            raise CommandError(str(error)) from error
