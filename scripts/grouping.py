"""How well unanswered questions are grouped: `python -m scripts.grouping`.

The rows of tests/evaluation/dev that have an answer stand for questions: two are about the same if the same topic answers
both, in whatever languages. Of pairs in one group, how many are right; of pairs about the same, how many are in one group.
For a subject of no article, the column of the row's own topic is taken out of its profile.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import django
import numpy as np
from sklearn.cluster import AgglomerativeClustering

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.evaluation.rows import RowKind, read_sets  # noqa: E402  (Django first)
from knowledge_base.search import current_searcher  # noqa: E402
from knowledge_base.search.likeness import Profiler, alike  # noqa: E402
from knowledge_base.search.vectors import Array, Matrix  # noqa: E402

DEV = Path("tests/evaluation/dev")


def main() -> None:
    searcher = current_searcher()
    topics = {article: topic for article, topic, _ in searcher.index.corpus.articles}
    rows = [row for row in read_sets([DEV]) if row.kind is RowKind.ANSWER and row.expect[0] in topics]
    subject = [topics[row.expect[0]] for row in rows]
    profiler = Profiler(searcher)
    profiles = np.stack([profiler.profile(row.text) for row in rows])
    vectors = np.stack([searcher.encode_query(row.text) for row in rows])
    own = [searcher.index.corpus.topics.index(topic) for topic in subject]
    print(f"{len(rows)} questions about {len(set(subject))} subjects")
    report("profiles", alike(profiles), subject)
    report("profiles, subject of no article", alike(without(profiles, own)), subject)
    for likeness in (0.90, 0.91, 0.92):
        report(f"vectors, cosine {likeness}", grouped(vectors, likeness), subject)


def without(profiles: Matrix, columns: Sequence[int]) -> Matrix:
    """Each profile as if there were no such topic, of length one again."""
    rows = np.arange(len(profiles))
    hidden = profiles.copy()
    hidden[rows, columns] = 0
    hidden -= hidden.sum(axis=1, keepdims=True) / (hidden.shape[1] - 1)
    hidden[rows, columns] = 0
    return np.asarray(hidden / np.linalg.norm(hidden, axis=1, keepdims=True))


def grouped(vectors: Matrix, likeness: float) -> Array:
    grouping = AgglomerativeClustering(
        None, metric="cosine", linkage="average", distance_threshold=1 - likeness
    )
    return np.asarray(grouping.fit_predict(vectors))


def report(name: str, labels: Array, subject: Sequence[str]) -> None:
    pairs = np.triu_indices(len(labels), 1)
    together = (labels[:, None] == labels)[pairs]
    same = (np.array(subject)[:, None] == np.array(subject))[pairs]
    right, found = (together & same).sum() / together.sum(), (together & same).sum() / same.sum()
    print(f"{name:34} {labels.max() + 1:4} groups  right {right:.2f}  found {found:.2f}")


if __name__ == "__main__":
    main()
