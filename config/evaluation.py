"""Figures from evaluation rows: pure. A row says what a reply should have been; see DESIGN section 7."""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.replies import ReplyKind
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


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a row. ``found``: article ids, best first. ``seconds``: the whole turn."""

    row: Row
    kind: ReplyKind
    language: str
    found: tuple[str, ...]
    seconds: float


DECLINED = (ReplyKind.UNKNOWN, ReplyKind.OUT_OF_SCOPE)
SMALLTALK = (ReplyKind.SMALLTALK, ReplyKind.MENU, ReplyKind.LANGUAGE, ReplyKind.FEEDBACK, ReplyKind.MORE)


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


def share(hits: Iterable[bool]) -> float | None:
    """Fraction of true values; None when there are none to count."""
    values = list(hits)
    return sum(values) / len(values) if values else None


def figures(results: Sequence[Result]) -> dict[str, float | int | None]:
    """The figures over some results, fractions between 0 and 1, times in milliseconds."""
    of_kind: dict[RowKind, list[Result]] = defaultdict(list)
    for result in results:
        of_kind[result.row.kind].append(result)
    answers = of_kind[RowKind.ANSWER]
    milliseconds = sorted(result.seconds * 1000 for result in results)
    return {
        "rows": len(results),
        "top1": share(
            r.kind is ReplyKind.ANSWER and r.found[:1] != () and r.found[0] in r.row.expect for r in answers
        ),
        "top3": share(any(article in r.row.expect for article in r.found[:3]) for r in answers),
        "clarify": share(r.kind is ReplyKind.COUNTRY for r in of_kind[RowKind.CLARIFY_COUNTRY]),
        "urgent_recall": share(r.kind is ReplyKind.URGENT for r in of_kind[RowKind.URGENT]),
        "false_urgent": share(
            r.kind is ReplyKind.URGENT for r in results if r.row.kind is not RowKind.URGENT
        ),
        "declined": share(r.kind in DECLINED for r in of_kind[RowKind.OUT_OF_SCOPE]),
        "false_declined": share(r.kind in DECLINED for r in answers),
        "smalltalk": share(r.kind in SMALLTALK for r in of_kind[RowKind.SMALLTALK]),
        "handoff": share(r.kind is ReplyKind.HANDOFF for r in of_kind[RowKind.HANDOFF]),
        "language": share(r.language == r.row.language for r in results),
        "p50_ms": statistics.median(milliseconds),
        "p95_ms": milliseconds[min(len(milliseconds) - 1, int(len(milliseconds) * 0.95))],
    }


def by_language(results: Sequence[Result]) -> dict[str, dict[str, float | int | None]]:
    """{tag: figures}, and under "all" the figures over everything."""
    table = {
        tag: figures(chosen) for tag in LANGUAGES if (chosen := [r for r in results if r.row.language == tag])
    }
    return {**table, "all": figures(results)}


def as_table(table: dict[str, dict[str, float | int | None]]) -> str:
    """Plain columns for a terminal; shares in per cent."""
    columns = list(next(iter(table.values())))
    lines = ["language".ljust(9) + "".join(column.rjust(max(len(column), 6) + 2) for column in columns)]
    for tag, values in table.items():
        cells = [_cell(column, values[column]).rjust(max(len(column), 6) + 2) for column in columns]
        lines.append(tag.ljust(9) + "".join(cells))
    return "\n".join(lines)


def _cell(column: str, value: float | int | None) -> str:
    if value is None:
        return "-"
    if column == "rows":
        return str(value)
    return f"{value:.1f}" if column.endswith("_ms") else f"{value * 100:.1f}"
