"""Trains the dialogue model, once for each state of the files it depends on."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from config.environment import ROOT

RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
STEP = re.compile(r"Starting to train component '(\w+)'")
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
    code = _trained(log)
    if code:
        raise TrainingFailed(f"Training the dialogue model failed; the reason is at the end of {log}.")
    stamp.write_text(rasa_digest())
    return "trained"


def _trained(log: Path) -> int:
    """Run the training, naming each component as it begins; Rasa's exit code."""
    command: list[str | Path] = [RASA_PYTHON, "-m", "bot.assistant.server", "train"]
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process,
    ):
        for line in process.stdout or ():
            output.write(line)
            if begun := STEP.search(line):
                sys.stdout.write(f"    training {begun[1]}\n")
                sys.stdout.flush()
    return process.returncode
