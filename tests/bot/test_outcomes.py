from __future__ import annotations

import pytest

from bot.outcomes import MalformedOutcome, Outcome
from bot.replies import ReplyKind


def test_outcome_survives_the_way_through_rasa() -> None:
    outcome = Outcome(
        ReplyKind.WHICH,
        candidates=("sa/passport", "ae/passport"),
        shares=(0.5, 0.25),
        country="sa",
        score=0.5,
        earlier=True,
    )
    assert Outcome.from_json(outcome.to_json()) == outcome


def test_outcome_carries_only_what_is_set() -> None:
    assert Outcome(ReplyKind.MENU).to_json() == {"kind": "menu"}


@pytest.mark.parametrize("raw", [{}, {"kind": "nonsense"}, {"kind": "menu", "text": "hello"}])
def test_malformed_outcome_is_refused(raw: dict[str, str]) -> None:
    with pytest.raises(MalformedOutcome):
        Outcome.from_json(raw)
