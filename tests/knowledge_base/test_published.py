from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import DatabaseError

from knowledge_base import models, published
from knowledge_base.content import Answer, Library, Withheld
from knowledge_base.importing import import_library
from knowledge_base.signals import content_changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_in_memory")]


@pytest.fixture(autouse=True)
def checked_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "CHECK_EVERY_S", 0.0)


@pytest.fixture
def imported(sample: Library) -> Library:
    import_library(sample)
    return sample


def test_the_published_library_is_what_was_imported(imported: Library) -> None:
    assert published.current_library() == imported


def test_nothing_is_read_again_while_nothing_changes(
    imported: Library, django_assert_num_queries: object
) -> None:
    first = published.current_library()
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert published.current_library() is first


def test_within_a_second_not_even_the_version_is_asked_for(
    imported: Library, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: object
) -> None:
    monkeypatch.setattr(published, "CHECK_EVERY_S", 60.0)
    published.current_library()
    with django_assert_num_queries(0):  # type: ignore[operator]
        published.current_library()


def test_a_published_change_is_seen(imported: Library) -> None:
    published.current_library()
    text = models.ArticleText.objects.get(article__key="ae/passport")
    text.title = "New title"
    text.save_revision().publish()
    assert published.current_library().title("ae/passport", "en") == "New title"


def test_a_draft_is_not_seen_and_changes_no_version(imported: Library) -> None:
    first, version = published.current_library(), models.ContentVersion.current()
    text = models.ArticleText.objects.get(article__key="ae/passport")
    text.title = "Only a draft"
    text.save_revision()
    assert models.ContentVersion.current() == version
    assert published.current_library() is first
    text.refresh_from_db()
    assert text.digest == first.articles["ae/passport"].texts["en"].digest


def test_an_unpublished_text_is_gone(imported: Library) -> None:
    published.current_library()
    models.ArticleText.objects.get(article__key="sa/passport", language="ur").unpublish()
    assert "ur" not in published.current_library().articles["sa/passport"].texts


@pytest.mark.parametrize(
    ("model", "key", "field", "value"),
    [
        (models.Source, "pk-test-fees", "title", "Other"),
        (models.Contact, "sa-test-police", "confidence", "low"),
        (models.Article, "sa/passport", "risk", "normal"),
    ],
)
def test_saving_an_entry_is_seen_at_once(
    model: type, key: str, field: str, value: str, imported: Library
) -> None:
    before = published.current_library().digest
    row = model.objects.get(key=key)  # type: ignore[attr-defined]
    setattr(row, field, value)
    row.save()
    assert published.current_library().digest != before


def test_a_new_period_of_a_fact_is_seen_at_once(imported: Library) -> None:
    published.current_library()
    period = models.FactPeriod.objects.get(fact__key="pk_test_fee")
    period.value = "9500"
    period.save()
    assert published.current_library().facts["pk_test_fee"].periods[0].value == 9500


def test_a_value_that_is_none_withholds_its_article_and_no_other(
    imported: Library, caplog: pytest.LogCaptureFixture, today: date
) -> None:
    models.FactPeriod.objects.filter(fact__key="pk_test_fee").update(value="nine thousand")
    library = published.current_library()
    assert isinstance(library.answer("departure/fees", "en", today), Withheld)
    assert isinstance(library.answer("sa/passport", "en", today), Answer)
    assert "Fact pk_test_fee" in caplog.text


def test_others_are_told_after_the_commit(
    imported: Library, django_capture_on_commit_callbacks: object
) -> None:
    heard: list[object] = []

    def listener(sender: object, **_: object) -> None:
        heard.append(sender)

    content_changed.connect(listener)
    try:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            models.Source.objects.get(key="pk-test-fees").save()
            assert heard == []
    finally:
        content_changed.disconnect(listener)
    assert heard == [models.Source]


def test_an_unanswering_database_leaves_the_library_in_use(
    imported: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = published.current_library()
    monkeypatch.setattr(models.ContentVersion, "current", _away)
    assert published.current_library() is first
    published.forget()
    with pytest.raises(DatabaseError):
        published.current_library()


def _away() -> int:
    raise DatabaseError("away")


async def test_a_coroutine_gets_the_library_without_touching_the_database(
    monkeypatch: pytest.MonkeyPatch, sample: Library
) -> None:
    with published.pinned(sample):
        monkeypatch.setattr(models.ContentVersion, "current", _away)
        monkeypatch.setattr(published, "CHECK_EVERY_S", 60.0)
        assert await published.acurrent_library() is sample


def test_threads_that_come_during_a_reload_go_on_with_the_old_library(sample: Library) -> None:
    with published.pinned(sample):
        published._shelf.loaded = published._Loaded(sample, -1, 0.0)
        found: list[Library] = []
        with published._shelf.lock:
            thread = threading.Thread(target=lambda: found.append(published.current_library()))
            thread.start()
            thread.join(timeout=5)
        assert found == [sample]
