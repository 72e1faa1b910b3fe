"""The decision alone: scores are given, no encoder is loaded."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.search.calibration import UNCALIBRATED, Calibration, Logistic
from knowledge_base.search.decision import DecisionKind, decide
from knowledge_base.search.scoring import FEATURES, Corpus
from knowledge_base.search.sounds import SoundIndex
from knowledge_base.search.topic_model import TopicModel, Vocabulary

ARTICLES = (
    ("ae/passport", "passport", "ae"),
    ("ae/wages", "wages", "ae"),
    ("departure/agent-fees", "departure/agent-fees", None),
    ("return/services", "return/services", None),
    ("sa/leaving", "leaving", "sa"),
    ("sa/passport", "passport", "sa"),
    ("sa/wages", "wages", "sa"),
)
NO_MODEL = TopicModel.blank((), Vocabulary(np.zeros(0), np.zeros(0)), 0)
CORPUS = Corpus(
    ARTICLES, ("en",), None, SoundIndex.build({}), NO_MODEL, np.arange(7), np.zeros(7), np.zeros(7)
)
# Only `dense` counts, one unit a logit; the share of the first topic is its probability.
SHARE = (1.0, *[0.0] * (2 + len(FEATURES)))
THREE = (0.0, 1.0, *[0.0] * (1 + len(FEATURES)))
CALIBRATION = Calibration(
    tuple(1.0 if name == "dense" else 0.0 for name in FEATURES),
    Logistic(tuple(12 * x for x in SHARE), -6),
    Logistic(tuple(12 * x for x in THREE), -9),
)


def scores(**likeness: float) -> np.ndarray:
    """``sa_passport=5`` -> dense of ``sa/passport``."""
    table = np.zeros((len(ARTICLES), len(FEATURES)), dtype=np.float32)
    for name, value in likeness.items():
        place = next(
            i for i, article in enumerate(ARTICLES) if article[0].replace("/", "_").replace("-", "_") == name
        )
        table[place, FEATURES.index("dense")] = value
    return table


def test_a_clear_first_is_the_answer() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(departure_agent_fees=9), (), None)
    assert (decision.kind, decision.article) == (DecisionKind.ANSWER, "departure/agent-fees")
    assert decision.candidates[0].article_id == "departure/agent-fees"
    assert 0.9 < decision.score <= 1


def test_of_two_that_are_near_the_other_stands_beside_the_answer() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(departure_agent_fees=8, return_services=7.9), (), None)
    assert (decision.kind, decision.article) == (DecisionKind.ANSWER, "departure/agent-fees")
    assert decision.candidates[1].article_id == "return/services"


def test_the_topic_of_an_article_that_was_not_meant_does_not_compete() -> None:
    found = scores(sa_passport=9, ae_passport=9, departure_agent_fees=2)
    decision = decide(CORPUS, CALIBRATION, found, ("ae",), None, without=["sa/passport"])
    assert "ae/passport" not in {candidate.article_id for candidate in decision.candidates}
    assert decision.candidates[0].article_id == "departure/agent-fees"


@pytest.mark.parametrize(
    ("in_scope", "kind"),
    [(1.0, DecisionKind.ANSWER), (0.45, DecisionKind.WHICH), (0.2, DecisionKind.UNKNOWN)],
)
def test_what_may_be_off_topic_is_answered_less_readily(in_scope: float, kind: DecisionKind) -> None:
    near = scores(departure_agent_fees=8, return_services=8)
    assert decide(CORPUS, CALIBRATION, near, (), None, in_scope).kind is kind


def test_two_that_are_near_and_unsure_are_asked_about() -> None:
    near = scores(departure_agent_fees=8, return_services=8)
    decision = decide(CORPUS, CALIBRATION, near, (), None, in_scope=0.45)
    assert decision.kind is DecisionKind.WHICH
    assert {candidate.article_id for candidate in decision.candidates} == {
        "departure/agent-fees",
        "return/services",
    }
    assert decision.article is None


def test_nothing_near_is_unknown() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(), (), None)
    assert (decision.kind, decision.article) == (DecisionKind.UNKNOWN, None)


def test_a_topic_of_several_countries_needs_the_country() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(sa_passport=9, ae_passport=8.5), (), None)
    assert (decision.kind, decision.topic) == (DecisionKind.COUNTRY, "passport")
    assert [candidate.article_id for candidate in decision.candidates] == ["sa/passport", "ae/passport"]


def test_a_topic_of_one_country_needs_no_question() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(sa_leaving=9), (), None)
    assert (decision.kind, decision.article, decision.country) == (DecisionKind.ANSWER, "sa/leaving", "sa")


def test_another_countrys_article_never_competes() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(sa_passport=20, ae_passport=9), ("ae",), None)
    assert (decision.kind, decision.article) == (DecisionKind.ANSWER, "ae/passport")
    assert not [candidate for candidate in decision.candidates if candidate.article_id.startswith("sa/")]


def test_a_general_article_competes_in_every_country() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(departure_agent_fees=12, ae_passport=2), ("ae",), None)
    assert decision.article == "departure/agent-fees"


def test_two_countries_that_were_named_are_a_choice() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(sa_wages=9, ae_wages=9), ("sa", "ae"), None)
    assert decision.kind is DecisionKind.WHICH
    assert {candidate.article_id for candidate in decision.candidates} == {"sa/wages", "ae/wages"}


def test_a_remembered_topic_and_a_country_are_enough() -> None:
    decision = decide(CORPUS, CALIBRATION, scores(), ("sa",), "wages")
    assert (decision.kind, decision.article) == (DecisionKind.ANSWER, "sa/wages")


def test_a_remembered_topic_without_a_country_still_needs_it() -> None:
    assert decide(CORPUS, CALIBRATION, scores(), (), "wages").kind is DecisionKind.COUNTRY


def test_a_topic_that_is_gone_is_unknown() -> None:
    assert decide(CORPUS, CALIBRATION, scores(), (), "gone").kind is DecisionKind.UNKNOWN


def test_a_choice_offers_what_needs_no_country_first() -> None:
    near = scores(departure_agent_fees=8.2, return_services=8, sa_wages=7.5, ae_wages=7.5)
    decision = decide(CORPUS, CALIBRATION, near, (), None, in_scope=0.5)
    assert decision.kind is DecisionKind.WHICH
    assert [candidate.article_id for candidate in decision.candidates] == [
        "departure/agent-fees",
        "return/services",
    ]


@pytest.mark.parametrize("likeness", [-1e6, 0.0, 1e6])
def test_extreme_scores_give_a_probability(likeness: float) -> None:
    score = decide(
        CORPUS, UNCALIBRATED, np.full((7, len(FEATURES)), likeness, dtype=np.float32), (), None
    ).score
    assert 0 <= score <= 1
