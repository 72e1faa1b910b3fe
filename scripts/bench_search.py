"""`make bench-search`: what it costs to understand a message and to search, today and among a million rows.

The first table compares looking at all vectors with the inverted file of `knowledge_base/search/nearest.py`, over more and more
synthetic vectors. A synthetic vector is that of a row of our index, moved by the difference between two rows on one topic, at 0.3
to 1.0 of its length: so it departs from a real text in the directions in which texts about one thing differ. The questions are
rows of the index that no synthetic vector was made of. How near the neighbours are is printed beside what it is in the index; the
vectors of random numbers, in 384 dimensions, would all be about equally far away.

The second follows messages of 20 words, made by joining the index's own questions, through each stage. In the last column the
index is as many copies of itself as make a million rows, each with articles and topics of its own, over the vectors of the first
table. All on one core, in one thread. Ends with 1 if a requirement is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
import faiss
import numpy as np
import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from tqdm import tqdm, trange

django.setup()

from django.conf import settings  # noqa: E402  (Django first)

from bot import lookup  # noqa: E402
from knowledge_base.files import load_library  # noqa: E402
from knowledge_base.search import current_searcher  # noqa: E402
from knowledge_base.search.decision import decide  # noqa: E402
from knowledge_base.search.documents import Field, documents_of  # noqa: E402
from knowledge_base.search.index import SearchIndex  # noqa: E402
from knowledge_base.search.nearest import EXACT_ROWS, faiss_index, nearest  # noqa: E402
from knowledge_base.search.retrieval import Searcher, in_scope  # noqa: E402
from knowledge_base.search.scoring import Corpus, Evidence, topics_of  # noqa: E402
from knowledge_base.search.sounds import SoundIndex, sounds_of  # noqa: E402
from knowledge_base.search.topic_model import TopicModel  # noqa: E402
from knowledge_base.search.vectors import Array, Matrix  # noqa: E402
from nlu.acts import act_by_rule, requested_language  # noqa: E402
from nlu.identification import identify  # noqa: E402
from nlu.places import find_places  # noqa: E402
from nlu.urgency import detect_urgency  # noqa: E402

SIZES = (25_000, 50_000, 100_000, 200_000, 1_000_000)
MOST_MS, LEAST_RECALL, MOST_MS_OF_MESSAGE = 10.0, 0.98, 25.0  # required among the most rows, and of a message
MOVED = (0.3, 1.0)
NEIGHBOURS = 10
EXACT_QUESTIONS = 200  # that looking at all vectors is timed with; it takes as long for each
WORDS, WARM_UP = 20, 10
WHOLE, OF_A_TURN = "all of these", "the same as a turn asks for it"
_BATCH = 20_000
Result = TypeVar("Result")


@contextmanager
def one_core() -> Iterator[None]:
    """One core and one thread, as `taskset -c 1` and `OMP_NUM_THREADS=1` would give."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        with threadpool_limits(1):
            yield
    finally:
        os.sched_setaffinity(0, cores)


# --- vectors ---


@dataclass(frozen=True)
class Real:
    """Rows of the index, each text once. vectors: float32 of shape (rows, dimensions); topics: a number for each."""

    vectors: Matrix
    topics: Array

    @classmethod
    def of(cls, index: SearchIndex) -> Real:
        _, first = np.unique(np.load(index.path / "digest.npy"), return_index=True)
        vectors = index.corpus.vectors.reconstruct_n(0, index.corpus.size)
        return cls(vectors[first], index.corpus.article_topic[index.corpus.row_article[first]])

    def split(self, questions: int, chance: np.random.Generator) -> tuple[Real, Matrix]:
        """So many rows as questions, and the rest."""
        order = chance.permutation(len(self.vectors))
        rest = order[questions:]
        return Real(self.vectors[rest], self.topics[rest]), self.vectors[order[:questions]]


def synthetic(real: Real, count: int, chance: np.random.Generator) -> Matrix:
    """Rows of ``real``, each moved by the difference between two on one topic: (count, dimensions), of length one."""
    by_topic = np.argsort(real.topics, kind="stable")
    topics = real.topics[by_topic]
    starts, ends = (np.searchsorted(topics, topics, side) for side in ("left", "right"))
    made = np.empty((count, real.vectors.shape[1]), dtype=np.float32)
    for start in trange(0, count, _BATCH, desc="synthetic vectors", leave=False, disable=None):
        part = made[start : start + _BATCH]
        begun = real.vectors[chance.integers(len(topics), size=len(part))]
        one = chance.integers(len(topics), size=len(part))
        other = chance.integers(starts[one], ends[one])
        difference = real.vectors[by_topic[one]] - real.vectors[by_topic[other]]
        moved = begun + chance.uniform(*MOVED, (len(part), 1)).astype(np.float32) * difference
        part[:] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return made


@dataclass(frozen=True)
class Cost:
    """Of one kind of index: seconds to build it, megabytes of its file, milliseconds of a question."""

    build_s: float
    megabytes: float
    p50_ms: float
    p95_ms: float
    recall: float


@dataclass(frozen=True)
class Compared:
    rows: int
    exact: Cost
    inverted: Cost

    @property
    def chosen(self) -> Cost:
        return self.exact if self.rows <= EXACT_ROWS else self.inverted


def compare(vectors: Matrix, questions: Matrix) -> tuple[Compared, Any]:
    """What both kinds cost, and the inverted file."""
    rows = len(vectors)
    truth = in_batches(faiss_index(vectors, exact_rows=rows), questions)
    exact, _ = measured(vectors, questions[:EXACT_QUESTIONS], truth, exact_rows=rows)
    inverted, index = measured(vectors, questions, truth, exact_rows=0)
    return Compared(rows, exact, inverted), index


def in_batches(index: Any, questions: Matrix) -> list[Array]:
    """The rows nearest to each question."""
    bar = trange(0, len(questions), 100, desc=f"exact search of {index.ntotal:,}", leave=False, disable=None)
    return [rows for start in bar for rows in index.search(questions[start : start + 100], NEIGHBOURS)[1]]


def measured(vectors: Matrix, questions: Matrix, truth: Sequence[Array], exact_rows: int) -> tuple[Cost, Any]:
    """Of the index as the searcher has it: memory-mapped from its file, asked one question at a time."""
    started = time.perf_counter()
    index = faiss_index(vectors, exact_rows)
    build_s = time.perf_counter() - started
    with tempfile.NamedTemporaryFile(suffix=".faiss") as file:
        faiss.write_index(index, file.name)
        megabytes = Path(file.name).stat().st_size / 1e6
        index = faiss.read_index(file.name, faiss.IO_FLAG_MMAP_IFC)
    with one_core():
        recall, times = asked(index, questions, truth)
    p50, p95 = np.quantile(times, [0.5, 0.95]) * 1e3
    return Cost(build_s, megabytes, float(p50), float(p95), recall), index


def asked(index: Any, questions: Matrix, truth: Sequence[Array]) -> tuple[float, list[float]]:
    """Recall among the first `NEIGHBOURS`, and the seconds of each question."""
    for question in questions[:WARM_UP]:
        nearest(index, question)
    right, times = 0, []
    bar = tqdm(questions, desc=f"questions to {index.ntotal:,}", leave=False, disable=None)
    for question, known in zip(bar, truth, strict=False):
        started = time.process_time()
        found = nearest(index, question)
        times.append(time.process_time() - started)
        right += int(np.isin(found.rows[:NEIGHBOURS], known).sum())
    return right / (NEIGHBOURS * len(questions)), times


def closeness(vectors: Matrix, questions: Matrix) -> str:
    """Mean cosines of the nearest, the tenth and the hundredth neighbour."""
    index = faiss_index(vectors, exact_rows=len(vectors))
    found = np.mean([nearest(index, question).cosines[[0, 9, 99]] for question in questions[:100]], axis=0)
    return " ".join(f"{cosine:.3f}" for cosine in found)


# --- messages ---


def messages(languages: Sequence[str], count: int) -> dict[str, list[str]]:
    """So many messages of 20 words for each language, of the articles' questions one after another."""
    chance = random.Random(20)  # noqa: S311  which questions are joined
    rows = documents_of(load_library(settings.CONTENT_DIR))
    asked = {
        tag: sorted({row.text for row in rows if row.language == tag and row.field is Field.QUESTION})
        for tag in languages
    }
    return {tag: [joined(chance, texts) for _ in range(count)] for tag, texts in asked.items()}


def joined(chance: random.Random, questions: Sequence[str]) -> str:
    words: list[str] = []
    while len(words) < WORDS:
        words += chance.choice(questions).split()
    return " ".join(words[:WORDS])


class Stages:
    """Seconds that each stage took, by language."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
        self._language = ""

    def begin(self, language: str) -> None:
        self._language = language

    def __call__(self, stage: str, work: Callable[[], Result]) -> Result:
        started = time.process_time()
        done = work()
        self.record(stage, self._language, [time.process_time() - started])
        return done

    def record(self, stage: str, language: str, seconds: Sequence[float]) -> None:
        self._seconds[stage, language] += seconds

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(stage for stage, _ in self._seconds))

    def ms(self, stage: str, quantile: float = 0.5, *languages: str) -> float:
        """Of the languages, or of all; the first messages of each language warm up."""
        chosen = [
            seconds[WARM_UP:]
            for (name, language), seconds in self._seconds.items()
            if name == stage and (not languages or language in languages)
        ]
        return float(np.quantile(np.concatenate(chosen), quantile)) * 1e3


def follow(
    sent: Mapping[str, Sequence[str]], understand: Callable[[str, Stages], object], desc: str
) -> Stages:
    stages = Stages()
    with one_core():
        for language, texts in sent.items():
            stages.begin(language)
            for text in tqdm(texts, desc=f"{desc}, {language}", leave=False, disable=None):
                stages(WHOLE, partial(understand, text, stages))
    return stages


def in_stages(searcher: Searcher, corpus: Corpus, text: str, stage: Stages) -> None:
    """The rules that every message meets, then what `Searcher.search` does, in ``corpus``."""
    stage("language", lambda: identify(text))
    stage("places", lambda: find_places(text))
    stage("rules for emergencies", lambda: detect_urgency(text))
    stage("rules for acts", lambda: (requested_language(text), act_by_rule(text)))
    vector = stage("encoder", lambda: searcher.encode_query(text))
    acts = stage("act model", lambda: searcher.acts(text))
    topic = stage("topic model", lambda: corpus.topic_model.log_probabilities(vector, text))
    near = stage("nearest rows", lambda: nearest(corpus.vectors, vector))
    sounds = stage("sounds", lambda: corpus.sounds.find(sounds_of(text)))
    scores = stage("scores of articles", lambda: corpus.scores(Evidence(topic, near, sounds)))
    calibration = searcher.index.calibration
    stage("decision", lambda: decide(corpus, calibration, scores, (), None, in_scope(acts)))


def as_a_turn(text: str, _: Stages) -> None:
    """By the functions that a turn calls: a message of two questions is searched three times."""
    language = identify(text).language
    if not (detect_urgency(text) and not lookup.false_alarm_now(text)):
        requested_language(text)
        act_by_rule(text)
        lookup.act_now(text)
        lookup.answers_now(text, language, None)


# --- as many articles as a million rows have ---


def copies(corpus: Corpus, vectors: Any) -> Corpus:
    """``corpus`` so many times that it has about as many rows as ``vectors``, each time with articles and topics of its own."""
    count = vectors.ntotal // corpus.size
    numbers = range(count)
    articles = tuple(
        (f"{i:03}/{article}", f"{i:03}/{topic}", country)
        for i in numbers
        for article, topic, country in corpus.articles
    )
    row_article = np.concatenate([corpus.row_article + i * len(corpus.articles) for i in numbers])
    return replace(
        corpus,
        articles=articles,
        vectors=vectors,
        sounds=repeated(corpus.sounds, count, corpus.size),
        topic_model=widened(corpus.topic_model, topics_of(articles), count),
        row_article=np.pad(row_article, (0, vectors.ntotal - len(row_article)), mode="edge"),
    )


def repeated(sounds: SoundIndex, count: int, rows: int) -> SoundIndex:
    """Postings of ``count`` times the ``rows``."""
    each = np.diff(sounds.starts)
    begin = np.repeat(sounds.starts[:-1], each)
    within, length = np.arange(len(sounds.rows)) - begin, np.repeat(each, each)
    found = np.empty(count * len(sounds.rows), dtype=np.int32)
    for i in range(count):
        found[count * begin + i * length + within] = sounds.rows + i * rows
    return SoundIndex(sounds.hashes, sounds.starts * count, found)


def widened(model: TopicModel, topics: Sequence[str], count: int) -> TopicModel:
    return TopicModel(
        tuple(topics),
        model.vocabulary,
        np.tile(model.by_term, (1, count)),
        np.tile(model.by_dimension, (1, count)),
        np.tile(model.bias, count),
    )


# --- the program ---


HEADING = (
    f"{'':10}{'exact':>24}{'inverted file':>41}\n"
    f"{'rows':>10}{'MB':>8}{'p50 ms':>8}{'p95':>8}{'MB':>9}{'p50 ms':>8}{'p95':>8}{'recall':>8}{'build s':>8}  used"
)


def line(each: Compared) -> str:
    exact, inverted = each.exact, each.inverted
    return (
        f"{each.rows:10,}{exact.megabytes:8.0f}{exact.p50_ms:8.2f}{exact.p95_ms:8.2f}"
        f"{inverted.megabytes:9.0f}{inverted.p50_ms:8.2f}{inverted.p95_ms:8.2f}{inverted.recall:8.3f}{inverted.build_s:8.0f}"
        f"  {'exact' if each.chosen is exact else 'inverted file'}"
    )


def stages_table(today: Stages, turn: Stages, large: Stages, languages: Sequence[str]) -> str:
    lines = [
        f"{'p50 ms':32}"
        + "".join(f"{tag:>9}" for tag in languages)
        + f"{'all':>9}{'p95':>9}{'many rows':>11}"
    ]
    listed = [(stage, today, stage) for stage in sorted(today.names, key=lambda stage: stage == WHOLE)]
    for name, stages, stage in [*listed, (OF_A_TURN, turn, WHOLE)]:
        by_language = "".join(f"{stages.ms(stage, 0.5, tag):9.2f}" for tag in languages)
        million = f"{large.ms(stage):11.2f}" if stages is today else ""
        lines.append(f"{name:32}{by_language}{stages.ms(stage):9.2f}{stages.ms(stage, 0.95):9.2f}{million}")
    return "\n".join(lines)


def missed(among_most: Cost, today: Stages, turn: Stages, languages: Sequence[str]) -> Iterator[str]:
    if among_most.p50_ms >= MOST_MS:
        yield f"a search among the most rows takes {among_most.p50_ms:.1f} ms, not under {MOST_MS:.0f}"
    if among_most.recall < LEAST_RECALL:
        yield f"recall among the most rows is {among_most.recall:.3f}, not {LEAST_RECALL}"
    for stages, what in ((today, "a message"), (turn, "a turn's understanding")):
        for tag in languages:
            if (took := stages.ms(WHOLE, 0.5, tag)) >= MOST_MS_OF_MESSAGE:
                yield f"{what} in {tag} takes {took:.1f} ms, not under {MOST_MS_OF_MESSAGE:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES, help="numbers of synthetic vectors")
    parser.add_argument("--questions", type=int, default=1_000, help="asked of each index")
    parser.add_argument("--messages", type=int, default=100, help="for each language")
    options = parser.parse_args()
    torch.set_num_threads(1)
    searcher = current_searcher()
    corpus, load = searcher.index.corpus, os.getloadavg()[0]
    if max(options.rows) < corpus.size:
        parser.error(f"--rows: the largest must be at least {corpus.size:,}, the rows of the index.")
    chance = np.random.default_rng(20)
    real, questions = Real.of(searcher.index).split(options.questions, chance)
    vectors = synthetic(real, max(options.rows), chance)
    print(f"Milliseconds of processor time, one thread on one core; load before: {load:.1f}")
    print(
        f"cosines of neighbours 1, 10, 100: index {closeness(real.vectors, questions)}, synthetic {closeness(vectors, questions)}"
    )
    print(HEADING)
    for rows in sorted(options.rows):
        compared, index = compare(vectors[:rows], questions)
        print(line(compared), flush=True)
    del vectors
    sent = messages(corpus.languages, 3 * (options.messages + WARM_UP))
    first, second, third = ({tag: texts[part::3] for tag, texts in sent.items()} for part in range(3))
    today = follow(first, partial(in_stages, searcher, corpus), "stages")
    turn = follow(second, as_a_turn, "turns")
    large = copies(corpus, index)
    among_many = follow(third, partial(in_stages, searcher, large), f"among {large.size:,} rows")
    print(
        f"\nMessages of {WORDS} words; {corpus.size:,} rows of {len(corpus.articles)} articles, and {large.size:,} of {len(large.articles):,}"
    )
    print(stages_table(today, turn, among_many, corpus.languages))
    if reasons := list(missed(compared.chosen, today, turn, corpus.languages)):
        sys.exit("\n".join(["", "missed:", *reasons]))


if __name__ == "__main__":
    main()
