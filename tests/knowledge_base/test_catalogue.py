"""The catalogue is whole: what the content promises in one place it has in all."""

from __future__ import annotations

import datetime

import pytest

from knowledge_base.checks import MOST_WORDS_OF_MORE
from knowledge_base.content import Library
from knowledge_base.files import CONTENT_ROOT, load_library
from nlu.languages import LANGUAGES
from nlu.places import DESTINATIONS

TRANSIT = ("ir", "tr", "gr", "it", "ly")
URGENT_KINDS = ("danger", "medical", "suicide", "sexual-violence", "trafficking", "detained", "stranded")
TOPICS_OF_A_COUNTRY = 16
TODAY = datetime.date(2026, 11, 22)


@pytest.fixture(scope="module")
def catalogue() -> Library:
    return load_library(CONTENT_ROOT, TODAY)


def test_every_destination_has_the_same_topics(catalogue: Library) -> None:
    topics = {
        country: {article.topic for article in catalogue.articles.values() if article.country == country}
        for country in DESTINATIONS
    }
    assert {len(found) for found in topics.values()} == {TOPICS_OF_A_COUNTRY}
    assert all(found == topics[DESTINATIONS[0]] for found in topics.values())


def test_every_article_exists_in_every_language(catalogue: Library) -> None:
    missing = {
        f"{article.id} {tag}"
        for article in catalogue.articles.values()
        for tag in LANGUAGES
        if tag not in article.texts
    }
    assert missing == set()


def test_no_text_is_longer_than_people_read_on_a_phone(catalogue: Library) -> None:
    long = {
        f"{article.id} {text.language}"
        for article in catalogue.articles.values()
        for text in article.texts.values()
        if len(text.more.split()) > MOST_WORDS_OF_MORE
    }
    assert long == set()


def test_every_article_can_be_answered_today(catalogue: Library) -> None:
    withheld = {
        article_id
        for article_id in catalogue.articles
        if not hasattr(catalogue.answer(article_id, "en", TODAY), "short")
    }
    assert withheld == set()


@pytest.mark.parametrize("country", [*DESTINATIONS, *TRANSIT])
@pytest.mark.parametrize("kind", URGENT_KINDS)
def test_every_emergency_has_a_number_that_can_be_called_there(
    catalogue: Library, country: str, kind: str
) -> None:
    assert any(card.numbers for card in catalogue.emergency_contacts(country, kind, "ur"))


@pytest.mark.parametrize("country", [*DESTINATIONS, *TRANSIT])
def test_danger_has_a_number_of_the_country_itself(catalogue: Library, country: str) -> None:
    assert catalogue.emergency_contacts(country, "danger", "en")[0].country == country
