"""The search index: a versioned directory that is written whole, then pointed to, and memory-mapped by its readers.

    <directory>/current              the name of the version in use, replaced in one step
    <directory>/<version>/           manifest.json, vectors.faiss, *.npy

A row is one title, question or short answer; rows lie in the order of their articles. `building` writes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import faiss
import numpy as np

from knowledge_base.search.calibration import Calibration
from knowledge_base.search.documents import Document
from knowledge_base.search.scoring import Corpus, topics_of
from knowledge_base.search.sounds import SoundIndex
from knowledge_base.search.topic_model import TopicModel
from knowledge_base.search.vectors import Array, Vector
from nlu import transliteration
from nlu.acts import Act

if TYPE_CHECKING:
    from knowledge_base.search.encoder import Encoder

FORMAT = f"8, Urdu words {transliteration.DIGEST}"
POINTER = "current"
REBUILD = "python manage.py build_index"
PROBE = "my employer keeps my passport"
_SAME_MODEL = 0.99
# Share of rows that the models need not have learnt. Without one row in 20 the topic model put the right topic first for
# 66.4 % of held-out questions instead of 66.9 %.
_UNSETTLED = 0.005


class IndexUnusable(RuntimeError):
    """There is no index to search; the message says why and what to do."""


class IndexMissing(IndexUnusable):
    """There is no index in the directory."""


class IndexMismatch(IndexUnusable):
    """The index was made with another encoder, or in another format."""


class IndexDamaged(IndexUnusable):
    """A file of the index is missing or cannot be read."""


@dataclass(frozen=True)
class Manifest:
    format: str
    encoder: str
    dimensions: int
    content_digest: str
    examples_digest: str
    built_at: str
    libraries: Mapping[str, str]
    rows: int
    rows_unlearnt: int
    """That changed since the models learnt; all, when there is a topic that they do not know."""
    articles: Sequence[Sequence[str | None]]
    languages: Sequence[str]
    probe: Sequence[float]
    calibration: Mapping[str, Any] | None
    acts: Sequence[str]

    @property
    def settled(self) -> bool:
        return self.rows_unlearnt <= _UNSETTLED * self.rows

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
class SearchIndex:
    """A loaded version. All arrays are memory-mapped and read-only, so any number of threads may search."""

    version: str
    manifest: Manifest
    corpus: Corpus
    calibration: Calibration
    acts: TopicModel | None
    path: Path

    @classmethod
    def load(cls, directory: Path, encoder: Encoder) -> SearchIndex:
        """The version that ``directory`` points to. Raises IndexMissing, IndexMismatch, IndexDamaged."""
        name = current_version(directory)
        if name is None:
            raise IndexMissing(f"There is no search index in {directory}. Run `{REBUILD}`.")
        try:
            index = cls._open(directory / name)
        except IndexMismatch:
            raise
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise IndexDamaged(
                f"The search index {directory / name} is damaged ({error}). Run `{REBUILD}`."
            ) from error
        require_same_model(index.manifest, encoder)
        return index

    @classmethod
    def _open(cls, path: Path) -> SearchIndex:
        manifest = Manifest.read(path)
        articles = tuple((str(a), str(topic), country) for a, topic, country in manifest.articles)
        corpus = Corpus(
            articles=articles,
            languages=tuple(manifest.languages),
            vectors=faiss.read_index(str(path / "vectors.faiss"), faiss.IO_FLAG_MMAP_IFC),
            sounds=SoundIndex.load(path),
            topic_model=TopicModel.load(path, "topics", topics_of(articles)),
            row_article=np.load(path / "article.npy", mmap_mode="r"),
            row_language=np.load(path / "language.npy", mmap_mode="r"),
            row_field=np.load(path / "field.npy", mmap_mode="r"),
        )
        acts = TopicModel.load(path, "acts", manifest.acts) if manifest.acts else None
        return cls(path.name, manifest, corpus, Calibration.from_manifest(manifest.calibration), acts, path)

    def row_names(self) -> list[tuple[str, str, int, bytes]]:
        """Article, language, `Field` and `Document.digest` of every row; a text may stand twice in an article."""
        articles = [article for article, _, _ in self.corpus.articles]
        return [
            (articles[article], self.corpus.languages[language], field, digest)
            for article, language, field, digest in zip(
                self.corpus.row_article.tolist(),
                self.corpus.row_language.tolist(),
                self.corpus.row_field.tolist(),
                map(bytes, np.load(self.path / "digest.npy")),
                strict=True,
            )
        ]

    def known_vectors(self) -> dict[bytes, Vector]:
        """Vectors of this index's texts, by `Document.digest`."""
        vectors = self.corpus.vectors.reconstruct_n(0, self.manifest.rows)
        return _by_digest(np.load(self.path / "digest.npy"), vectors)

    def known_examples(self) -> dict[bytes, Vector]:
        """Vectors of the training examples, by `text_digest`."""
        return _by_digest(np.load(self.path / "examples-digest.npy"), np.load(self.path / "examples.npy"))


def _by_digest(digests: Array, vectors: Array) -> dict[bytes, Vector]:
    return {digest.tobytes(): vector for digest, vector in zip(digests, vectors, strict=True)}


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
    likeness = float(np.dot(encoder.query(PROBE), np.asarray(manifest.probe, dtype=np.float32)))
    if likeness < _SAME_MODEL:
        raise IndexMismatch(
            f"The encoder {encoder.name!r} no longer gives the vectors that the index of {manifest.encoder!r} was made "
            f"with (cosine {likeness:.3f}). Run `{REBUILD}`."
        )


def unchanged(
    documents: Sequence[Document], encoder: str, directory: Path, examples: Sequence[tuple[str, Act]]
) -> Manifest | None:
    """The manifest of the index in use if it was made of just this; found without loading the encoder."""
    name = current_version(directory)
    try:
        manifest = Manifest.read(directory / name) if name else None
    except (IndexMismatch, OSError, ValueError, TypeError):
        return None
    digest = content_digest(in_order(documents), encoder, examples)
    return manifest if manifest and manifest.content_digest == digest else None


def in_order(documents: Sequence[Document]) -> list[Document]:
    return sorted(set(documents), key=lambda row: (row.article_id, row.language, row.field, row.text))


def content_digest(rows: Sequence[Document], encoder: str, examples: Sequence[tuple[str, Act]]) -> str:
    """SHA-256 of all that goes into an index."""
    plain = [
        [row.article_id, row.topic, row.country, row.language, int(row.field), row.text, row.position]
        for row in rows
    ]
    return _sha256([FORMAT, encoder, plain, examples_digest(examples)])


def examples_digest(examples: Sequence[tuple[str, Act]]) -> str:
    """SHA-256 of the training examples."""
    return _sha256(list(examples))


def _sha256(values: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()
