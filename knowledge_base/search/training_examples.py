"""The dialogue's training examples (Rasa's NLU format): what the act model learns from; the
off-topic ones are texts that no article answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

import nlu
from nlu.acts import Act

TRAINING = Path(nlu.__file__).parent / "training"


def training_examples(directory: Path = TRAINING) -> list[tuple[str, Act]]:
    """(text, act), sorted by text; none while there are no training files."""
    return sorted({pair for path in directory.rglob("*.yml") for pair in _examples(path)})


def _examples(path: Path) -> Iterator[tuple[str, Act]]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in content.get("nlu", []) if isinstance(content, dict) else []:
        act = Act(str(entry.get("intent", "")))
        lines = str(entry.get("examples", "")).splitlines()
        yield from ((text, act) for line in lines if (text := line.removeprefix("- ").strip()))
