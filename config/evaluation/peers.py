"""Ours against other ways to find the article: the same rows, the same questions, each in a process of its own.

The countries that a question names are given to every peer, and articles of other countries do not compete in any of them. What
a peer learnt stays in the var directory until its rows or its code change.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from config.environment import ROOT
from config.evaluation.figures import Result, aligned, quantile, right, share
from config.evaluation.rows import Row, RowKind
from config.training import RASA_PYTHON
from knowledge_base.search.documents import Document
from nlu.acts import Act
from nlu.languages import LANGUAGES
from nlu.places import DESTINATIONS, find_places

_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS"), "1"
)


class PeerFailed(RuntimeError):
    """A peer's process ended with an error; the message names its log."""


@dataclass(frozen=True)
class Peer:
    """``learns_from``: patterns of the files that decide what is learnt, beside its own module and the rows."""

    name: str
    module: str
    python: Path = Path(sys.executable)
    learns_from: tuple[str, ...] = ()


_ENCODER = ("knowledge_base/search/encoder.py", "knowledge_base/search/packaged_e5.py")
PEERS = (
    Peer("BM25", "bm25"),
    Peer("e5-small, nearest row", "nearest", learns_from=_ENCODER),
    Peer("Rasa, ResponseSelector", "rasa_faq", RASA_PYTHON),
    Peer("Safar, the search", "ours", learns_from=("knowledge_base/search/*.py", "nlu/*.py")),
)
WHOLE_PATH = "Safar, whole path"


@dataclass(frozen=True)
class Comparison:
    """accuracy: {language or "all": (share with the right article first, among the first three)}.

    Seconds and MB; None where it was not measured. ``peak_mb``: most that the process that answers had resident.
    """

    name: str
    accuracy: dict[str, tuple[float, float]]
    p50_ms: float
    p95_ms: float
    peak_mb: float | None = None
    training_s: float | None = None
    training_mb: float | None = None


def compare(
    rows: Sequence[Row],
    documents: Sequence[Document],
    examples: Sequence[tuple[str, Act]],
    directory: Path,
    say: Callable[[str], object],
    peers: Sequence[Peer] = PEERS,
) -> list[Comparison]:
    """Train what has to be trained, then ask every peer the rows that an article answers. Raises `PeerFailed`."""
    asked = [row for row in rows if row.kind is RowKind.ANSWER]
    learnt = {"rows": [asdict(document) for document in documents], "examples": examples}
    directory.mkdir(parents=True, exist_ok=True)
    with _written(
        directory / "work.json", {**learnt, "questions": [_question(row) for row in asked]}
    ) as work:
        return [_compared(peer, work, _digest(peer, learnt), directory, asked, say) for peer in peers]


def _question(row: Row) -> tuple[str, list[str]]:
    named = dict.fromkeys(place.country for place in find_places(row.text))
    return row.text, [country for country in named if country in DESTINATIONS]


@contextmanager
def _written(path: Path, values: object) -> Iterator[Path]:
    """A file for as long as the block lasts: evaluation texts do not stay behind."""
    path.write_text(json.dumps(values), encoding="utf-8")
    try:
        yield path
    finally:
        path.unlink()


def _digest(peer: Peer, learnt: object) -> str:
    digest = hashlib.sha256(json.dumps(learnt).encode())
    for pattern in (f"scripts/peers/{peer.module}.*", *peer.learns_from):
        for path in sorted(path for path in ROOT.glob(pattern) if path.is_file()):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _compared(
    peer: Peer, work: Path, digest: str, directory: Path, rows: Sequence[Row], say: Callable[[str], object]
) -> Comparison:
    folder = directory / peer.module
    stamp = folder / "trained-from"
    if not stamp.exists() or stamp.read_text() != digest:
        say(f"{peer.name}: training ...")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        _run(peer, "train", work, folder, {})
        stamp.write_text(digest)
    say(f"{peer.name}: {len(rows)} questions ...")
    _run(peer, "ask", work, folder, _ONE_THREAD)
    return _read(peer, folder, rows)


def _run(peer: Peer, command: str, work: Path, folder: Path, environment: dict[str, str]) -> None:
    """Its progress bars go to our own standard error, all else into a log."""
    log = folder / f"{command}.log"
    with log.open("w") as output:
        ended = subprocess.run(
            [peer.python, "-m", f"scripts.peers.{peer.module}", command, work, folder],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            check=False,
        )
    if ended.returncode:
        raise PeerFailed(f"{peer.name}: `{command}` failed; what it said is above and in {log}.")


def _read(peer: Peer, folder: Path, rows: Sequence[Row]) -> Comparison:
    training: dict[str, float] = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    asked: dict[str, Any] = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    answers = asked["answers"]
    places = [_place(answer["articles"], row) for answer, row in zip(answers, rows, strict=True)]
    milliseconds = [answer["seconds"] * 1000 for answer in answers]
    return Comparison(
        peer.name,
        _accuracy(rows, [(place == 0, place is not None) for place in places]),
        quantile(milliseconds, 0.5),
        quantile(milliseconds, 0.95),
        asked["peak_mb"],
        training["seconds"],
        training["peak_mb"],
    )


def _place(articles: Sequence[str], row: Row) -> int | None:
    """Where the first right article stands, counted from 0; None when it is not among those compared."""
    return next((place for place, article in enumerate(articles) if article in row.expect), None)


def whole_path(results: Sequence[Result], peak_mb: float | None) -> Comparison:
    """The bot itself, which may also list, ask back or decline: first means answered with the right article."""
    answers = [result for result in results if result.row.kind is RowKind.ANSWER]
    hits = [(right(r), any(article in r.row.expect for article in r.found[:3])) for r in answers]
    milliseconds = [result.seconds * 1000 for result in answers]
    return Comparison(
        WHOLE_PATH,
        _accuracy([result.row for result in answers], hits),
        quantile(milliseconds, 0.5),
        quantile(milliseconds, 0.95),
        peak_mb,
    )


def _accuracy(rows: Sequence[Row], hits: Sequence[tuple[bool, bool]]) -> dict[str, tuple[float, float]]:
    found = {}
    for tag in (*LANGUAGES, "all"):
        chosen = [hit for row, hit in zip(rows, hits, strict=True) if tag in (row.language, "all")]
        first, three = share(hit[0] for hit in chosen), share(hit[1] for hit in chosen)
        if first is not None and three is not None:
            found[tag] = (first, three)
    return found


def as_table(comparisons: Sequence[Comparison]) -> str:
    """Right article first / among the first three, in per cent, by language; then what it costs."""
    tags = list(comparisons[0].accuracy)
    header = ["", *tags, "p50 ms", "p95 ms", "MB", "training s", "training MB"]
    lines = [
        [
            each.name,
            *(f"{each.accuracy[tag][0] * 100:.1f}/{each.accuracy[tag][1] * 100:.1f}" for tag in tags),
            f"{each.p50_ms:.1f}",
            f"{each.p95_ms:.1f}",
            *(
                f"{value:.0f}" if value is not None else "-"
                for value in (each.peak_mb, each.training_s, each.training_mb)
            ),
        ]
        for each in comparisons
    ]
    return aligned([header, *lines])
