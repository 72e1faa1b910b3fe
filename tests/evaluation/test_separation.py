"""No evaluation row stands in what the bot learns from: the articles' questions and titles, and the training examples."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from config.evaluation.rows import read_sets
from knowledge_base.checks import folded
from knowledge_base.files import CONTENT_ROOT, read_content
from knowledge_base.search.training_examples import training_examples

HERE = Path(__file__).parent
TODAY = date(2026, 11, 22)
NEARLY = 93.0  # per cent of letters that agree, order and all
# Greetings, thanks and calls for a person have few wordings, and people type the same two words for one matter.
FEWEST_WORDS = 4


@pytest.fixture(scope="module")
def learnt() -> list[str]:
    library = read_content(CONTENT_ROOT, TODAY).library
    texts = [text for article in library.articles.values() for text in article.texts.values()]
    lines = [line for text in texts for line in (text.title, *text.questions)]
    lines += [text for text, _ in training_examples()]
    return sorted({folded(line) for line in lines})


@pytest.mark.parametrize("path", sorted(HERE.rglob("*.jsonl")), ids=lambda path: str(path.relative_to(HERE)))
def test_no_row_was_learnt_from(path: Path, learnt: list[str]) -> None:
    rows = {row.id: folded(row.text) for row in read_sets([path])}
    long_rows = {key: text for key, text in rows.items() if len(text.split()) >= FEWEST_WORDS}
    likeness = process.cdist(
        list(long_rows.values()), learnt, scorer=fuzz.ratio, score_cutoff=NEARLY, dtype=np.uint8, workers=-1
    )
    near = {key: learnt[best] for key, best in zip(long_rows, likeness.argmax(axis=1), strict=True)}
    assert {key: near[key] for key, row in zip(long_rows, likeness, strict=True) if row.any()} == {}
