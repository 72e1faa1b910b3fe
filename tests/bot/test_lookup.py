from __future__ import annotations

from bot.lookup import same_topic_in, worth_offering
from knowledge_base.content import Library
from knowledge_base.search.decision import Candidate


def test_a_list_leaves_out_what_is_far_fetched() -> None:
    candidates = [
        Candidate("ae/wages", 0.69),
        Candidate("ae/leaving", 0.07),
        Candidate("health/suicide-crisis", 0.03),
    ]
    assert worth_offering(candidates) == ("ae/wages", "ae/leaving")
    assert worth_offering([]) == ()


def test_the_same_topic_in_another_country(library: Library) -> None:
    assert same_topic_in(library, "sa/passport", "ae") == "ae/passport"
    assert same_topic_in(library, "sa/passport", "th") is None
    assert same_topic_in(library, "departure/protector", "ae") is None
    assert same_topic_in(library, None, "ae") is None
