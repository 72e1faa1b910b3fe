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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.replies import ReplyKind
from config.environment import ROOT
from config.evaluation.figures import Figures, Result, aligned, by_language, figures
from config.evaluation.rows import Row, RowKind
from config.training import RASA_PYTHON
from knowledge_base.search.documents import Document
from nlu.acts import Act
from nlu.places import destinations_in

_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS"), "1"
)


class PeerFailed(RuntimeError):
    """A peer's process ended with an error; the message names its log."""


@dataclass(frozen=True)
class Peer:
    """``minutes``: how long it learns, about, on two cores that do nothing else. ``learns_from``: patterns of the files that
    decide what is learnt, beside its own module and the rows."""

    name: str
    module: str
    minutes: float
    python: Path = Path(sys.executable)
    learns_from: tuple[str, ...] = ()


_ENCODER = ("knowledge_base/search/encoder.py", "knowledge_base/search/packaged_e5.py")
PEERS = (
    Peer("BM25", "bm25", 0.1),
    Peer("e5-small, nearest row", "nearest", 2, learns_from=_ENCODER),
    Peer("Rasa, ResponseSelector", "rasa_faq", 25, RASA_PYTHON),
    Peer("Safar, the search", "ours", 3, learns_from=("knowledge_base/search/*.py", "nlu/*.py")),
)
WHOLE_PATH = "Safar, whole path"
_ACTS = {"urgent_recall": "urgent", "false_urgent": "false alarms", "declined": "declined"}
# What an assistant would say to a message of that intent; to all others it would look for an article.
_REPLY_TO = {
    Act.URGENT.value: ReplyKind.URGENT,
    Act.OUT_OF_SCOPE.value: ReplyKind.OUT_OF_SCOPE,
    "nlu_fallback": ReplyKind.UNKNOWN,
}


@dataclass(frozen=True)
class Comparison:
    """answers: figures by language over the rows that an article answers. acts: over all rows, for those that tell dialogue
    acts apart. Seconds and MB; None where it was not measured. peak_mb: most that the process that answers had resident.
    """

    name: str
    answers: Mapping[str, Figures]
    acts: Figures | None = None
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
    """Train what has to be trained, then ask every peer all rows. Raises `PeerFailed`."""
    learnt = {"rows": [asdict(document) for document in documents], "examples": examples}
    directory.mkdir(parents=True, exist_ok=True)
    with _written(
        directory / "work.json",
        {**learnt, "questions": [(row.text, destinations_in(row.text)) for row in rows]},
    ) as work:
        return [_compared(peer, work, _digest(peer, learnt), directory, rows, say) for peer in peers]


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
        say(f"{peer.name}: training, about {peer.minutes:g} minutes on two idle cores ...")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        _run(peer, "train", work, folder, {})
        stamp.write_text(digest)
    say(f"{peer.name}: {len(rows)} rows ...")
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
    results = [_result(row, answer) for row, answer in zip(rows, asked["answers"], strict=True)]
    acts = [
        replace(result, kind=_REPLY_TO.get(answer["act"], ReplyKind.ANSWER))
        for result, answer in zip(results, asked["answers"], strict=True)
        if answer["act"]
    ]
    return Comparison(
        peer.name,
        by_language(_to_answer(results)),
        figures(acts) if acts else None,
        asked["peak_mb"],
        training["seconds"],
        training["peak_mb"],
    )


def _result(row: Row, answer: Mapping[str, Any]) -> Result:
    return Result(row, ReplyKind.ANSWER, row.language, tuple(answer["articles"]), answer["seconds"])


def _to_answer(results: Iterable[Result]) -> list[Result]:
    return [result for result in results if result.row.kind is RowKind.ANSWER]


def whole_path(results: Sequence[Result], peak_mb: float | None) -> Comparison:
    """The bot itself, which may also list, ask back or decline: first means answered with the right article."""
    return Comparison(WHOLE_PATH, by_language(_to_answer(results)), figures(results), peak_mb)


def as_table(comparisons: Sequence[Comparison]) -> str:
    """Shares in per cent: the right article first / among the first three, by language; acts; then what it costs."""
    tags = list(comparisons[0].answers)
    header = ["", *tags, *_ACTS.values(), "p50 ms", "p95 ms", "MB", "training s", "training MB"]
    return aligned([header, *([each.name, *_cells(each, tags)] for each in comparisons)])


def _cells(each: Comparison, tags: Sequence[str]) -> Iterator[str]:
    for tag in tags:
        yield f"{_per_cent(each.answers[tag]['top1'])}/{_per_cent(each.answers[tag]['top3'])}"
    for name in _ACTS:
        yield _per_cent(each.acts[name]) if each.acts else "-"
    for name in ("p50_ms", "p95_ms"):
        yield f"{each.answers['all'][name]:.1f}"
    for value in (each.peak_mb, each.training_s, each.training_mb):
        yield f"{value:.0f}" if value is not None else "-"


def _per_cent(share: float | None) -> str:
    return f"{share * 100:.1f}" if share is not None else "-"
