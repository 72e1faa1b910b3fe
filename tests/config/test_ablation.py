"""Leaving parts of the understanding out, on six made-up articles that differ in their words."""

from __future__ import annotations

import numpy as np
import pytest

from bot.replies import ReplyKind
from config.evaluation import ablation
from config.evaluation.figures import figures
from config.evaluation.rows import Row, RowKind
from knowledge_base.search.building import build_index
from knowledge_base.search.documents import Document, Field
from knowledge_base.search.encoder import Encoder
from knowledge_base.search.index import SearchIndex
from knowledge_base.search.retrieval import Searcher
from knowledge_base.search.scoring import FEATURES
from nlu.acts import Act

SUBJECTS = {
    "passport": "employer keeps passport documents",
    "wages": "salary unpaid wages money",
    "visa": "visa expired permit renewal",
    "doctor": "doctor hospital medicine ill",
    "agent": "agent fee receipt recruiter",
    "ticket": "ticket airport flight leave",
}
PHRASES = (
    "my {}",
    "what about {} now",
    "tell me of {}",
    "{} for a worker",
    "is it the law, {}",
    "who helps with {}",
)
ROMAN = "tankhwah nahi mili kya karun"
EXAMPLES = [
    *((f"help, {words} danger blood police", Act.URGENT) for words in ("quick", "now", "please", "come")),
    *((f"{words} cricket match score", Act.OUT_OF_SCOPE) for words in ("today", "the", "a", "who won")),
]


def documents() -> list[Document]:
    return [
        Document(f"work/{name}", f"work/{name}", None, "en", Field.QUESTION, phrase.format(word), position)
        for name, words in SUBJECTS.items()
        for position, (phrase, word) in enumerate(
            (phrase, word) for phrase in PHRASES for word in (*words.split(), words)
        )
    ]


ROWS = [
    Row(name, f"please explain {words}", "en", RowKind.ANSWER, (f"work/{name}",))
    for name, words in SUBJECTS.items()
]


@pytest.fixture(scope="module")
def searchers(tmp_path_factory: pytest.TempPathFactory) -> dict[ablation.Variant, Searcher]:
    directory, encoder = tmp_path_factory.mktemp("index"), Encoder.load(threads=1)
    build_index(documents(), encoder, directory, examples=EXAMPLES)
    index = SearchIndex.load(directory, encoder)
    lessons = ablation.lessons_of(index, documents(), EXAMPLES)
    return dict(ablation.searchers(index, lessons, encoder, lambda: None))


def test_roman_urdu_as_it_is_typed_has_other_vectors_and_everything_else_the_same() -> None:
    encoder = Encoder.load(threads=1)
    rows = [
        Document("work/wages", "work/wages", None, "ur-Latn", Field.QUESTION, ROMAN, 0),
        Document("work/wages", "work/wages", None, "ur-Latn", Field.SHORT, ROMAN, 0),
        Document("work/visa", "work/visa", None, "en", Field.QUESTION, "my visa expired", 0),
    ]
    spoken = [(ROMAN, Act.QUESTION), ("help now", Act.URGENT)]
    both = np.stack([encoder.query(ROMAN), *encoder.passages([ROMAN]), encoder.query("my visa expired")])
    heard = np.stack([encoder.query(text) for text, _ in spoken])
    typed = ablation._as_typed(ablation.Lessons(rows, both, spoken, heard), encoder.as_typed())
    assert [bool(same) for same in np.isclose(typed.vectors, both, atol=1e-4).all(axis=1)] == [
        False,
        False,
        True,
    ]
    assert [bool(same) for same in np.isclose(typed.heard, heard, atol=1e-4).all(axis=1)] == [False, True]


def test_every_variant_still_ranks(searchers: dict[ablation.Variant, Searcher]) -> None:
    assert list(searchers) == list(ablation.VARIANTS)
    for searcher in searchers.values():
        assert all(result.found for result in ablation.searched(searcher, ROWS))


def test_with_everything_the_right_articles_come_first(searchers: dict[ablation.Variant, Searcher]) -> None:
    found = ablation.search_figures(searchers[ablation.WHOLE], ROWS)
    assert found["en"] == found["all"] == 1


def test_the_questions_that_were_held_out_are_counted_for_each_variant(
    searchers: dict[ablation.Variant, Searcher],
) -> None:
    held_out = {
        variant.name: ablation.search_figures(searcher, ROWS)["held_out"]
        for variant, searcher in searchers.items()
    }
    assert all(share is not None for share in held_out.values())
    assert held_out["nearest row only"] < held_out["everything"]


def test_what_is_left_out_does_not_count(searchers: dict[ablation.Variant, Searcher]) -> None:
    for variant, searcher in searchers.items():
        corpus = searcher.index.corpus
        text = ROWS[0].text
        scores = corpus.scores(corpus.evidence(searcher.encode_query(text), text))
        counted = {name for name, column in zip(FEATURES, scores.T, strict=True) if column.any()}
        assert not counted & set(variant.without), variant.name
        assert counted, variant.name


def test_a_topic_model_without_terms_does_not_read_the_text(
    searchers: dict[ablation.Variant, Searcher],
) -> None:
    model, vector = searchers[ablation.NO_TERMS].index.corpus.topic_model, np.ones(384, dtype=np.float32)
    same = [model.log_probabilities(vector, text) for text in (ROWS[0].text, ROWS[1].text)]
    assert np.array_equal(*same)
    whole = searchers[ablation.WHOLE].index.corpus.topic_model
    assert not np.array_equal(*(whole.log_probabilities(vector, row.text) for row in ROWS[:2]))


def test_a_topic_model_without_vectors_does_not_see_the_vector(
    searchers: dict[ablation.Variant, Searcher],
) -> None:
    model, ones = searchers[ablation.NO_VECTORS].index.corpus.topic_model, np.ones(384, dtype=np.float32)
    assert np.array_equal(*(model.log_probabilities(vector, ROWS[0].text) for vector in (ones, -ones)))
    assert not np.array_equal(*(model.log_probabilities(ones, row.text) for row in ROWS[:2]))


def test_the_rules_and_the_act_model_are_measured_apart(searchers: dict[ablation.Variant, Searcher]) -> None:
    rows = [
        Row("1", "he is beating me and locked me in, save me", "en", RowKind.URGENT),
        Row("2", EXAMPLES[0][0], "en", RowKind.URGENT),
    ]
    assert ablation.acted(ablation.by_rules, rows)[0].kind is ReplyKind.URGENT
    model = ablation.by_model(searchers[ablation.WHOLE])
    assert ablation.acted(model, rows)[1].kind is ReplyKind.URGENT


def test_an_act_counts_as_what_it_is_answered_with() -> None:
    row = Row("1", "who won the match", "en", RowKind.OUT_OF_SCOPE)
    assert figures(ablation.acted(lambda _: Act.OUT_OF_SCOPE, [row]))["declined"] == 1
    assert figures(ablation.acted(lambda _: Act.QUESTION, [row]))["declined"] == 0
