"""How much of what people write with the conversation in mind is understood: shares over small tables, by language.

The floors are below what is reached, because every change of the articles trains anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.lookup import act_now, answers_now
from config.evaluation.figures import share
from knowledge_base.search.training_examples import training_examples
from nlu.acts import Act, quick_act
from nlu.languages import LANGUAGES

LEAST_FOUND, MOST_MISTAKEN = 0.8, 0.1

pytestmark = [pytest.mark.model, pytest.mark.usefixtures("searchable")]
by_language = pytest.mark.parametrize("tag", list(LANGUAGES))


def table(name: str) -> Mapping[str, Any]:
    text = (Path(__file__).parent / "context" / f"{name}.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def act_after_answer(text: str) -> Act:
    return quick_act(text) or act_now(text, after_answer=True)


@by_language
def test_a_follow_up_is_told_from_a_question_of_its_own(tag: str) -> None:
    rows = table("follow_ups")[tag]
    acts = {kind: [act_after_answer(text) for text in rows[kind]] for kind in ("follow_up", "question")}
    assert_share(acts["follow_up"], Act.FOLLOW_UP, least=LEAST_FOUND)
    assert Act.FOLLOW_UP not in acts["question"]


def test_two_questions_get_two_answers() -> None:
    rows = [(tag, row) for tag, group in table("double_questions").items() for row in group]
    found = [[each.outcome.article for each in answers_now(row["text"], tag, None)] for tag, row in rows]
    missed = [row for (_, row), articles in zip(rows, found, strict=True) if articles != row["articles"]]
    assert len(missed) <= (1 - LEAST_FOUND) * len(rows) + 1, missed


def test_an_emergency_in_a_story_is_found_and_the_past_is_none() -> None:
    stories = table("stories").values()
    now = [act_now(text) for rows in stories for text in rows["now"]]
    past = [act_now(text) for rows in stories for text in rows["past"]]
    assert_share(now, Act.URGENT, least=LEAST_FOUND)
    mistaken = share(act is Act.URGENT for act in past)
    assert mistaken is not None
    assert mistaken <= MOST_MISTAKEN, past


def test_nothing_of_it_was_learnt() -> None:
    learnt = {text.casefold() for text, _ in training_examples()}
    asked = [text for rows in table("follow_ups").values() for kind in rows.values() for text in kind]
    twice = [text for text in asked if text.casefold() in learnt]
    assert len(twice) <= 0.05 * len(asked), twice


def assert_share(acts: Sequence[Act], wanted: Act, *, least: float) -> None:
    found = share(act is wanted for act in acts)
    assert found is not None
    assert found >= least, acts
