from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from knowledge_base.content import Library
from knowledge_base.published import pinned
from knowledge_base.search import current
from knowledge_base.search.documents import Field, documents_of
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import Manifest, current_version
from knowledge_base.search.training_examples import training_examples
from nlu.acts import Act

EMPTY = Library(articles={}, contacts={}, sources={}, facts={})


@pytest.fixture
def index_dir(
    small_encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> Path:
    settings.INDEX_DIR = tmp_path
    settings.ENCODER = small_encoder.name
    monkeypatch.setattr(current, "_source", None)
    return tmp_path


def build_index(*options: str) -> str:
    out = StringIO()
    call_command("build_index", *options, stdout=out)
    return out.getvalue()


@pytest.mark.model
def test_the_command_indexes_what_is_published_and_skips_what_is_not_new(
    sample: Library, index_dir: Path
) -> None:
    with pinned(sample):
        assert f"{len(documents_of(sample))} rows" in build_index()
        version = current_version(index_dir)
        assert "up to date" in build_index()
        assert current_version(index_dir) == version
        assert "0 kept" in build_index("--rebuild")
    assert Manifest.read(index_dir / str(current_version(index_dir))).rows == len(documents_of(sample))


@pytest.mark.usefixtures("index_dir")
def test_the_command_says_that_nothing_is_published() -> None:
    with pinned(EMPTY), pytest.raises(CommandError, match="import_articles"):
        build_index()


def test_every_text_of_an_article_is_a_row(sample: Library) -> None:
    rows = documents_of(sample)
    for article in sample.articles.values():
        for language, text in article.texts.items():
            mine = [row for row in rows if (row.article_id, row.language) == (article.id, language)]
            assert {row.text for row in mine if row.field == Field.QUESTION} == set(text.questions)
            assert [row.text for row in mine if row.field == Field.TITLE] == [text.title]
            assert [row.text for row in mine if row.field == Field.SHORT] == [text.short]
            assert {row.topic for row in mine} == {article.id.removeprefix(f"{article.country}/")}


def test_strange_texts_come_from_the_dialogues_examples(tmp_path: Path) -> None:
    (tmp_path / "nlu.yml").write_text(
        "nlu:\n- intent: greet\n  examples: |\n    - hello\n- intent: out_of_scope\n  examples: |\n"
        "    - cricket score\n    - موسم کیسا ہے\n",
        encoding="utf-8",
    )
    (tmp_path / "empty.yml").write_text("")
    assert training_examples(tmp_path) == [
        ("cricket score", Act.OUT_OF_SCOPE),
        ("hello", Act.GREET),
        ("موسم کیسا ہے", Act.OUT_OF_SCOPE),
    ]
    assert {act for _, act in training_examples()} >= {Act.URGENT, Act.HUMAN, Act.OUT_OF_SCOPE}
