"""Trains the dialogue model, once for each state of the files it depends on."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

from django.conf import settings

from config.environment import ROOT

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
RASA_INPUTS = ("bot/assistant", "nlu", "requirements/dialogue.txt")


class TrainingFailed(RuntimeError):
    """There is no environment to train in, or Rasa failed; the message says what to do."""


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
    """Train Rasa unless the model was trained from the same files. Raises `TrainingFailed`."""
    model_dir = Path(settings.RASA_MODEL_DIR)
    stamp, log = model_dir / "trained-from", model_dir / "training.log"
    if stamp.exists() and stamp.read_text() == rasa_digest() and (model_dir / "safar.tar.gz").exists():
        return "unchanged"
    if not RASA_PYTHON.exists():
        raise TrainingFailed("The environment .venv-rasa is missing. Run `make install` first.")
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
        raise TrainingFailed(f"Training the dialogue model failed; the reason is at the end of {log}.")
    stamp.write_text(rasa_digest())
    return "trained"
