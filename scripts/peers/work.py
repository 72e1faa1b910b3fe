"""What a peer is given and gives back. Python 3.10, the standard library and tqdm: one peer runs in Rasa's environment.

    python -m scripts.peers.<peer> train WORK FOLDER    # FOLDER/training.json
    python -m scripts.peers.<peer> ask WORK FOLDER      # FOLDER/answers.json

`config.evaluation.peers` writes WORK (JSON: documents, examples, questions) and reads the two answers.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

_KEPT = 3  # articles of a ranking that are compared


@dataclass(frozen=True)
class Found:
    """articles: ids, best first. act: the dialogue act that the message is, for a peer that tells acts apart."""

    articles: Sequence[str]
    act: str | None = None


Rank = Callable[[str, Sequence[str]], Found]
"""(message, countries that it names) -> what is found."""


@dataclass(frozen=True)
class Row:
    """A title, question or short answer of an article; the fields of `knowledge_base.search.documents.Document`."""

    article_id: str
    topic: str
    country: str | None
    language: str
    field: int
    text: str
    position: int


@dataclass(frozen=True)
class Work:
    """rows: what is searched. examples: (text, dialogue act). questions: (message, countries that it names)."""

    rows: tuple[Row, ...]
    examples: tuple[tuple[str, str], ...]
    questions: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def read(cls, path: Path) -> Work:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            tuple(Row(**row) for row in raw["rows"]),
            tuple((text, act) for text, act in raw["examples"]),
            tuple((text, tuple(countries)) for text, countries in raw["questions"]),
        )


def competing(
    ranking: Iterable[str], country_of: dict[str, str | None], countries: Sequence[str]
) -> list[str]:
    """Without the articles of other countries than those that the question names: the same rule for every peer."""
    return [article for article in ranking if not countries or country_of[article] in (None, *countries)][
        :_KEPT
    ]


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], object]]:
    """A bar, and what tells it how many rows were done."""
    with tqdm(total=total, desc="rows", leave=False) as bar:
        yield bar.update


def run(train: Callable[[Work, Path], None], load: Callable[[Path], Rank]) -> None:
    """The program of a peer."""
    command, work, folder = sys.argv[1], Work.read(Path(sys.argv[2])), Path(sys.argv[3])
    if command == "train":
        _write(folder / "training.json", _trained(train, work, folder))
    else:
        _write(folder / "answers.json", _asked(load, work, folder))


def _trained(train: Callable[[Work, Path], None], work: Work, folder: Path) -> dict[str, float]:
    start = time.perf_counter()
    train(work, folder)
    return {"seconds": time.perf_counter() - start, "peak_mb": peak_mb()}


def _asked(load: Callable[[Path], Rank], work: Work, folder: Path) -> dict[str, Any]:
    """One question after the other; a first one, not counted, warms up."""
    rank = load(folder)
    rank("how do I get my passport back", ())
    answers = []
    for text, countries in tqdm(work.questions, desc="questions", leave=False):
        start = time.perf_counter()
        found = rank(text, countries)
        seconds = time.perf_counter() - start
        answers.append({"articles": found.articles[:_KEPT], "act": found.act, "seconds": seconds})
    return {"answers": answers, "peak_mb": peak_mb()}


def _write(path: Path, values: object) -> None:
    path.write_text(json.dumps(values), encoding="utf-8")


def peak_mb() -> float:
    """Most memory that this process ever had resident, in MB.

    On Linux not by `resource`: that counts what the parent had when it forked.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        scale = 2**20 if sys.platform == "darwin" else 2**10
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
