"""What each part of the understanding adds: leave it out, learn again what is left, ask the same rows.

The search is asked by itself here, with the countries that a question names, and the act model by itself; the whole path is
what `manage.py evaluate` measures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from bot.lookup import KINDS
from bot.outcomes import OF_ACT
from bot.replies import ReplyKind
from config.evaluation.figures import Result, by_language, figures
from config.evaluation.reliability import calibration_error, reliability
from config.evaluation.rows import Row
from knowledge_base.search.documents import Document, text_digest
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import SearchIndex, in_order
from knowledge_base.search.nearest import faiss_index
from knowledge_base.search.retrieval import Query, Searcher
from knowledge_base.search.scoring import FEATURES, Corpus, Evidence
from knowledge_base.search.training import Lessons, Trained, calibrate, train
from knowledge_base.search.vectors import Array
from nlu.acts import Act, act_by_rule, likely_act
from nlu.places import destinations_in
from nlu.transliteration import in_both_scripts
from nlu.urgency import detect_urgency


@dataclass(frozen=True)
class Variant:
    """The search with something left out: ``without`` some of `FEATURES`; ``terms`` and ``vectors``: what the learnt models
    read; ``as_typed``: the encoder reads no Urdu letters for Roman Urdu."""

    name: str
    without: tuple[str, ...] = ()
    terms: bool = True
    vectors: bool = True
    as_typed: bool = False

    @property
    def learnt(self) -> tuple[bool, bool, bool]:
        """Variants that are alike in this share their models."""
        return self.terms, self.vectors, self.as_typed


WHOLE = Variant("everything")
NO_TERMS = Variant("topic model without terms", terms=False)
NO_VECTORS = Variant("topic model without vectors", vectors=False)
AS_TYPED = Variant("Roman Urdu as it is typed", as_typed=True)
VARIANTS = (
    WHOLE,
    NO_TERMS,
    NO_VECTORS,
    AS_TYPED,
    Variant("without the topic model", ("topic",)),
    Variant("without nearest row", ("dense",)),
    Variant("without sounds", ("sounds",)),
    Variant("topic model only", ("dense", "sounds")),
    Variant("nearest row only", ("topic", "sounds")),
    Variant("sounds only", ("topic", "dense")),
)


_LEARNT = (WHOLE, NO_TERMS, NO_VECTORS, AS_TYPED)
LEARNT = len(_LEARNT)
"""How many sets of models `searchers` trains."""


@dataclass(frozen=True)
class _Partial(Corpus):
    """A corpus that gives every article the same for the features that are left out."""

    without: tuple[str, ...] = ()

    def scores(self, evidence: Evidence, hidden: Array | None = None) -> Array:
        left = np.array([name not in self.without for name in FEATURES], dtype=np.float32)
        return super().scores(evidence, hidden) * left


def lessons_of(
    index: SearchIndex, documents: Sequence[Document], examples: Sequence[tuple[str, Act]]
) -> Lessons:
    """What the index was made of. Raises KeyError if it lacks a text."""
    rows, known, heard = in_order(documents), index.known_vectors(), index.known_examples()
    return Lessons(
        rows,
        np.stack([known[row.digest] for row in rows]),
        examples,
        np.stack([heard[text_digest(text)] for text, _ in examples]),
    )


def searchers(
    index: SearchIndex, lessons: Lessons, encoder: Encoder, progress: Callable[[], object]
) -> Iterator[tuple[Variant, Searcher]]:
    """Each variant with what it learnt. ``progress`` hears of each step of the training of `LEARNT` sets of models."""
    typed = encoder.as_typed()
    lessons_typed = _as_typed(lessons, typed)
    whole = {False: (index, lessons, encoder), True: (_of(index, lessons_typed), lessons_typed, typed)}
    learnt = {
        each.learnt: train(_blanked(whole[each.as_typed][1], each), index.corpus.topics, progress)
        for each in _LEARNT
    }
    for variant in VARIANTS:
        of_index, of_lessons, of_encoder = whole[variant.as_typed]
        yield (
            variant,
            Searcher(_without(of_index, of_lessons, variant, learnt[variant.learnt]), of_encoder),
        )


def _of(index: SearchIndex, lessons: Lessons) -> SearchIndex:
    """The index with the vectors of other lessons."""
    return replace(index, corpus=replace(index.corpus, vectors=faiss_index(lessons.vectors)))


def _as_typed(lessons: Lessons, typed: Encoder) -> Lessons:
    """With the vectors that Roman Urdu has without its Urdu letters."""
    vectors, heard = lessons.vectors.copy(), lessons.heard.copy()
    for is_passage, encode in ((False, typed.queries), (True, typed.passages)):
        chosen = [
            place
            for place, row in enumerate(lessons.rows)
            if row.is_passage is is_passage and in_both_scripts(row.text) != row.text
        ]
        vectors[chosen] = encode([lessons.rows[place].text for place in chosen])
    spoken = [place for place, (text, _) in enumerate(lessons.spoken) if in_both_scripts(text) != text]
    heard[spoken] = typed.queries([lessons.spoken[place][0] for place in spoken])
    return replace(lessons, vectors=vectors, heard=heard)


def _blanked(lessons: Lessons, variant: Variant) -> Lessons:
    """A text without terms, or a vector of zeros, teaches nothing."""
    if not variant.terms:
        rows = [replace(row, text="") for row in lessons.rows]
        lessons = replace(lessons, rows=rows, spoken=[("", act) for _, act in lessons.spoken])
    if not variant.vectors:
        vectors, heard = np.zeros_like(lessons.vectors), np.zeros_like(lessons.heard)
        lessons = replace(lessons, vectors=vectors, heard=heard)
    return lessons


def _without(index: SearchIndex, lessons: Lessons, variant: Variant, learnt: Trained) -> SearchIndex:
    parts = {field.name: getattr(index.corpus, field.name) for field in fields(Corpus)}
    corpus = _Partial(**{**parts, "topic_model": learnt.topics}, without=variant.without)
    calibration = calibrate(corpus, lessons, learnt.blind)
    return replace(index, corpus=corpus, calibration=calibration, acts=learnt.acts)


def searched(searcher: Searcher, rows: Iterable[Row]) -> list[Result]:
    """What the search alone makes of every row."""
    return [_searched(searcher, row) for row in rows]


def _searched(searcher: Searcher, row: Row) -> Result:
    start = time.perf_counter()
    decision = searcher.search(Query(row.text, countries_named=destinations_in(row.text)))
    found = tuple(candidate.article_id for candidate in decision.candidates)
    return Result(row, KINDS[decision.kind], row.language, found, time.perf_counter() - start, decision.score)


def search_figures(searcher: Searcher, rows: Iterable[Row]) -> dict[str, float | None]:
    """Right article first by language and over all, among the first three, answered with it, and the calibration error.

    First in the ranking counts, whatever was decided; ``answered`` is what the decision made of it. ``held_out``: right topic
    first for the questions of the articles that the topic model had not seen.
    """
    results = searched(searcher, rows)
    ranked = [replace(result, kind=ReplyKind.ANSWER) for result in results]
    decided = figures(results)
    return {
        **{tag: values["top1"] for tag, values in by_language(ranked).items()},
        "top3": decided["top3"],
        "answered": decided["top1"],
        "declined": decided["declined"],
        "false_declined": decided["false_declined"],
        "error": calibration_error(reliability(results)),
        "held_out": (searcher.index.calibration.measured or {}).get("first_right"),
    }


def by_rules(row: Row) -> Act:
    return Act.URGENT if detect_urgency(row.text) else act_by_rule(row.text)


def by_model(searcher: Searcher) -> Callable[[Row], Act]:
    """What the act model alone says; the rules that read a whole message as an act are left out too."""
    return lambda row: likely_act(searcher.acts(row.text))


def acted(act_of: Callable[[Row], Act], rows: Iterable[Row]) -> list[Result]:
    """What the act of each row would be answered with; a question with an answer, right or wrong."""
    return [Result(row, _reply(act_of(row)), row.language, (), 0.0) for row in rows]


def _reply(act: Act) -> ReplyKind:
    if act is Act.URGENT:
        return ReplyKind.URGENT
    return OF_ACT[act].kind if act in OF_ACT else ReplyKind.ANSWER
