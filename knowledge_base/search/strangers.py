"""Texts that no article answers, from the dialogue's own training examples (Rasa's NLU format)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

import nlu

TRAINING = Path(nlu.__file__).parent / "training"
OUT_OF_SCOPE = "out_of_scope"


def out_of_scope_examples(directory: Path = TRAINING) -> list[str]:
    """Examples of the intent `out_of_scope`, sorted; none while there are no training files."""
    return sorted({text for path in directory.rglob("*.yml") for text in _examples(path)})


def _examples(path: Path) -> Iterator[str]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for entry in content.get("nlu", []) if isinstance(content, dict) else []:
        if str(entry.get("intent", "")).replace("-", "_").split("/")[0] == OUT_OF_SCOPE:
            lines = str(entry.get("examples", "")).splitlines()
            yield from (line.lstrip("- ").strip() for line in lines if line.lstrip("- ").strip())
