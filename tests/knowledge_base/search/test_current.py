from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings

from knowledge_base.search import current, current_searcher
from knowledge_base.search.building import build_index
from knowledge_base.search.current import SearcherSource
from knowledge_base.search.documents import Document
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import POINTER, IndexMissing
from knowledge_base.search.retrieval import Query

pytestmark = pytest.mark.model


@pytest.fixture
def source(documents: list[Document], small_encoder: Encoder, tmp_path: Path) -> SearcherSource:
    build_index(documents, small_encoder, tmp_path)
    return SearcherSource(tmp_path, small_encoder.name)


def fewer(documents: list[Document]) -> list[Document]:
    return [row for row in documents if row.article_id != "service/about"]


def test_an_unchanged_index_is_loaded_once(source: SearcherSource) -> None:
    assert source.searcher() is source.searcher()


def test_a_new_index_is_taken_up(
    source: SearcherSource, documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    before = source.searcher()
    report = build_index(fewer(documents), small_encoder, tmp_path)
    after = source.searcher()
    assert after.version == report.version != before.version
    assert "service/about" not in {article for article, _, _ in after.index.corpus.articles}
    assert before.search(Query("who are you")).candidates  # whoever still holds the old one may go on


def test_a_bad_new_index_leaves_the_old_one_in_use(
    source: SearcherSource, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = source.searcher()
    (tmp_path / POINTER).write_text("no-such-version\n")
    with caplog.at_level(logging.ERROR):
        assert source.searcher() is before
        assert source.searcher() is before
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


def test_an_index_that_appears_later_is_found(
    documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    source = SearcherSource(tmp_path / "index", small_encoder.name)
    with pytest.raises(IndexMissing):
        source.searcher()
    build_index(documents, small_encoder, tmp_path / "index")
    assert source.searcher().version


def test_searches_go_on_while_indexes_change(
    source: SearcherSource, documents: list[Document], small_encoder: Encoder, tmp_path: Path
) -> None:
    failures: list[Exception] = []
    finished = threading.Event()

    def search() -> None:
        while not finished.is_set():
            try:
                source.searcher().search(Query("my passport"))
            except Exception as error:
                failures.append(error)

    searchers = [threading.Thread(target=search) for _ in range(4)]
    for searcher in searchers:
        searcher.start()
    for i in range(3):
        build_index([replace(row, text=f"{row.text} {i}") for row in documents], small_encoder, tmp_path)
    finished.set()
    for searcher in searchers:
        searcher.join()
    assert failures == []


def test_the_settings_name_the_searcher(
    documents: list[Document],
    small_encoder: Encoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
) -> None:
    build_index(documents, small_encoder, tmp_path)
    settings.INDEX_DIR = tmp_path
    settings.ENCODER = small_encoder.name
    monkeypatch.setattr(current, "_source", None)
    assert current_searcher().index.manifest.encoder == small_encoder.name


def test_importing_the_search_loads_no_model() -> None:
    code = (
        "import sys, knowledge_base.search, knowledge_base.search.decision; sys.exit('torch' in sys.modules)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0
