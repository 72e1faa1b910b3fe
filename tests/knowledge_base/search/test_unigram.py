from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from knowledge_base.search.packaged_e5 import WeightsFile, weights_path
from knowledge_base.search.unigram import UnigramTokenizer, normalise

CONTENT = Path(__file__).parents[3] / "knowledge_base" / "articles"
STRANGE = [
    "मेरा पासपोर्ट मालिक के पास है", "আমার বেতন দেয়নি", "ਮੇਰਾ ਪਾਸਪੋਰਟ", "我的护照", "رواتبي لم تدفع", "мой паспорт",
    "😀😀 hello 🇵🇰", "a\u200cb\u200db", "  two   spaces  ", "tab\tline\nend", "ﷺ ﻻ ﬁ ½ Ⅳ", "xx\u0001yy\x7fzz",
    "q" * 100, "", " ", "نه\u0654", "آ آ", "\ue000\ue001 private", "100% @user #tag http://x.y/z?a=b", "ＦＵＬＬ　width",
]  # fmt: skip


@pytest.fixture(scope="module")
def file() -> WeightsFile:
    return WeightsFile(weights_path())


@pytest.fixture(scope="module")
def ours(file: WeightsFile) -> UnigramTokenizer:
    return UnigramTokenizer(file.pieces, file.scores, file.unknown)


@pytest.fixture(scope="module")
def library(file: WeightsFile) -> Tokenizer:
    """The same vocabulary in the `tokenizers` library, with the normaliser of XLM-R."""
    tokenizer = Tokenizer(
        models.Unigram(list(zip(file.pieces, file.scores, strict=True)), unk_id=file.unknown)
    )
    spaces = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), spaces])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    return tokenizer


def real_questions() -> list[str]:
    files = sorted(CONTENT.rglob("*.md"))
    heads = [yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1]) for path in files]
    return [question for head in heads for question in head["questions"]]


@pytest.mark.model
def test_ids_are_those_of_the_tokenizers_library(ours: UnigramTokenizer, library: Tokenizer) -> None:
    texts = [f"query: {text}" for text in [*real_questions(), *STRANGE]]
    assert len(texts) > 300
    different = [text for text in texts if ours.encode(text, 10**6) != library.encode(text).ids]
    assert different == []


@pytest.mark.model
@settings(deadline=None, max_examples=200)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
def test_any_text_has_the_librarys_ids_but_for_new_letters(
    ours: UnigramTokenizer, library: Tokenizer, text: str
) -> None:
    """Python's Unicode tables are newer than the library's, so only texts that both normalise alike are compared."""
    if library.normalizer.normalize_str(text) == normalise(text):
        assert ours.encode("query: " + text, 10**6) == library.encode("query: " + text).ids


def test_the_limit_cuts_the_ids() -> None:
    tokenizer = UnigramTokenizer(["<unk>", "▁", "a", "▁a"], [0.0, -2.0, -3.0, -1.0], 0)
    assert tokenizer.encode("a a aa", 10) == [3, 3, 3, 2]
    assert tokenizer.encode("a a aa", 2) == [3, 3]


def test_a_run_of_unknown_letters_is_one_token() -> None:
    tokenizer = UnigramTokenizer(["<unk>", "▁", "a"], [0.0, -2.0, -3.0], 0)
    assert tokenizer.encode("xyza", 10) == [1, 0, 2]
