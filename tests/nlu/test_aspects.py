from __future__ import annotations

import pytest

from nlu.aspects import Aspect, aspect_of, tells


@pytest.mark.parametrize(
    ("question", "aspect"),
    [
        ("what wud be the total cost", Aspect.COST),
        ("total kharcha bata dein", Aspect.COST),
        ("ټوله خرچه یې ولیکه", Aspect.COST),
        ("how many weeks", Aspect.TIME),
        ("ڪيترا مهينا لڳندا آهن", Aspect.TIME),
        ("number of that office", Aspect.PHONE),
        ("کس جگہ، کونسا دفتر", Aspect.PLACE),
        ("if he refuses to pay the money", Aspect.REFUSAL),
        ("جے او نہ دیوے", Aspect.REFUSAL),
        ("is there jail for it", Aspect.PENALTY),
        ("raseed bhi chahiye?", Aspect.PAPERS),
        ("is it true", Aspect.SOURCE),
        ("ab ye kaise hoga", Aspect.STEPS),
        ("why so", None),
        ("", None),
    ],
)
def test_what_a_short_question_asks_for(question: str, aspect: Aspect | None) -> None:
    assert aspect_of(question) is aspect


@pytest.mark.parametrize(
    ("passage", "aspect", "expected"),
    [
        ("If he refuses, complain to the ministry.", Aspect.REFUSAL, True),
        ("Keep photos of your passport.", Aspect.REFUSAL, False),
        ("Keep photos of your passport.", Aspect.PAPERS, True),
        ("شکایت مفت ہے۔", Aspect.COST, True),
        ("وہی آپ کا حق ہے۔", Aspect.PLACE, False),
    ],
)
def test_a_passage_tells_of_an_aspect(passage: str, aspect: Aspect, expected: bool) -> None:
    assert tells(passage, aspect) is expected
