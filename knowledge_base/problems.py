"""What is wrong with the content: one value per problem, and the error that carries all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error keeps content from being loaded; a warning is for people to look at."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem before it is known in which file it stands. ``place`` is a field or key such as ``short``."""

    place: str
    message: str
    remedy: str
    level: Level = Level.ERROR

    def at(self, path: str, prefix: str = "") -> Problem:
        place = ".".join(part for part in (prefix, self.place) if part)
        return Problem(path, place, self.message, self.remedy, self.level)


def warning(place: str, message: str, remedy: str) -> Finding:
    return Finding(place, message, remedy, Level.WARNING)


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of one file. ``path`` is relative to the content root, ``place`` a key path or "line 12"."""

    path: str
    place: str
    message: str
    remedy: str
    level: Level = Level.ERROR

    def __str__(self) -> str:
        return f"{self.path}: {self.place}: {self.message} -> {self.remedy}"


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(problem for problem in problems if problem.level is Level.ERROR)


class ContentErrors(Exception):
    """The content cannot be loaded; ``problems`` holds every error of every file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} errors in the content files:\n{lines}")
