"""Likeness across languages with the real encoder, and grouping of profiles whose groups are known."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.search.likeness import Profiler, alike
from knowledge_base.search.retrieval import Searcher

# Two subjects of which no article of the small index speaks.
LICENCE = [
    "is my pakistani driving licence valid in dubai",
    "پاکستانی ڈرائیونگ لائسنس دبئی میں چلے گا",
    "pakistan ka driving license dubai me chalta hai",
    "پاکستاني ډرایونګ لایسنس په دوبۍ کې چلېږي",
    "پاڪستاني ڊرائيونگ لائسنس دبئي ۾ هلندو",
]
WIFE = [
    "can i bring my wife on a family visa",
    "بیوی کو فیملی ویزے پر بلانا ہے",
    "biwi ko family visa par bulana hai",
    "ښځه مې د فیملي په ویزه راوغواړم",
    "گهر واري کي فيملي ويزا تي گهرايان",
]


@pytest.mark.model
def test_a_subject_without_an_article_is_told_by_meaning_rather_than_by_language(searcher: Searcher) -> None:
    """Pairs of one subject are nearer than pairs of one language. `scripts.grouping` measures it on the whole index, where the
    vectors alone do far worse; nine articles are too few topics to compare on."""
    profiler = Profiler(searcher)
    texts = [*LICENCE, *WIFE]
    subject = np.repeat([0, 1], len(LICENCE))
    language = np.tile(np.arange(len(LICENCE)), 2)
    same_subject = (subject[:, None] == subject) & (language[:, None] != language)
    same_language = (subject[:, None] != subject) & (language[:, None] == language)

    profiles = np.stack([profiler.profile(text) for text in texts])
    cosines = profiles @ profiles.T
    assert cosines[same_subject].mean() > cosines[same_language].mean()


@pytest.mark.model
def test_profiles_have_length_one_and_a_name_that_tells_the_topics(searcher: Searcher) -> None:
    profiler = Profiler(searcher)
    profile = profiler.profile("passport")
    assert profile.shape == (len(searcher.index.corpus.topics),)
    assert np.linalg.norm(profile) == pytest.approx(1, abs=1e-5)
    assert profiler.name == Profiler(searcher).name


def test_profiles_that_point_the_same_way_are_one_group() -> None:
    random = np.random.default_rng(0)
    centres = np.eye(6)[:3]
    wanted = random.permutation(np.repeat([0, 1, 2], 20))
    profiles = centres[wanted] + 0.05 * random.standard_normal((60, 6))
    labels = alike((profiles / np.linalg.norm(profiles, axis=1, keepdims=True)).astype(np.float32))
    assert len(set(labels)) == 3
    assert len(set(zip(wanted, labels, strict=True))) == 3


@pytest.mark.parametrize("number", [0, 1])
def test_fewer_than_two_are_no_trouble(number: int) -> None:
    assert list(alike(np.ones((number, 4), dtype=np.float32))) == [0] * number
