"""The calibration on a made-up library of which the right answers are known; no encoder is loaded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from knowledge_base.search.calibration import UNCALIBRATED, Calibration, rank_features, rank_topics
from knowledge_base.search.learning import Sample, fit
from knowledge_base.search.nearest import Nearest, faiss_index, nearest
from knowledge_base.search.scoring import FEATURES, Corpus
from knowledge_base.search.sounds import SoundIndex
from knowledge_base.search.topic_training import Example, train

ARTICLES, ROWS_EACH, SIZE = 12, 8, 32
CONSONANTS = "bdfgklmnprstvz"


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), dtype=np.float32)


class Made:
    """Articles with a direction and a vocabulary of their own; rows scatter around them."""

    def __init__(self, articles: int = ARTICLES) -> None:
        self.random = np.random.default_rng(7)
        self.centres = unit(self.random.standard_normal((articles, SIZE)))
        self.words = [[self.word() for _ in range(8)] for _ in range(articles)]
        self.row_article = np.repeat(np.arange(articles), ROWS_EACH)
        self.vectors = unit(self.centres[self.row_article] + 0.15 * self.noise(len(self.row_article)))
        self.held_out = np.arange(len(self.row_article)) % 2 == 0
        self.texts = [" ".join(self.random.choice(self.words[i], 4)) for i in self.row_article]
        self.corpus = Corpus(
            articles=tuple((f"a{i:02}", f"a{i:02}", None) for i in range(articles)),
            languages=("en",),
            vectors=faiss_index(self.vectors),
            sounds=SoundIndex.build(dict(enumerate(self.texts))),
            topic_model=train(
                [example for example, out in zip(self.examples(), self.held_out, strict=True) if not out],
                [f"a{i:02}" for i in range(articles)],
            ),
            row_article=self.row_article,
            row_language=np.zeros(len(self.row_article), dtype=int),
            row_field=np.ones(len(self.row_article), dtype=int),
        )

    def word(self) -> str:
        return "a".join(self.random.choice(list(CONSONANTS), 3))

    def noise(self, count: int) -> np.ndarray:
        return self.random.standard_normal((count, SIZE))

    def examples(self) -> list[Example]:
        return [
            Example(text, vector, int(article))
            for text, vector, article in zip(self.texts, self.vectors, self.row_article, strict=True)
        ]

    def samples(self) -> list[Sample]:
        vectors = unit(self.vectors + 0.05 * self.noise(len(self.vectors)))
        return [Sample(i, text, vectors[i]) for i, text in enumerate(self.texts) if self.held_out[i]]

    def strangers(self) -> list[Sample]:
        return [Sample(None, f"{self.word()} {self.word()}", vector) for vector in unit(self.noise(40))]

    def probability(self, calibration: Calibration, sample: Sample) -> float:
        scores = self.corpus.scores(self.corpus.evidence(sample.vector, sample.text))
        allowed = np.ones(len(self.corpus.articles), dtype=bool)
        ranks = rank_topics(self.corpus, scores, calibration.utilities(scores), allowed)
        return calibration.first.probability(rank_features(ranks))


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


@pytest.fixture(scope="module")
def learnt(made: Made) -> Calibration:
    return fit(made.corpus, made.held_out, made.samples(), made.strangers())


def test_questions_find_their_articles_when_they_are_taken_out(learnt: Calibration) -> None:
    assert learnt.measured is not None
    assert learnt.measured["first_right"] > 0.9
    assert learnt.measured["three_right"] >= learnt.measured["first_right"]


@pytest.mark.parametrize("count", [ARTICLES * ROWS_EACH, 30])
@pytest.mark.parametrize("hides", [False, True])
def test_closeness_is_that_of_all_rows_those_behind_counting_as_the_last(
    made: Made, count: int, hides: bool
) -> None:
    question = unit(made.centres[3] + 0.2 * made.noise(1)[0])
    found = nearest(made.corpus.vectors, question)
    evidence = replace(
        made.corpus.evidence(question, "dadaba"), nearest=Nearest(found.rows[:count], found.cosines[:count])
    )
    scores = made.corpus.scores(evidence, made.held_out if hides else None)
    cosines = np.full(len(made.row_article), found.cosines[count - 1])
    cosines[found.rows[:count]] = found.cosines[:count]
    if hides:
        cosines[made.held_out] = found.cosines[count - 1]
    by_article = cosines.reshape(ARTICLES, ROWS_EACH)
    assert scores[:, FEATURES.index("dense")] == pytest.approx(by_article.max(axis=1), abs=1e-6)


def test_no_likeness_speaks_against_an_article(learnt: Calibration) -> None:
    assert min(learnt.weights) >= 0
    assert min(learnt.first.coefficients + learnt.three.coefficients) >= 0
    assert max(learnt.weights) > 0


def test_a_question_is_likelier_to_be_answered_than_a_strange_text(made: Made, learnt: Calibration) -> None:
    questions = [made.probability(learnt, sample) for sample in made.samples()[::4]]
    strangers = [made.probability(learnt, sample) for sample in Made().strangers()]
    assert np.median(questions) > 0.8
    assert np.median(strangers) < 0.4


def test_it_survives_the_manifest(learnt: Calibration) -> None:
    assert Calibration.from_manifest(learnt.to_manifest()) == learnt


def test_another_set_of_features_is_not_used(learnt: Calibration) -> None:
    assert Calibration.from_manifest({**learnt.to_manifest(), "features": ["dense"]}) is UNCALIBRATED
    assert Calibration.from_manifest(None) is UNCALIBRATED


def test_too_few_questions_teach_nothing(made: Made) -> None:
    assert fit(made.corpus, made.held_out, made.samples()[:10], []) is UNCALIBRATED
    few = Made(articles=4)
    assert fit(few.corpus, few.held_out, few.samples() * 4, []) is UNCALIBRATED


def test_it_learns_without_strange_texts(made: Made) -> None:
    assert fit(made.corpus, made.held_out, made.samples(), []).measured is not None
