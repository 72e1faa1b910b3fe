"""Figures from results: pure. Shares are fractions between 0 and 1, times milliseconds."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.replies import ReplyKind
from config.evaluation.rows import Row, RowKind
from nlu.identification import script_of
from nlu.languages import LANGUAGES

Figures = Mapping[str, float | int | None]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a row. ``found``: article ids, best first. ``seconds``: the whole turn.

    ``score``: calibrated probability that the first of ``found`` is right; None when nothing was searched.
    """

    row: Row
    kind: ReplyKind
    language: str
    found: tuple[str, ...]
    seconds: float
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What a share should be: at least so much, or ``at_most`` so much."""

    share: float
    at_most: bool = False

    def met(self, share: float) -> bool:
        return share <= self.share if self.at_most else share >= self.share

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'}{self.share * 100:.0f}"


TARGETS: Mapping[str, Target] = {
    "top1": Target(0.90),
    "top3": Target(0.96),
    "clarify": Target(0.90),
    "urgent_recall": Target(0.97),
    "false_urgent": Target(0.03, at_most=True),
    "declined": Target(0.95),
    "false_declined": Target(0.04, at_most=True),
    "language": Target(0.98),
}
DECLINED = (ReplyKind.UNKNOWN, ReplyKind.OUT_OF_SCOPE)
SMALLTALK = (ReplyKind.SMALLTALK, ReplyKind.MENU, ReplyKind.LANGUAGE, ReplyKind.FEEDBACK, ReplyKind.MORE)


def right(result: Result) -> bool:
    """Whether the reply is of the kind that the row is there for, and an answer the right one."""
    row, kind = result.row, result.kind
    match row.kind:
        case RowKind.ANSWER:
            return kind is ReplyKind.ANSWER and first_right(result)
        case RowKind.CLARIFY_COUNTRY:
            return kind is ReplyKind.COUNTRY
        case RowKind.URGENT:
            return kind is ReplyKind.URGENT
        case RowKind.NOT_URGENT:
            return kind is not ReplyKind.URGENT
        case RowKind.OUT_OF_SCOPE:
            return kind in DECLINED
        case RowKind.SMALLTALK:
            return kind in SMALLTALK
        case RowKind.HANDOFF:
            return kind is ReplyKind.HANDOFF


def first_right(result: Result) -> bool:
    return bool(result.found) and result.found[0] in result.row.expect


def share(hits: Iterable[bool]) -> float | None:
    """Fraction of true values; None when there are none to count."""
    values = list(hits)
    return sum(values) / len(values) if values else None


def quantile(values: Sequence[float], fraction: float) -> float:
    """The value that so large a fraction of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * fraction))]


def figures(results: Sequence[Result]) -> Figures:
    """The figures over some results."""
    of_kind: dict[RowKind, list[Result]] = defaultdict(list)
    for result in results:
        of_kind[result.row.kind].append(result)
    answers = of_kind[RowKind.ANSWER]
    milliseconds = [result.seconds * 1000 for result in results]

    def share_right(kind: RowKind) -> float | None:
        return share(map(right, of_kind[kind]))

    return {
        "rows": len(results),
        "top1": share_right(RowKind.ANSWER),
        "top3": share(any(article in r.row.expect for article in r.found[:3]) for r in answers),
        "clarify": share_right(RowKind.CLARIFY_COUNTRY),
        "urgent_recall": share_right(RowKind.URGENT),
        "false_urgent": share(
            r.kind is ReplyKind.URGENT for r in results if r.row.kind is not RowKind.URGENT
        ),
        "declined": share_right(RowKind.OUT_OF_SCOPE),
        "false_declined": share(r.kind in DECLINED for r in answers),
        "smalltalk": share_right(RowKind.SMALLTALK),
        "handoff": share_right(RowKind.HANDOFF),
        # A thumb has no language.
        "language": share(r.language == r.row.language for r in results if script_of(r.row.text)),
        "p50_ms": statistics.median(milliseconds),
        "p95_ms": quantile(milliseconds, 0.95),
    }


def by_language(results: Sequence[Result]) -> dict[str, Figures]:
    """{tag: figures}, and under "all" the figures over everything."""
    table = {
        tag: figures(chosen) for tag in LANGUAGES if (chosen := [r for r in results if r.row.language == tag])
    }
    return {**table, "all": figures(results)}


def as_table(table: Mapping[str, Figures]) -> str:
    """Plain columns for a terminal; shares in per cent, ✓ or ✗ where there is a target."""
    columns = list(next(iter(table.values())))
    targets = [f"{TARGETS[column]}  " if column in TARGETS else "" for column in columns]
    cells = [[tag, *(_cell(column, values[column]) for column in columns)] for tag, values in table.items()]
    return aligned([["language", *columns], ["target", *targets], *cells])


def _cell(column: str, value: float | None) -> str:
    mark = "" if column not in TARGETS else " ✓" if value is not None and TARGETS[column].met(value) else " ✗"
    if value is None:
        return "-"
    if column == "rows":
        return str(value)
    return f"{value:.1f}" if column.endswith("_ms") else f"{value * 100:.1f}{mark}"


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Columns of the width of their longest cell, the first one to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def confusions(results: Sequence[Result]) -> Counter[tuple[str, str, str]]:
    """What went wrong, without a text: (language, kind of row, what came instead) and how often.

    Instead of an answer came another kind of reply, or ``answer`` with another article.
    """
    return Counter((r.row.language, r.row.kind.value, r.kind.value) for r in results if not right(r))


def mistaken(results: Sequence[Result]) -> Counter[tuple[str, str]]:
    """(right article, what was answered instead) and how often."""
    return Counter(
        (" or ".join(r.row.expect), r.found[0])
        for r in results
        if r.row.kind is RowKind.ANSWER and r.kind is ReplyKind.ANSWER and not right(r)
    )
