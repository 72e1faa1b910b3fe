"""The search index: a versioned directory that is written whole, then pointed to, and memory-mapped by its readers.

    <directory>/current              the name of the version in use, replaced in one step
    <directory>/<version>/           manifest.json, vectors.faiss, *.npy

A row is one title, question or short answer; rows lie in the order of their articles.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from knowledge_base.search.calibration import Calibration
from knowledge_base.search.documents import Document, Field
from knowledge_base.search.learning import Sample, fit
from knowledge_base.search.lexical import ANALYSERS, TermIndex
from knowledge_base.search.scoring import Corpus
from knowledge_base.search.vectors import Array, Matrix, Vector

if TYPE_CHECKING:
    from knowledge_base.search.encoder import Encoder

FORMAT = 1
POINTER = "current"
REBUILD = "python manage.py build_index"
# Exact search of 200,000 rows takes about 12 ms on one core; above that a graph search is worth its misses.
EXACT_ROWS = 200_000
APPROXIMATE = "HNSW32,SQfp16"
_PROBE = "my employer keeps my passport"
_SAME_MODEL = 0.99
_KEPT_VERSIONS = 2
_DIGEST = np.dtype("V16")


class IndexMissing(RuntimeError):
    """There is no index in the directory."""


class IndexMismatch(RuntimeError):
    """The index was made with another encoder, or in another format."""


@dataclass(frozen=True)
class Manifest:
    format: int
    encoder: str
    dimensions: int
    content_digest: str
    built_at: str
    libraries: Mapping[str, str]
    rows: int
    articles: Sequence[Sequence[str | None]]
    languages: Sequence[str]
    probe: Sequence[float]
    calibration: Mapping[str, Any] | None

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """Raises IndexMismatch for a manifest of another format."""
        values = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
        if values.get("format") != FORMAT:
            raise IndexMismatch(
                f"The index in {directory} has format {values.get('format')}, not {FORMAT}. Run `{REBUILD}`."
            )
        return cls(**values)


@dataclass(frozen=True)
class BuildReport:
    """``encoded`` and ``reused`` count rows; both are 0 when nothing had changed."""

    version: str
    rows: int
    articles: int
    encoded: int
    reused: int
    seconds: float
    changed: bool = True
    calibration: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchIndex:
    """A loaded version. All arrays are memory-mapped and read-only, so any number of threads may search."""

    version: str
    manifest: Manifest
    corpus: Corpus
    calibration: Calibration
    digests: Array

    @classmethod
    def load(cls, directory: Path, encoder: Encoder) -> SearchIndex:
        """The version that ``directory`` points to. Raises IndexMissing, IndexMismatch."""
        name = current_version(directory)
        if name is None:
            raise IndexMissing(f"There is no search index in {directory}. Run `{REBUILD}`.")
        index = cls._open(directory / name)
        require_same_model(index.manifest, encoder)
        return index

    @classmethod
    def _open(cls, path: Path) -> SearchIndex:
        manifest = Manifest.read(path)
        corpus = Corpus(
            articles=tuple((str(a), str(topic), country) for a, topic, country in manifest.articles),
            languages=tuple(manifest.languages),
            vectors=faiss.read_index(str(path / "vectors.faiss"), faiss.IO_FLAG_MMAP_IFC),
            terms={name: TermIndex.load(path, name, manifest.rows) for name in ANALYSERS},
            row_article=np.load(path / "article.npy", mmap_mode="r"),
            row_language=np.load(path / "language.npy", mmap_mode="r"),
            row_field=np.load(path / "field.npy", mmap_mode="r"),
        )
        digests = np.load(path / "digest.npy", mmap_mode="r")
        return cls(path.name, manifest, corpus, Calibration.from_manifest(manifest.calibration), digests)


def current_version(directory: Path) -> str | None:
    try:
        return (directory / POINTER).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def require_same_model(manifest: Manifest, encoder: Encoder) -> None:
    """Raises IndexMismatch unless the encoder has the manifest's name and size and still gives the same vectors."""
    told = f"Run `{REBUILD}`, or set KB_ENCODER to {manifest.encoder!r}."
    if (manifest.encoder, manifest.dimensions) != (encoder.name, encoder.dimensions):
        raise IndexMismatch(
            f"The index was made with {manifest.encoder!r} ({manifest.dimensions} dimensions), but the encoder is "
            f"{encoder.name!r} ({encoder.dimensions} dimensions). {told}"
        )
    likeness = float(np.dot(encoder.query(_PROBE), np.asarray(manifest.probe, dtype=np.float32)))
    if likeness < _SAME_MODEL:
        raise IndexMismatch(
            f"The encoder {encoder.name!r} no longer gives the vectors that the index of {manifest.encoder!r} was made "
            f"with (cosine {likeness:.3f}). Run `{REBUILD}`."
        )


def build_index(
    documents: Sequence[Document],
    encoder: Encoder,
    directory: Path,
    *,
    out_of_scope: Sequence[str] = (),
    progress: Callable[[int, int], object] | None = None,
    exact_rows: int = EXACT_ROWS,
    reuse: bool = True,
) -> BuildReport:
    """Write a new version and point to it; rows whose text is unchanged keep their vectors.

    progress: called with (rows encoded since the last call, rows to encode in all).
    out_of_scope: texts that no article answers, for the calibration.
    """
    if not documents:
        raise ValueError("There is nothing to index: no published article has a text.")
    started = datetime.now(UTC)
    directory.mkdir(parents=True, exist_ok=True)
    with _one_writer(directory):
        rows = _in_order(documents)
        digest = content_digest(rows, encoder.name, out_of_scope)
        previous = _previous(directory, encoder) if reuse else None
        if previous and previous.manifest.content_digest == digest:
            return BuildReport(
                previous.version, len(rows), len(previous.manifest.articles), 0, 0, _since(started), False
            )
        vectors, encoded = _vectors(rows, encoder, previous, progress)
        name = f"{started:%Y%m%dT%H%M%S%f}-{digest[:8]}"
        with _building(directory) as path:
            calibration = _write(path, rows, vectors, encoder, digest, started, out_of_scope, exact_rows)
            path.rename(directory / name)
        _point_to(directory, name)
        _forget_old(directory, name)
    articles = len({row.article_id for row in rows})
    return BuildReport(
        name, len(rows), articles, encoded, len(rows) - encoded, _since(started), True, calibration
    )


def unchanged(
    documents: Sequence[Document], encoder: str, directory: Path, out_of_scope: Sequence[str]
) -> Manifest | None:
    """The manifest of the index in use if it was made of just this; found without loading the encoder."""
    name = current_version(directory)
    try:
        manifest = Manifest.read(directory / name) if name else None
    except (IndexMismatch, OSError, ValueError, TypeError):
        return None
    digest = content_digest(_in_order(documents), encoder, out_of_scope)
    return manifest if manifest and manifest.content_digest == digest else None


def _in_order(documents: Sequence[Document]) -> list[Document]:
    return sorted(set(documents), key=lambda row: (row.article_id, row.language, row.field, row.text))


def content_digest(rows: Sequence[Document], encoder: str, out_of_scope: Sequence[str]) -> str:
    """SHA-256 of all that goes into an index."""
    plain = [[row.article_id, row.topic, row.country, row.language, int(row.field), row.text] for row in rows]
    return hashlib.sha256(json.dumps([FORMAT, encoder, plain, list(out_of_scope)]).encode()).hexdigest()


def _since(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()


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
    """The current version if it is whole and of the same model; anything else is built anew."""
    try:
        return SearchIndex.load(directory, encoder)
    except (IndexMissing, IndexMismatch, OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None


def _vectors(
    rows: Sequence[Document],
    encoder: Encoder,
    previous: SearchIndex | None,
    progress: Callable[[int, int], object] | None,
) -> tuple[Matrix, int]:
    """Vectors of all rows, and how many texts had to be encoded."""
    known = _known_vectors(previous)
    new = {row.digest: row for row in rows if row.digest not in known}

    def tell(count: int) -> None:
        if progress:
            progress(count, len(new))

    for passage in (False, True):
        chosen = [row for row in new.values() if (row.field == Field.SHORT) == passage]
        encode = encoder.passages if passage else encoder.queries
        vectors = encode([row.text for row in chosen], tell)
        known |= {row.digest: vector for row, vector in zip(chosen, vectors, strict=True)}
    return np.stack([known[row.digest] for row in rows]), len(new)


def _known_vectors(previous: SearchIndex | None) -> dict[bytes, Vector]:
    if previous is None:
        return {}
    vectors = previous.corpus.vectors.reconstruct_n(0, previous.manifest.rows)
    return {digest.tobytes(): vector for digest, vector in zip(previous.digests, vectors, strict=True)}


def _write(
    path: Path,
    rows: Sequence[Document],
    vectors: Matrix,
    encoder: Encoder,
    digest: str,
    started: datetime,
    out_of_scope: Sequence[str],
    exact_rows: int,
) -> Mapping[str, Any]:
    """Fill ``path``; returns what the calibration found, for the report."""
    articles = sorted(
        {(row.article_id, row.topic, row.country) for row in rows}, key=lambda article: article[0]
    )
    languages = sorted({row.language for row in rows})
    place = {article[0]: i for i, article in enumerate(articles)}
    corpus = Corpus(
        articles=tuple(articles),
        languages=tuple(languages),
        vectors=_faiss_index(vectors, exact_rows),
        terms={
            name: TermIndex.build([analyse(row.text) for row in rows]) for name, analyse in ANALYSERS.items()
        },
        row_article=np.array([place[row.article_id] for row in rows], dtype=np.int32),
        row_language=np.array([languages.index(row.language) for row in rows], dtype=np.int16),
        row_field=np.array([row.field for row in rows], dtype=np.int8),
    )
    faiss.write_index(corpus.vectors, str(path / "vectors.faiss"))
    for name, terms in corpus.terms.items():
        terms.save(path, name)
    np.save(path / "article.npy", corpus.row_article)
    np.save(path / "language.npy", corpus.row_language)
    np.save(path / "field.npy", corpus.row_field)
    np.save(path / "digest.npy", np.array([row.digest for row in rows], dtype="V16"))
    calibration = fit(corpus, _samples(rows, vectors), _strangers(out_of_scope, encoder)).to_manifest()
    manifest = Manifest(
        format=FORMAT,
        encoder=encoder.name,
        dimensions=encoder.dimensions,
        content_digest=digest,
        built_at=started.isoformat(),
        libraries={name: version(name) for name in ("faiss-cpu", "sentence-transformers", "torch", "numpy")},
        rows=len(rows),
        articles=articles,
        languages=languages,
        probe=encoder.query(_PROBE).tolist(),
        calibration=calibration,
    )
    (path / "manifest.json").write_text(
        json.dumps(asdict(manifest), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return calibration


def _faiss_index(vectors: Matrix, exact_rows: int) -> Any:
    """Inner product is cosine here: all vectors have length one."""
    dimensions = vectors.shape[1]
    index: faiss.Index
    if len(vectors) <= exact_rows:
        index = faiss.IndexFlatIP(dimensions)
    else:
        index = faiss.index_factory(dimensions, APPROXIMATE, faiss.METRIC_INNER_PRODUCT)
        index.train(vectors)
    index.add(vectors)
    return index


def _samples(rows: Sequence[Document], vectors: Matrix) -> list[Sample]:
    return [Sample(i, row.text, vectors[i]) for i, row in enumerate(rows) if row.field != Field.SHORT]


def _strangers(texts: Sequence[str], encoder: Encoder) -> list[Sample]:
    return [Sample(None, text, vector) for text, vector in zip(texts, encoder.queries(texts), strict=True)]


def _point_to(directory: Path, name: str) -> None:
    waiting = directory / f".{POINTER}.new"
    waiting.write_text(f"{name}\n", encoding="utf-8")
    waiting.replace(directory / POINTER)


def _forget_old(directory: Path, name: str) -> None:
    """Readers that still map a deleted version keep it until they let go."""
    versions = sorted(path for path in directory.iterdir() if path.is_dir() and not path.name.startswith("."))
    for path in [path for path in versions if path.name != name][: -(_KEPT_VERSIONS - 1)]:
        shutil.rmtree(path, ignore_errors=True)
