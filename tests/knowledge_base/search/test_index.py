from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import faiss
import numpy as np
import pytest

from knowledge_base.search.building import build_index
from knowledge_base.search.documents import Document
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import (
    POINTER,
    IndexDamaged,
    IndexMismatch,
    IndexMissing,
    Manifest,
    SearchIndex,
    current_version,
    unchanged,
)
from knowledge_base.search.nearest import nearest
from knowledge_base.search.retrieval import Query, Searcher
from nlu.acts import Act

pytestmark = pytest.mark.model


def changed(documents: list[Document], article_id: str) -> list[Document]:
    return [
        replace(row, text=row.text + " today") if row.article_id == article_id else row for row in documents
    ]


def test_the_manifest_says_what_the_index_is(
    documents: list[Document], encoder: Encoder, tmp_path: Path
) -> None:
    report = build_index(documents, encoder, tmp_path)
    manifest = Manifest.read(tmp_path / report.version)
    assert (manifest.encoder, manifest.dimensions, manifest.rows) == (encoder.name, 384, len(documents))
    assert manifest.built_at.startswith(report.version[:4])
    assert {"faiss-cpu", "sentence-transformers", "torch", "numpy"} == set(manifest.libraries)
    assert len(manifest.articles) == report.articles == 9
    assert report.encoded == len({row.text for row in documents})


def test_what_was_built_is_loaded_by_memory_map(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    report = build_index(documents, small_encoder, tmp_path)
    SearchIndex.load(tmp_path, small_encoder)
    mapped = Path("/proc/self/maps").read_text()
    assert f"{report.version}/vectors.faiss" not in mapped  # the index was let go
    kept = SearchIndex.load(tmp_path, small_encoder)
    assert f"{report.version}/vectors.faiss" in Path("/proc/self/maps").read_text()
    assert isinstance(kept.corpus.row_article, np.memmap)


def test_the_same_content_is_not_built_again(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    first = build_index(documents, small_encoder, tmp_path)
    again = build_index(list(reversed(documents)), small_encoder, tmp_path)
    assert (first.changed, again.changed, again.version) == (True, False, first.version)
    assert unchanged(documents, small_encoder.name, tmp_path, ()) is not None
    assert unchanged(documents, "other", tmp_path, ()) is None
    assert unchanged(documents[1:], small_encoder.name, tmp_path, ()) is None
    assert unchanged(documents, small_encoder.name, tmp_path / "none", ()) is None


def test_one_changed_article_is_encoded_alone(
    documents: list[Document], encoder: Encoder, tmp_path: Path
) -> None:
    build_index(documents, encoder, tmp_path)
    heard: list[tuple[str, int, int]] = []
    report = build_index(
        changed(documents, "sa/wages"),
        encoder,
        tmp_path,
        progress=lambda *told: heard.append(told),
    )
    mine = sum(row.article_id == "sa/wages" for row in documents)
    assert (report.encoded, report.reused) == (mine, len({row.text for row in documents}) - mine)
    encoded = [told for told in heard if told[0] == "encoding"]
    assert (sum(done for _, done, _ in encoded), encoded[0][2]) == (mine, mine)


ACTS = [("hello there", Act.GREET), ("good morning", Act.GREET), ("cricket score", Act.OUT_OF_SCOPE)]


def reworded(documents: list[Document], article_id: str) -> list[Document]:
    """One text of an article is another: a change that is small even for a small library."""
    place = next(i for i, row in enumerate(documents) if row.article_id == article_id)
    return [
        *documents[:place],
        replace(documents[place], text="what about my money"),
        *documents[place + 1 :],
    ]


def gone(documents: list[Document], article_id: str) -> list[Document]:
    return [row for row in documents if row.article_id != article_id]


def weights(index: SearchIndex) -> list[np.ndarray]:
    acts = index.acts
    assert acts is not None
    return [
        getattr(model, name)
        for model in (index.corpus.topic_model, acts)
        for name in ("by_term", "by_dimension", "bias")
    ]


def arrays(index: SearchIndex) -> list[np.ndarray]:
    """All that is searched."""
    corpus = index.corpus
    sounds = [corpus.sounds.hashes, corpus.sounds.starts, corpus.sounds.rows]
    vectors = corpus.vectors.reconstruct_n(0, corpus.size)
    return [*sounds, vectors, corpus.row_article, corpus.row_language, corpus.row_field]


def same(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    return all(np.array_equal(one, other) for one, other in zip(left, right, strict=True))


@pytest.mark.parametrize("change", [reworded, gone], ids=["reworded", "gone"])
def test_a_small_change_is_searched_at_once_and_learnt_when_it_is_asked_for(
    documents: list[Document],
    small_encoder: Encoder,
    tmp_path: Path,
    change: Callable[[list[Document], str], list[Document]],
) -> None:
    """In the end nothing tells the index from one that was built of the changed library at once."""
    later = change(documents, "service/about")
    built = partial(build_index, encoder=small_encoder, directory=tmp_path / "kept", examples=ACTS)
    built(documents)
    before = SearchIndex.load(tmp_path / "kept", small_encoder)
    report = built(later)
    quick = SearchIndex.load(tmp_path / "kept", small_encoder)
    build_index(later, small_encoder, tmp_path / "new", examples=ACTS)
    new = SearchIndex.load(tmp_path / "new", small_encoder)
    assert not report.settled
    assert same(arrays(quick), arrays(new))
    assert quick.calibration == before.calibration
    assert not same(weights(quick), weights(new))
    assert built(later, retrain=True).settled
    settled = SearchIndex.load(tmp_path / "kept", small_encoder)
    assert same(arrays(settled), arrays(new))
    assert same(weights(settled), weights(new))


def test_a_topic_that_is_new_is_found_before_it_is_learnt(
    documents: list[Document], encoder: Encoder, tmp_path: Path
) -> None:
    build_index(gone(documents, "return/services"), encoder, tmp_path)
    assert not build_index(documents, encoder, tmp_path).settled
    searcher = Searcher(SearchIndex.load(tmp_path, encoder), encoder)
    found = searcher.search(Query("loan after I come back home"))
    assert "return/services" in [candidate.article_id for candidate in found.candidates]


def test_reused_vectors_are_those_of_their_texts(
    documents: list[Document], encoder: Encoder, tmp_path: Path
) -> None:
    build_index(documents, encoder, tmp_path)
    build_index([row for row in documents if row.article_id != "ae/passport"], encoder, tmp_path)
    index = SearchIndex.load(tmp_path, encoder)
    for row in documents[-3:]:
        encode = encoder.passages if row.is_passage else encoder.queries
        assert index.known_vectors()[row.digest] @ encode([row.text])[0] > 0.999


def test_a_rebuild_on_request_encodes_all(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    build_index(documents, small_encoder, tmp_path)
    report = build_index(documents, small_encoder, tmp_path, reuse=False)
    assert (report.changed, report.reused) == (True, 0)


def test_an_index_of_another_encoder_is_refused(
    documents: list[Document], encoder: Encoder, small_encoder: Encoder, tmp_path: Path
) -> None:
    build_index(documents, small_encoder, tmp_path)
    with pytest.raises(IndexMismatch) as refused:
        SearchIndex.load(tmp_path, encoder)
    for part in (small_encoder.name, encoder.name, "16", "384", "python manage.py build_index"):
        assert part in str(refused.value)
    assert build_index(documents, encoder, tmp_path).changed
    assert SearchIndex.load(tmp_path, encoder).manifest.dimensions == 384


def test_an_encoder_that_changed_under_its_name_is_refused(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    report = build_index(documents, small_encoder, tmp_path)
    path = tmp_path / report.version / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, "probe": manifest["probe"][::-1]}))
    with pytest.raises(IndexMismatch, match="no longer gives the vectors"):
        SearchIndex.load(tmp_path, small_encoder)


def test_an_older_format_is_refused(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    report = build_index(documents, small_encoder, tmp_path)
    path = tmp_path / report.version / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 0}))
    with pytest.raises(IndexMismatch, match="format 0"):
        SearchIndex.load(tmp_path, small_encoder)
    assert build_index(documents, small_encoder, tmp_path).changed


def test_a_missing_index_names_the_command(small_encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"python manage\.py build_index"):
        SearchIndex.load(tmp_path, small_encoder)


def test_nothing_to_index_is_said(small_encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no published article"):
        build_index([], small_encoder, tmp_path)


@pytest.mark.parametrize("file", ["vectors.faiss", "manifest.json", "article.npy", "sounds-rows.npy"])
def test_a_damaged_version_is_built_anew(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path, file: str
) -> None:
    report = build_index(documents, small_encoder, tmp_path)
    (tmp_path / report.version / file).write_bytes(b"\0" * 10)
    with pytest.raises(IndexDamaged, match=r"python manage\.py build_index"):
        SearchIndex.load(tmp_path, small_encoder)
    again = build_index(documents, small_encoder, tmp_path)
    assert again.version != report.version
    assert SearchIndex.load(tmp_path, small_encoder).version == again.version


KILLED = """
import os, signal, sys
from pathlib import Path
from knowledge_base.search import building
from knowledge_base.search.documents import Document, Field
from knowledge_base.search.encoder import Encoder

moment = getattr(building, sys.argv[3])
setattr(building, sys.argv[3], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
rows = [Document(f"x/{i}", f"x/{i}", None, "en", Field.TITLE, f"text {i}") for i in range(9)]
building.build_index(rows, Encoder.load(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["faiss_index", "_point_to"])
def test_a_build_that_is_killed_leaves_the_old_index(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path, moment: str
) -> None:
    report = build_index(documents, small_encoder, tmp_path)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, small_encoder.name, str(tmp_path), moment], env=os.environ, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert SearchIndex.load(tmp_path, small_encoder).version == report.version
    build_index(changed(documents, "sa/wages"), small_encoder, tmp_path)
    assert not list(tmp_path.glob(".building-*"))


def test_only_the_last_versions_are_kept(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    names = [
        build_index(changed(documents, article), small_encoder, tmp_path).version
        for article in ("sa/wages", "ae/wages", "sa/passport")
    ]
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == names[-2:]
    assert current_version(tmp_path) == names[-1] == (tmp_path / POINTER).read_text().strip()


def test_builders_take_turns(documents: list[Document], small_encoder: Encoder, tmp_path: Path) -> None:
    articles = ["sa/wages", "ae/wages", "sa/passport", "service/about"]
    builders = [
        threading.Thread(target=build_index, args=(changed(documents, article), small_encoder, tmp_path))
        for article in articles
    ]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert SearchIndex.load(tmp_path, small_encoder).manifest.rows == len(documents)
    assert not list(tmp_path.glob(".building-*"))


def test_an_inverted_file_finds_what_the_exact_index_finds(
    documents: list[Document], encoder: Encoder, tmp_path: Path
) -> None:
    questions = ["my boss keeps my passport in dubai", "ایجنٹ کی فیس", "wapas aa kar qarza"]
    found = []
    for name, exact_rows in (("exact", 10**6), ("inverted", 10)):
        build_index(documents, encoder, tmp_path / name, exact_rows=exact_rows)
        searcher = Searcher(SearchIndex.load(tmp_path / name, encoder), encoder)
        found.append(
            [searcher.search(Query(question, countries_named=("ae",))).article for question in questions]
        )
    assert found[0] == found[1]


def test_a_changed_article_is_found_in_the_lists_of_the_version_before(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    build_index(documents, small_encoder, tmp_path, exact_rows=10)
    before = SearchIndex.load(tmp_path, small_encoder).corpus.vectors
    edited = reworded(documents, "sa/wages")
    build_index(edited, small_encoder, tmp_path, exact_rows=10)
    after = SearchIndex.load(tmp_path, small_encoder).corpus.vectors
    lists, lists_before = (faiss.extract_index_ivf(index).quantizer for index in (after, before))
    assert (lists.reconstruct_n(0, lists.ntotal) == lists_before.reconstruct_n(0, lists_before.ntotal)).all()
    news = set(edited) - set(documents)
    assert news
    assert all(nearest(after, small_encoder.query(row.text)).cosines[0] > 0.99 for row in news)
