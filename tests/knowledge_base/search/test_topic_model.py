"""The topic model on made-up topics of which the right answers are known; no encoder is loaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.search.topic_model import TopicModel, terms_of
from knowledge_base.search.topic_training import Example, train

TOPICS = ("passport", "wages", "exit")
WORDS = {
    "passport": [
        "passport kafeel ke paas",
        "passport wapas chahiye",
        "mera pasport rakh liya",
        "پاسپورٹ نہیں دیتا",
    ],
    "wages": ["tankhwah nahi mili", "salary late hai", "tankhwa kam di", "تنخواہ نہیں ملی"],
    "exit": ["exit chahiye", "final exit kaise lagta hai", "ghar wapis jana hai", "فائنل ایگزٹ"],
}
DIMENSIONS = 8


def examples(*, repeat: int = 1) -> list[Example]:
    """Each topic has a direction of its own and words of its own."""
    random = np.random.default_rng(3)
    made = []
    for topic, name in enumerate(TOPICS):
        for text in WORDS[name] * repeat:
            vector = 0.1 * random.standard_normal(DIMENSIONS)
            vector[topic] += 1
            made.append(Example(text, (vector / np.linalg.norm(vector)).astype(np.float32), topic))
    return made


def toward(topic: int) -> np.ndarray:
    return np.eye(DIMENSIONS, dtype=np.float32)[topic]


NOWHERE = np.zeros(DIMENSIONS, dtype=np.float32)


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return train(examples(repeat=4), TOPICS)


def test_the_vector_alone_tells_the_topic(model: TopicModel) -> None:
    assert [int(model.log_probabilities(toward(i), "?").argmax()) for i in range(3)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("mera paspot kahan", "passport"),  # misspelt: letter groups
        ("تنخواہ", "wages"),
        ("tnkhwah", "wages"),  # its sounds stand in the training only as tankhwah and تنخواہ
        ("exitt", "exit"),
    ],
)
def test_the_words_alone_tell_the_topic_however_they_are_spelt(
    model: TopicModel, text: str, topic: str
) -> None:
    assert TOPICS[int(model.log_probabilities(NOWHERE, text).argmax())] == topic


def test_probabilities_sum_to_one_for_any_text(model: TopicModel) -> None:
    for text in ("", "?", "\ud800", "tankhwah " * 5_000, "𝔛 نن"):
        assert np.exp(model.log_probabilities(NOWHERE, text)).sum() == pytest.approx(1, abs=1e-4)


def test_a_topic_with_many_rows_is_no_likelier_for_that() -> None:
    many = [example for example in examples() for _ in range(12 if example.topic == 0 else 2)]
    shares = np.exp(train(many, TOPICS).log_probabilities(NOWHERE, "?"))
    assert shares.max() < 2 * shares.min()


def test_the_same_rows_give_the_same_model(model: TopicModel) -> None:
    again = train(examples(repeat=4), TOPICS)
    assert np.array_equal(again.by_term, model.by_term)
    assert np.array_equal(again.by_dimension, model.by_dimension)


def test_it_is_loaded_as_it_was_saved(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path, "topics")
    loaded = TopicModel.load(tmp_path, "topics", TOPICS)
    assert isinstance(loaded.by_term, np.memmap)
    assert np.array_equal(
        loaded.log_probabilities(toward(1), "salary"), model.log_probabilities(toward(1), "salary")
    )


def test_among_other_topics_it_keeps_what_it_knows(model: TopicModel) -> None:
    topics = ("death", "exit", "wages")
    other = model.among(topics)
    assert topics[int(other.log_probabilities(NOWHERE, "tankhwah").argmax())] == "wages"
    before, after = (one.log_probabilities(NOWHERE, "exit") for one in (model, other))
    assert after[1] - after[2] == pytest.approx(before[2] - before[1], abs=1e-3)
    assert model.among(TOPICS) is model


def test_a_new_topic_is_as_likely_whatever_is_asked_and_takes_nothing_from_the_others(
    model: TopicModel,
) -> None:
    other = model.among(("death", *sorted(TOPICS))).among(("death", *TOPICS))
    for vector, text in ((NOWHERE, "exit"), (toward(1), "tankhwah"), (toward(5), "?")):
        new, *known = other.log_probabilities(vector, text)
        assert new == other.log_probabilities(NOWHERE, "")[0]
        assert known == pytest.approx(model.log_probabilities(vector, text), abs=1e-3)


def test_terms_meet_across_scripts_and_spellings() -> None:
    right, arabic, wrong = (set(terms_of(text)) for text in ("tankhwah", "تنخواہ", "tankhuwa"))
    assert right & arabic
    assert len(right & wrong) > len(right) / 3
    assert len(terms_of("")) == 0
