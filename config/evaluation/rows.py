"""Evaluation rows: a message and what the reply to it should be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from nlu.languages import LANGUAGES


class RowKind(StrEnum):
    ANSWER = "answer"
    CLARIFY_COUNTRY = "clarify-country"
    URGENT = "urgent"
    NOT_URGENT = "not-urgent"
    OUT_OF_SCOPE = "out-of-scope"
    SMALLTALK = "smalltalk"
    HANDOFF = "handoff"


class BadRows(ValueError):
    """The file has problems; each is named with its line."""


@dataclass(frozen=True, slots=True)
class Row:
    """``expect``: article ids of which any is right; only for kinds answer and not-urgent."""

    id: str
    text: str
    language: str
    kind: RowKind
    expect: tuple[str, ...] = ()
    country: str | None = None


def read_sets(paths: Sequence[Path]) -> list[Row]:
    """The rows of files, and of all ``*.jsonl`` in folders. Raises `BadRows`, and OSError for a path that is not there."""
    files = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if not files:
        raise BadRows(f"{', '.join(map(str, paths))}: no .jsonl file")
    rows: list[Row] = []
    problems: list[str] = []
    for file in files:
        try:
            rows += read_rows(file)
        except BadRows as error:
            problems.append(str(error))
    if problems:
        raise BadRows("\n".join(problems))
    return rows


def read_rows(path: Path) -> list[Row]:
    """Raises `BadRows` listing every bad line."""
    rows: list[Row] = []
    problems: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            row = Row(**{**raw, "kind": RowKind(raw["kind"]), "expect": tuple(raw.get("expect", ()))})
            if row.language not in LANGUAGES:
                raise ValueError(f"language {row.language!r} is not one of {', '.join(LANGUAGES)}")
            rows.append(row)
        except (ValueError, TypeError, KeyError) as error:
            problems.append(f"{path.name}:{number}: {error}")
    if problems or not rows:
        raise BadRows("\n".join(problems) or f"{path.name}: has no rows")
    return rows
