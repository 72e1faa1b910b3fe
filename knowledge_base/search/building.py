"""Making an index: encode what is new, write a whole version beside the others, then point to it."""

from __future__ import annotations

import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from operator import itemgetter
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from knowledge_base.search.calibration import UNCALIBRATED, Calibration
from knowledge_base.search.documents import Document, Field, text_digest
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import (
    FORMAT,
    POINTER,
    PROBE,
    IndexUnusable,
    Manifest,
    SearchIndex,
    content_digest,
    in_order,
)
from knowledge_base.search.learning import Sample, fit
from knowledge_base.search.lexical import KINDS, TermIndex, analyse
from knowledge_base.search.scoring import Corpus, topics_of
from knowledge_base.search.topic_model import Example, TopicModel
from knowledge_base.search.vectors import Matrix, Vector
from nlu.acts import Act

# Exact search of 200,000 rows takes about 12 ms on one core; above that a graph search is worth its misses.
EXACT_ROWS = 200_000
APPROXIMATE = "HNSW32,SQfp16"
_KEPT_VERSIONS = 2
# Questions held out, and texts that no article answers, from which the calibration is learnt: at most so many of each.
_SAMPLES = 600
_HELD_OUT = 4  # one question in so many
# Share of new texts up to which the topic model goes on from the last one, and the calibration stays.
_FEW_NEW = 0.02
_LIBRARIES = ("faiss-cpu", "sentence-transformers", "torch", "numpy")

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class BuildReport:
    """``encoded`` and ``reused`` count different texts; both are 0 when nothing had changed. ``measured``: what the
    calibration found when it asked the index its own questions."""

    version: str
    rows: int
    articles: int
    encoded: int
    reused: int
    seconds: float
    changed: bool
    measured: Mapping[str, float]


def build_index(
    documents: Sequence[Document],
    encoder: Encoder,
    directory: Path,
    *,
    examples: Sequence[tuple[str, Act]] = (),
    progress: Progress | None = None,
    exact_rows: int = EXACT_ROWS,
    reuse: bool = True,
) -> BuildReport:
    """Write a new version and point to it; texts that were indexed before keep their vectors.

    examples: of dialogue acts, for the act model; the off-topic ones are for the calibration too.
    progress: called with (texts encoded since the last call, texts to encode in all).
    """
    if not documents:
        raise ValueError("There is nothing to index: no published article has a text.")
    started = datetime.now(UTC)
    directory.mkdir(parents=True, exist_ok=True)
    with _one_writer(directory):
        rows = in_order(documents)
        digest = content_digest(rows, encoder.name, examples)
        previous = _previous(directory, encoder) if reuse else None
        if previous and previous.manifest.content_digest == digest:
            return _report(previous.version, previous.manifest, (0, 0), started, changed=False)
        name = f"{started:%Y%m%dT%H%M%S%f}-{digest[:8]}"
        with _building(directory) as path:
            manifest, texts = _Build(path, rows, encoder, previous).write(
                digest, started, examples, exact_rows, progress
            )
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
        measured=(manifest.calibration or {}).get("measured") or {},
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
class _Build:
    """One version in the making, in the directory ``path``."""

    path: Path
    rows: Sequence[Document]
    encoder: Encoder
    previous: SearchIndex | None

    def write(
        self,
        digest: str,
        started: datetime,
        spoken: Sequence[tuple[str, Act]],
        exact_rows: int,
        progress: Progress | None,
    ) -> tuple[Manifest, tuple[int, int]]:
        """The manifest, and how many texts were encoded and kept."""
        vectors, texts = self._vectors(progress)
        articles = sorted({(row.article_id, row.topic, row.country) for row in self.rows}, key=itemgetter(0))
        topics = topics_of(articles)
        examples = [
            Example(row.text, vector, topics.index(row.topic))
            for row, vector in zip(self.rows, vectors, strict=True)
        ]
        before = self.previous if texts[0] <= len(self.rows) * _FEW_NEW else None
        model = TopicModel.train(examples, topics, before.corpus.topic_model if before else None)
        corpus = self._corpus(articles, faiss_index(vectors, exact_rows), model)
        self._save(corpus)
        heard, heard_before = self._heard(spoken)
        calibration = before.calibration if before else self._calibration(corpus, examples, spoken, heard)
        acts = before.acts if before and heard_before else _act_model(examples, spoken, heard)
        if acts:
            acts.save(self.path, "acts")
        manifest = Manifest(
            format=FORMAT,
            encoder=self.encoder.name,
            dimensions=self.encoder.dimensions,
            content_digest=digest,
            built_at=started.isoformat(),
            libraries={name: version(name) for name in _LIBRARIES},
            rows=len(self.rows),
            articles=corpus.articles,
            languages=corpus.languages,
            probe=self.encoder.query(PROBE).tolist(),
            calibration=calibration.to_manifest(),
            acts=acts.topics if acts else (),
        )
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
        (self.path / "manifest.json").write_text(text, encoding="utf-8")
        return manifest, texts

    def _vectors(self, progress: Progress | None) -> tuple[Matrix, tuple[int, int]]:
        known = self.previous.known_vectors() if self.previous else {}
        new = {row.digest: row for row in self.rows if row.digest not in known}

        def tell(count: int) -> None:
            if progress:
                progress(count, len(new))

        for encode, passages in ((self.encoder.queries, False), (self.encoder.passages, True)):
            chosen = {digest: row.text for digest, row in new.items() if row.is_passage is passages}
            known |= dict(zip(chosen, encode(list(chosen.values()), tell), strict=True))
        kept = len({row.digest for row in self.rows}) - len(new)
        return np.stack([known[row.digest] for row in self.rows]), (len(new), kept)

    def _corpus(
        self, articles: Sequence[tuple[str, str, str | None]], vectors: Any, topic_model: TopicModel
    ) -> Corpus:
        languages = sorted({row.language for row in self.rows})
        analysed = [analyse(row.text) for row in self.rows]
        place = {article[0]: i for i, article in enumerate(articles)}
        return Corpus(
            articles=tuple(articles),
            languages=tuple(languages),
            vectors=vectors,
            terms={kind: TermIndex.build([terms[kind] for terms in analysed]) for kind in KINDS},
            topic_model=topic_model,
            row_article=np.array([place[row.article_id] for row in self.rows], dtype=np.int32),
            row_language=np.array([languages.index(row.language) for row in self.rows], dtype=np.int16),
            row_field=np.array([row.field for row in self.rows], dtype=np.int8),
        )

    def _save(self, corpus: Corpus) -> None:
        faiss.write_index(corpus.vectors, str(self.path / "vectors.faiss"))
        for name, terms in corpus.terms.items():
            terms.save(self.path, name)
        corpus.topic_model.save(self.path, "topics")
        np.save(self.path / "article.npy", corpus.row_article)
        np.save(self.path / "language.npy", corpus.row_language)
        np.save(self.path / "field.npy", corpus.row_field)
        np.save(self.path / "digest.npy", _digests([row.digest for row in self.rows]))

    def _heard(self, spoken: Sequence[tuple[str, Act]]) -> tuple[list[Vector], bool]:
        """Vectors of the training examples, and whether the version before was made with just these."""
        known = self.previous.known_examples() if self.previous else {}
        digests = [text_digest(text) for text, _ in spoken]
        new = {digest: text for digest, (text, _) in zip(digests, spoken, strict=True) if digest not in known}
        unchanged = not new and len(known) == len(digests)
        known |= dict(zip(new, self.encoder.queries(list(new.values())), strict=True))
        vectors = [known[digest] for digest in digests]
        np.save(self.path / "examples-digest.npy", _digests(digests))
        np.save(
            self.path / "examples.npy",
            np.array(vectors, dtype=np.float32).reshape(len(digests), self.encoder.dimensions),
        )
        return vectors, unchanged

    def _calibration(
        self,
        corpus: Corpus,
        examples: Sequence[Example],
        spoken: Sequence[tuple[str, Act]],
        heard: Sequence[Vector],
    ) -> Calibration:
        """Learnt by asking the questions that were held out, and texts that no article answers.

        Those asked are chosen by digest, so that a changed article leaves the rest of the choice as it is.
        """
        held_out = np.array([_is_held_out(row) for row in self.rows])
        kept = [example for example, out in zip(examples, held_out, strict=True) if not out]
        if not kept or not held_out.any():
            return UNCALIBRATED
        asked = sorted(np.flatnonzero(held_out).tolist(), key=lambda i: self.rows[i].digest)[:_SAMPLES]
        strange = [
            Sample(None, text, vector)
            for (text, act), vector in zip(spoken, heard, strict=True)
            if act is Act.OUT_OF_SCOPE
        ]
        return fit(
            replace(corpus, topic_model=TopicModel.train(kept, corpus.topics)),
            held_out,
            [Sample(i, examples[i].text, examples[i].vector) for i in asked],
            sorted(strange, key=lambda sample: text_digest(sample.text))[:_SAMPLES],
        )


def _act_model(
    examples: Sequence[Example], spoken: Sequence[tuple[str, Act]], heard: Sequence[Vector]
) -> TopicModel | None:
    """Tells dialogue acts apart; what the articles' own rows say is the act of asking. None without training examples."""
    acts = sorted({act.value for _, act in spoken} | {Act.QUESTION.value})
    asking = acts.index(Act.QUESTION.value)
    learnt = [replace(example, topic=asking) for example in examples]
    learnt += [
        Example(text, vector, acts.index(act.value))
        for (text, act), vector in zip(spoken, heard, strict=True)
    ]
    return TopicModel.train(learnt, acts) if spoken else None


def _is_held_out(row: Document) -> bool:
    """One question in four, the same places in every language: translations tend to stand in the same place."""
    return row.field is Field.QUESTION and row.position % _HELD_OUT == 0


def _digests(digests: Sequence[bytes]) -> np.ndarray[Any, Any]:
    return np.array(digests, dtype="V16")


def faiss_index(vectors: Matrix, exact_rows: int = EXACT_ROWS) -> Any:
    """Inner product, which is cosine here: all vectors have length one."""
    dimensions = vectors.shape[1]
    index: faiss.Index
    if len(vectors) <= exact_rows:
        index = faiss.IndexFlatIP(dimensions)
    else:
        index = faiss.index_factory(dimensions, APPROXIMATE, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors)
    index.add(vectors)
    return index
