"""multilingual-e5-small alone: the article of the nearest row, by an exact FAISS index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np

from knowledge_base.search.documents import Field
from knowledge_base.search.encoder import Encoder
from scripts.peers.work import Found, Rank, Work, competing, progress, run

_NEAREST = 1_000  # rows that are looked at; three articles of the right country are always among them


def train(work: Work, folder: Path) -> None:
    """Encode titles and questions as queries, short answers as passages: what the model was trained for."""
    encoder = Encoder.load().as_typed()
    passages = [row for row in work.rows if row.field == Field.SHORT]
    queries = [row for row in work.rows if row.field != Field.SHORT]
    with progress(len(work.rows)) as tell:
        vectors = [
            encoder.queries([row.text for row in queries], tell),
            encoder.passages([row.text for row in passages], tell),
        ]
    index = faiss.IndexFlatIP(encoder.dimensions)
    index.add(np.concatenate(vectors))
    faiss.write_index(index, str(folder / "rows.faiss"))
    places = [(row.article_id, row.country) for row in (*queries, *passages)]
    (folder / "places.json").write_text(json.dumps(places), encoding="utf-8")


def load(folder: Path) -> Rank:
    encoder, index = Encoder.load().as_typed(), faiss.read_index(str(folder / "rows.faiss"))
    places = json.loads((folder / "places.json").read_text(encoding="utf-8"))
    country_of = dict(places)

    def rank(text: str, countries: Sequence[str]) -> Found:
        _, rows = index.search(encoder.query(text)[None, :], min(_NEAREST, len(places)))
        ranking = dict.fromkeys(places[row][0] for row in rows[0])
        return Found(competing(ranking, country_of, countries))

    return rank


if __name__ == "__main__":
    run(train, load)
