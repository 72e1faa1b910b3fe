"""What is wrong with the content: one value per problem, and the error that carries all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error keeps content from being loaded; a warning is for people to look at."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem before it is known in which file it stands. ``place`` is a field or key such as ``short``.

    ``missing`` is the key of the source or contact that was not found, if that is the problem.
    """

    place: str
    message: str
    remedy: str
    level: Level = Level.ERROR
    missing: str = ""

    def at(self, path: str, prefix: str = "") -> Problem:
        place = ".".join(part for part in (prefix, self.place) if part)
        return Problem(path, place, self.message, self.remedy, self.level)


def warning(place: str, message: str, remedy: str) -> Finding:
    return Finding(place, message, remedy, Level.WARNING)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one file. ``path`` is relative to the content root, ``place`` a key path or "line 12".

    ``shape``: the file could not be read in full, so that it must not be rewritten.
    """

    path: str
    place: str
    message: str
    remedy: str
    level: Level = Level.ERROR
    shape: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.place}: {self.message} -> {self.remedy}"


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.level is Level.ERROR)


def concerns(path: str, ids: Sequence[str]) -> bool:
    """Whether the file belongs to one of the articles or is one of the files named; no names mean all."""
    return not ids or any(path == one or path.startswith((f"articles/{one}/", f"{one}/")) for one in ids)


class ContentErrors(Exception):
    """The content cannot be loaded; ``problems`` holds every error of every file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} errors in the content files:\n{lines}")
