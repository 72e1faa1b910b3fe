"""The real encoder, a second one that is small and local, and a library of eleven articles in six languages."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer, models, pre_tokenizers

from knowledge_base.search.building import build_index
from knowledge_base.search.documents import Document, Field, topic_of
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import SearchIndex
from knowledge_base.search.retrieval import Searcher

HERE = Path(__file__).parent


def rows_of(article_id: str, country: str | None, language: str, texts: list[str]) -> list[Document]:
    """The first text is the title, the others are questions."""
    fields = [Field.TITLE, *[Field.QUESTION] * (len(texts) - 1)]
    topic = topic_of(article_id, country)
    return [
        Document(article_id, topic, country, language, field, text)
        for field, text in zip(fields, texts, strict=True)
    ]


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    articles = yaml.safe_load((HERE / "articles.yml").read_text(encoding="utf-8"))
    return [
        row
        for article_id, texts in articles.items()
        for language, listed in texts["texts"].items()
        for row in rows_of(article_id, texts["country"], language, listed)
    ]


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return Encoder.load(threads=1)


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A local folder with a real, tiny sentence-transformers model: one random vector a letter."""
    letters = {letter: i for i, letter in enumerate("?abcdefghijklmnopqrstuvwxyz")}
    tokenizer = Tokenizer(models.WordLevel(letters, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    folder = tmp_path_factory.mktemp("model") / "letters"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu").save(
        str(folder)
    )
    return folder


@pytest.fixture(scope="session")
def small_encoder(small_model: Path) -> Encoder:
    return Encoder.load(str(small_model))


@pytest.fixture(scope="session")
def searcher(
    documents: list[Document], encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> Searcher:
    directory = tmp_path_factory.mktemp("index")
    build_index(documents, encoder, directory)
    return Searcher(SearchIndex.load(directory, encoder), encoder)
