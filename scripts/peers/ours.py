"""Our search by itself: the index that `manage.py build_index` makes, built anew, and what it would answer or offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from knowledge_base.search.building import build_index
from knowledge_base.search.documents import Document, Field
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import SearchIndex
from knowledge_base.search.progress import Bars
from knowledge_base.search.retrieval import Query, Searcher
from nlu.acts import Act
from scripts.peers.work import Found, Rank, Work, run


def train(work: Work, folder: Path) -> None:
    documents = [Document(**{**asdict(row), "field": Field(row.field)}) for row in work.rows]
    examples = [(text, Act(act)) for text, act in work.examples]
    with Bars() as bars:
        build_index(
            documents,
            Encoder.load(),
            folder / "index",
            examples=examples,
            progress=bars.progress,
            reuse=False,
        )


def load(folder: Path) -> Rank:
    encoder = Encoder.load()
    searcher = Searcher(SearchIndex.load(folder / "index", encoder), encoder)

    def rank(text: str, countries: Sequence[str]) -> Found:
        decision = searcher.search(Query(text, countries_named=tuple(countries)))
        return Found([candidate.article_id for candidate in decision.candidates])

    return rank


if __name__ == "__main__":
    run(train, load)
