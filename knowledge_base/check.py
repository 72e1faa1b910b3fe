"""``python -m knowledge_base.check [ID ...]``: the same report as ``manage.py check_articles``, without Django."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from knowledge_base.content import Library
from knowledge_base.files import CONTENT_ROOT, read_content
from knowledge_base.problems import Level, Problem, concerns, errors
from knowledge_base.rendering import NotRenderable, render
from knowledge_base.sms_length import sms_parts, sms_units


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="articles (sa/passport) or files (contacts/pk.yml); all if none"
    )
    parser.add_argument("--warnings", action="store_true", help="print warnings too")
    parser.add_argument("--show", action="store_true", help="print the texts as people will see them")
    parser.add_argument(
        "--root", type=Path, default=CONTENT_ROOT, help="folder with articles/, contacts/ and sources/"
    )


def report(
    root: Path, ids: Sequence[str], today: date, *, warnings: bool = False, show: bool = False
) -> tuple[list[str], int]:
    """Lines to print and the exit code: 1 if there are errors."""
    reading = read_content(root, today)
    chosen = [problem for problem in reading.problems if concerns(problem.path, ids)]
    shown = chosen if warnings else list(errors(chosen))
    lines = list(_grouped(shown))
    if show:
        lines += _as_seen(reading.library, ids, today)
    unknown = [one for one in ids if not (root / "articles" / one).is_dir() and not (root / one).exists()]
    lines += [f"{one}: no such article or file under {root}" for one in unknown]
    wrong = len(errors(chosen)) + len(unknown)
    hidden = "" if warnings else " (--warnings prints them)"
    lines.append(
        f"{_counts(reading.library)}: {wrong} errors, {len(chosen) - len(errors(chosen))} warnings{hidden}"
    )
    return lines, 1 if wrong else 0


def _counts(library: Library) -> str:
    texts = sum(len(article.texts) for article in library.articles.values())
    return (
        f"{len(library.articles)} articles, {texts} texts, {len(library.facts)} facts, "
        f"{len(library.contacts)} contacts, {len(library.sources)} sources"
    )


def _grouped(problems: Iterable[Problem]) -> Iterator[str]:
    for path, group in groupby(problems, key=lambda problem: problem.path):
        yield path
        for problem in group:
            level = "warning: " if problem.level is Level.WARNING else ""
            place = f"{problem.place}: " if problem.place else ""
            yield f"  {level}{place}{problem.message} -> {problem.remedy}"


def _as_seen(library: Library, ids: Sequence[str], today: date) -> Iterator[str]:
    for article in library.articles.values():
        if not concerns(f"articles/{article.id}/", ids):
            continue
        for tag, text in article.texts.items():
            try:
                short, more = render(text.short, library, tag, today), render(text.more, library, tag, today)
            except NotRenderable as problem:
                yield f"\n== {article.id} {tag}: {problem}"
                continue
            size = f"{sms_parts(short)} SMS parts, {sms_units(short)} units"
            yield f"\n== {article.id} {tag} ({size}) ==\n{text.title}\n\n{short}\n--\n{more}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m knowledge_base.check", description="Check the content files."
    )
    add_arguments(parser)
    chosen = parser.parse_args(arguments)
    today = date.today()  # noqa: DTZ011  content is dated by calendar day
    lines, code = report(chosen.root, chosen.ids, today, warnings=chosen.warnings, show=chosen.show)
    sys.stdout.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
