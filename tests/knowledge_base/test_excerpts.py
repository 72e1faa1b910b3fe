"""What an article says of one aspect, from a small article and from the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.content import Library
from knowledge_base.excerpts import excerpt, passages
from knowledge_base.rendering import placeholders
from nlu.aspects import Aspect
from nlu.languages import LANGUAGES

TODAY = date(2026, 11, 22)
SHORT = "Ask in writing. It costs {sa_passport_fine}. Refused? Call {phone:sa-labour-hotline}."
MORE = """Take along:

- a copy of the contract
- water

1. Write to him.
2. Wait {sa_settlement_days}.

A fine of {sa_passport_fine} is the penalty. See {url:sa-musaned}."""


@pytest.fixture
def small(library: Library) -> Library:
    """The real library with one article written for the purpose."""
    article = library.articles["sa/passport"]
    text = replace(article.texts["en"], short=SHORT, more=MORE)
    return replace(library, articles={article.id: replace(article, texts={"en": text})})


@pytest.mark.parametrize(
    ("aspect", "lines"),
    [
        (Aspect.COST, ["It costs SAR 3,000."]),
        (Aspect.PHONE, ["Refused? Call 19911."]),
        (Aspect.REFUSAL, ["Refused? Call 19911."]),
        (Aspect.PAPERS, ["Take along:", "- a copy of the contract"]),
        (Aspect.TIME, ["- Wait 21 days."]),
        (Aspect.PENALTY, ["A fine of SAR 3,000 is the penalty."]),
        (Aspect.STEPS, ["1. Write to him.", "2. Wait 21 days."]),
        (Aspect.PLACE, ["See https://musaned.com.sa."]),
        (Aspect.SOURCE, []),
    ],
)
def test_the_lines_that_tell_of_an_aspect(aspect: Aspect, lines: Sequence[str], small: Library) -> None:
    assert list(excerpt(small, "sa/passport", "en", TODAY, aspect)) == lines


@pytest.mark.parametrize("tag", list(LANGUAGES))
def test_cutting_an_article_loses_none_of_its_figures(tag: str, library: Library) -> None:
    for article in library.articles.values():
        text = article.texts[tag]
        cut = [
            each for passage in passages(text) for each in placeholders(f"{passage.heading} {passage.text}")
        ]
        assert set(cut) == set(placeholders(text.short + text.more)), article.id


@pytest.mark.parametrize("tag", list(LANGUAGES))
def test_every_article_can_say_whom_to_call(tag: str, library: Library) -> None:
    silent = [name for name in library.articles if not excerpt(library, name, tag, TODAY, Aspect.PHONE)]
    assert not silent
