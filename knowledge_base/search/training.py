"""What an index learns: what its rows are about, which act a message is, and how far to trust a ranking."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from knowledge_base.search import topic_training
from knowledge_base.search.calibration import Calibration
from knowledge_base.search.documents import Document, Field, text_digest
from knowledge_base.search.learning import Sample, fit
from knowledge_base.search.scoring import Corpus
from knowledge_base.search.topic_model import TopicModel
from knowledge_base.search.topic_training import Example
from knowledge_base.search.vectors import Array, Matrix
from nlu.acts import Act
from nlu.urgency import detect_urgency

# Questions held out, and texts that no article answers, from which the calibration is learnt: at most so many of each.
_SAMPLES = 600
_HELD_OUT = 4  # one question in so many
STEPS = 3 * topic_training.EPOCHS
"""How often `train` calls ``progress``."""


@dataclass(frozen=True)
class Lessons:
    """What there is to learn from. vectors: of the rows; heard: of the examples of dialogue acts, ``spoken``."""

    rows: Sequence[Document]
    vectors: Matrix
    spoken: Sequence[tuple[str, Act]]
    heard: Matrix

    def examples(self, topics: Sequence[str]) -> list[Example]:
        place = {topic: i for i, topic in enumerate(topics)}
        return [
            Example(row.text, vector, place[row.topic])
            for row, vector in zip(self.rows, self.vectors, strict=True)
        ]

    def held_out(self) -> Array:
        """One question in four, the same places in every language: translations tend to stand in the same place."""
        return np.array([row.field is Field.QUESTION and row.position % _HELD_OUT == 0 for row in self.rows])


@dataclass(frozen=True)
class Trained:
    """blind: a topic model that has not seen what is held out. acts: None without examples of them."""

    topics: TopicModel
    blind: TopicModel
    acts: TopicModel | None


def train(lessons: Lessons, topics: Sequence[str], progress: Callable[[], object]) -> Trained:
    """All models from the beginning, side by side.

    Each in a thread of its own with one of torch's: torch's pools wait for whoever else uses the cores (on two busy
    ones a pool of two took seven times as long as one thread, measured).
    """
    examples = lessons.examples(topics)
    seen = [example for example, out in zip(examples, lessons.held_out(), strict=True) if not out]
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        about = threads.submit(topic_training.train, examples, topics, progress)
        blind = threads.submit(topic_training.train, seen or examples, topics, progress)
        acts = threads.submit(_train_acts, lessons, examples, progress) if lessons.spoken else None
        return Trained(about.result(), blind.result(), acts.result() if acts else None)


def _train_acts(lessons: Lessons, examples: Sequence[Example], progress: Callable[[], object]) -> TopicModel:
    acts, told = _told_acts(lessons, examples)
    return topic_training.train(told, acts, progress)


def _told_acts(lessons: Lessons, examples: Sequence[Example]) -> tuple[list[str], list[Example]]:
    """The acts, and what to tell them apart by; what the articles' own rows say is the act of asking.

    Rows over which the rules raise an alarm teach nothing: many of them tell of a danger ("they hold him for ransom, whom
    do I call"), and with them the least likely emergency of tests/evaluation/dev had 0.012, without them 0.024.
    """
    acts = sorted({act.value for _, act in lessons.spoken} | {Act.QUESTION.value})
    asking = acts.index(Act.QUESTION.value)
    spoken = zip(lessons.spoken, lessons.heard, strict=True)
    return acts, [
        *(replace(example, topic=asking) for example in examples if not detect_urgency(example.text)),
        *(Example(text, vector, acts.index(act.value)) for (text, act), vector in spoken),
    ]


def calibrate(corpus: Corpus, lessons: Lessons, blind: TopicModel) -> Calibration:
    """Learnt by asking the questions that were held out, and texts that no article answers; ``blind`` answers.

    Those asked are chosen by digest, so that a changed article leaves the rest of the choice as it is.
    """
    held_out, rows = lessons.held_out(), lessons.rows
    asked = sorted(np.flatnonzero(held_out).tolist(), key=lambda i: rows[i].digest)[:_SAMPLES]
    strange = [
        Sample(None, text, vector)
        for (text, act), vector in zip(lessons.spoken, lessons.heard, strict=True)
        if act is Act.OUT_OF_SCOPE
    ]
    return fit(
        replace(corpus, topic_model=blind),
        held_out,
        [Sample(i, rows[i].text, lessons.vectors[i]) for i in asked],
        sorted(strange, key=lambda sample: text_digest(sample.text))[:_SAMPLES],
    )
