"""Making an index: encode what is new, write a whole version beside the others, then point to it."""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from knowledge_base.search.documents import Document, text_digest
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import (
    FORMAT,
    POINTER,
    PROBE,
    IndexUnusable,
    Manifest,
    SearchIndex,
    content_digest,
    examples_digest,
    in_order,
)
from knowledge_base.search.nearest import EXACT_ROWS, faiss_index
from knowledge_base.search.progress import Progress, tell_nobody
from knowledge_base.search.scoring import Corpus, topics_of
from knowledge_base.search.sounds import SoundIndex
from knowledge_base.search.topic_model import TopicModel
from knowledge_base.search.training import STEPS, Lessons, calibrate, train
from knowledge_base.search.vectors import Array
from nlu.acts import Act

_KEPT_VERSIONS = 2
# Share of rows up to which a change is published with the models of the version before, in a second instead of a minute.
_SMALL_CHANGE = 0.1
_LIBRARIES = ("faiss-cpu", "sentence-transformers", "torch", "numpy")


@dataclass(frozen=True)
class BuildReport:
    """``encoded`` and ``reused`` count different texts; both are 0 when nothing had changed. ``settled`` is false when the
    models have yet to learn what changed, by a build with ``retrain``."""

    version: str
    rows: int
    articles: int
    encoded: int
    reused: int
    seconds: float
    changed: bool
    settled: bool


def build_index(
    documents: Sequence[Document],
    encoder: Encoder,
    directory: Path,
    *,
    examples: Sequence[tuple[str, Act]] = (),
    progress: Progress | None = None,
    exact_rows: int = EXACT_ROWS,
    reuse: bool = True,
    retrain: bool = False,
) -> BuildReport:
    """Write a new version and point to it; texts that were indexed before keep their vectors.

    After a small change the models of the version before serve on; ``retrain`` has them learn it.

    examples: of dialogue acts, for the act model; the off-topic ones are for the calibration too.
    """
    if not documents:
        raise ValueError("There is nothing to index: no published article has a text.")
    started = datetime.now(UTC)
    directory.mkdir(parents=True, exist_ok=True)
    # One thread for each product: pools of the linear algebra wait for whoever else uses the cores, and that cost twice the time.
    with _one_writer(directory), threadpool_limits(1):
        rows = in_order(documents)
        digest = content_digest(rows, encoder.name, examples)
        previous = _previous(directory, encoder) if reuse else None
        if previous and previous.manifest.content_digest == digest and not retrain:
            return _report(previous.version, previous.manifest, (0, 0), started, changed=False)
        name = f"{started:%Y%m%dT%H%M%S%f}-{digest[:8]}"
        with _building(directory) as path:
            build = _Build(path, rows, examples, encoder, previous, progress or tell_nobody, retrain)
            manifest, texts = build.write(digest, started, exact_rows)
            path.rename(directory / name)
        _point_to(directory, name)
        _forget_old(directory, name)
    return _report(name, manifest, texts, started, changed=True)


def _report(
    name: str, manifest: Manifest, texts: tuple[int, int], started: datetime, *, changed: bool
) -> BuildReport:
    return BuildReport(
        version=name,
        rows=manifest.rows,
        articles=len(manifest.articles),
        encoded=texts[0],
        reused=texts[1],
        seconds=(datetime.now(UTC) - started).total_seconds(),
        changed=changed,
        settled=manifest.settled,
    )


@contextmanager
def _one_writer(directory: Path) -> Iterator[None]:
    with (directory / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _building(directory: Path) -> Iterator[Path]:
    """A directory beside the versions that is gone afterwards unless it was renamed; so are those of dead builds."""
    for left_over in directory.glob(".building-*"):
        shutil.rmtree(left_over)
    path = Path(tempfile.mkdtemp(prefix=".building-", dir=directory))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _previous(directory: Path, encoder: Encoder) -> SearchIndex | None:
    """The current version if it is whole and of the same model; otherwise all is built anew."""
    try:
        return SearchIndex.load(directory, encoder)
    except IndexUnusable:
        return None


def _point_to(directory: Path, name: str) -> None:
    waiting = directory / f".{POINTER}.new"
    waiting.write_text(f"{name}\n", encoding="utf-8")
    waiting.replace(directory / POINTER)


def _forget_old(directory: Path, name: str) -> None:
    """Readers that still map a deleted version keep it until they let go."""
    versions = sorted(path for path in directory.iterdir() if path.is_dir() and not path.name.startswith("."))
    for path in [path for path in versions if path.name != name][: -(_KEPT_VERSIONS - 1)]:
        shutil.rmtree(path, ignore_errors=True)


@dataclass(frozen=True)
class _Change:
    """places: of each row of the version before, its row now, -1 if it is gone. new: the rows that were not there."""

    places: Array
    new: Sequence[int]

    @property
    def size(self) -> int:
        return max(len(self.new), int((self.places < 0).sum()))


def _change(rows: Sequence[Document], before: SearchIndex | None) -> _Change:
    waiting = defaultdict(list)
    for place, row in enumerate(rows):
        waiting[row.article_id, row.language, int(row.field), row.digest].append(place)
    names = before.row_names() if before else []
    places = np.array([waiting[name].pop() if waiting.get(name) else -1 for name in names], dtype=np.int32)
    return _Change(places, sorted(chain.from_iterable(waiting.values())))


@dataclass(frozen=True)
class _Build:
    """One version in the making, in the directory ``path``. ``retrain``: learn from the beginning whatever changed."""

    path: Path
    rows: Sequence[Document]
    spoken: Sequence[tuple[str, Act]]
    encoder: Encoder
    previous: SearchIndex | None
    progress: Progress
    retrain: bool

    def write(self, digest: str, started: datetime, exact_rows: int) -> tuple[Manifest, tuple[int, int]]:
        """The manifest, and how many texts were encoded and kept."""
        lessons, texts = self._lessons()
        change = _change(self.rows, self.previous)
        articles = sorted({(row.article_id, row.topic, row.country) for row in self.rows}, key=itemgetter(0))
        topics = topics_of(articles)
        before = self._good_enough(change)
        like = before.path / "vectors.faiss" if before else None
        vectors = faiss_index(lessons.vectors, exact_rows, like)
        if before:
            corpus = self._corpus(articles, vectors, before.corpus.topic_model.among(topics), change)
            calibration, acts = before.calibration, before.acts
            news = set(topics) - set(before.corpus.topics)
            unlearnt = len(self.rows) if news else before.manifest.rows_unlearnt + change.size
        else:
            trained = train(lessons, topics, partial(self.progress, "training", 1, STEPS))
            corpus = self._corpus(articles, vectors, trained.topics, change)
            calibration, acts = calibrate(corpus, lessons, trained.blind), trained.acts
            unlearnt = 0
        self._save(corpus, lessons, acts)
        manifest = Manifest(
            format=FORMAT,
            encoder=self.encoder.name,
            dimensions=self.encoder.dimensions,
            content_digest=digest,
            examples_digest=examples_digest(self.spoken),
            built_at=started.isoformat(),
            libraries={name: version(name) for name in _LIBRARIES},
            rows=len(self.rows),
            rows_unlearnt=unlearnt,
            articles=corpus.articles,
            languages=corpus.languages,
            probe=self.encoder.query(PROBE).tolist(),
            calibration=calibration.to_manifest(),
            acts=acts.topics if acts else (),
        )
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        (self.path / "manifest.json").write_text(text, encoding="utf-8")
        return manifest, texts

    def _good_enough(self, change: _Change) -> SearchIndex | None:
        """The version before, if its models can serve until they have learnt what changed."""
        before = self.previous
        if self.retrain or before is None or change.size > _SMALL_CHANGE * len(self.rows):
            return None
        return before if before.manifest.examples_digest == examples_digest(self.spoken) else None

    def _lessons(self) -> tuple[Lessons, tuple[int, int]]:
        """Vectors of all texts, and how many of the rows' texts were encoded and kept."""
        known = self.previous.known_vectors() if self.previous else {}
        heard = self.previous.known_examples() if self.previous else {}
        new = {row.digest: row for row in self.rows if row.digest not in known}
        said = {text_digest(text): text for text, _ in self.spoken}
        unheard = {digest: text for digest, text in said.items() if digest not in heard}

        def tell(count: int) -> None:
            self.progress("encoding", count, len(new) + len(unheard))

        for encode, passages in ((self.encoder.queries, False), (self.encoder.passages, True)):
            chosen = {digest: row.text for digest, row in new.items() if row.is_passage is passages}
            known |= dict(zip(chosen, encode(list(chosen.values()), tell), strict=True))
        heard |= dict(zip(unheard, self.encoder.queries(list(unheard.values()), tell), strict=True))
        lessons = Lessons(
            self.rows,
            np.stack([known[row.digest] for row in self.rows]),
            self.spoken,
            np.array([heard[text_digest(text)] for text, _ in self.spoken], dtype=np.float32),
        )
        return lessons, (len(new), len({row.digest for row in self.rows}) - len(new))

    def _corpus(
        self,
        articles: Sequence[tuple[str, str, str | None]],
        vectors: Any,
        topic_model: TopicModel,
        change: _Change,
    ) -> Corpus:
        languages = sorted({row.language for row in self.rows})
        place = {article[0]: i for i, article in enumerate(articles)}
        return Corpus(
            articles=tuple(articles),
            languages=tuple(languages),
            vectors=vectors,
            sounds=self._sounds(change),
            topic_model=topic_model,
            row_article=np.array([place[row.article_id] for row in self.rows], dtype=np.int32),
            row_language=np.array([languages.index(row.language) for row in self.rows], dtype=np.int16),
            row_field=np.array([row.field for row in self.rows], dtype=np.int8),
        )

    def _sounds(self, change: _Change) -> SoundIndex:
        before = self.previous.corpus.sounds if self.previous else SoundIndex.build({})
        return before.changed(change.places, {row: self.rows[row].text for row in change.new})

    def _save(self, corpus: Corpus, lessons: Lessons, acts: TopicModel | None) -> None:
        faiss.write_index(corpus.vectors, str(self.path / "vectors.faiss"))
        corpus.sounds.save(self.path)
        corpus.topic_model.save(self.path, "topics")
        if acts:
            acts.save(self.path, "acts")
        np.save(self.path / "article.npy", corpus.row_article)
        np.save(self.path / "language.npy", corpus.row_language)
        np.save(self.path / "field.npy", corpus.row_field)
        np.save(self.path / "digest.npy", _digests([row.digest for row in self.rows]))
        np.save(self.path / "examples-digest.npy", _digests([text_digest(text) for text, _ in self.spoken]))
        np.save(self.path / "examples.npy", lessons.heard)


def _digests(digests: Sequence[bytes]) -> np.ndarray[Any, Any]:
    return np.array(digests, dtype="V16")
