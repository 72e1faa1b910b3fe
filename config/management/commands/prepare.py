"""`manage.py prepare`: database, articles, search index, dialogue model. Each step is skipped when nothing changed."""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.environment import ROOT
from knowledge_base.models import Article

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
RASA_INPUTS = ("bot/assistant", "nlu", "requirements/dialogue.txt")


class Command(BaseCommand):
    help = "Make the database, the articles, the search index and the dialogue model ready; skip what is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-dialogue", action="store_true", help="do not train Rasa (another machine does)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._step("Database", lambda: call_command("migrate", interactive=False, verbosity=0))
        self._step("Articles", self._seed)
        self._step("Search index", lambda: call_command("build_index"))
        if not options["without_dialogue"]:
            self._step("Dialogue model", train_dialogue)

    def _step(self, name: str, work: Callable[[], Any]) -> None:
        start = time.monotonic()
        self.stdout.write(f"• {name} ...")
        self.stdout.flush()
        result = work()
        self.stdout.write(f"  {name}: {result or 'ready'} ({time.monotonic() - start:.1f} s)")

    def _seed(self) -> str | None:
        """The content files fill an empty installation; afterwards the console is the truth and nothing is overwritten."""
        if Article.objects.exists():
            return f"{Article.objects.count()} there (changed files are taken over with `manage.py import_articles`)"
        call_command("import_articles", stdout=self.stdout)
        return None


def rasa_digest() -> str:
    """Over everything that the trained model depends on."""
    digest = hashlib.sha256()
    for name in RASA_INPUTS:
        path = ROOT / name
        files = (
            [path]
            if path.is_file()
            else sorted(file for file in path.rglob("*") if file.suffix in (".yml", ".py"))
        )
        for file in files:
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def train_dialogue() -> str:
    """Train Rasa unless the model was trained from the same files. CommandError: no environment, or training failed."""
    model_dir = Path(settings.RASA_MODEL_DIR)
    stamp, log = model_dir / "trained-from", model_dir / "training.log"
    if stamp.exists() and stamp.read_text() == rasa_digest() and (model_dir / "safar.tar.gz").exists():
        return "unchanged"
    if not RASA_PYTHON.exists():
        raise CommandError("The environment .venv-rasa is missing. Run `make install` first.")
    model_dir.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        trained = subprocess.run(
            [RASA_PYTHON, "-m", "bot.assistant.server", "train"],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if trained.returncode:
        raise CommandError(f"Training the dialogue model failed; the reason is at the end of {log}.")
    stamp.write_text(rasa_digest())
    return "trained"
