from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from knowledge_base import models
from knowledge_base.canonical import content_paths
from knowledge_base.content import Library, TranslationState
from knowledge_base.files import CONTENT_ROOT, read_content
from knowledge_base.importing import Outcome, Tally, import_library
from knowledge_base.problems import errors
from knowledge_base.queries import with_state
from knowledge_base.rows import library_from_rows

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
ENTRIES = 25  # 3 sources, 5 contacts, 3 articles, 5 facts, 9 texts


def files_under(root: Path) -> Mapping[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in content_paths(root)}


def counts(tally: Tally) -> dict[Outcome, int]:
    return {outcome: count for outcome, count in tally.counts.items() if count}


def test_files_imported_and_exported_are_the_same_bytes(content_root: Path, tmp_path: Path) -> None:
    call_command("import_articles", str(content_root), stdout=StringIO())
    call_command("export_articles", str(tmp_path / "out"), stdout=StringIO())
    assert files_under(tmp_path / "out") == files_under(content_root)


def test_our_own_content_survives_the_round_trip(tmp_path: Path, today: object) -> None:
    reading = read_content(CONTENT_ROOT, today)  # type: ignore[arg-type]
    if errors(reading.problems):
        pytest.skip("the content in this checkout has errors; check_articles names them")
    import_library(reading.library)
    assert library_from_rows() == reading.library
    assert library_from_rows().digest == reading.library.digest


def test_a_library_with_more_sources_than_sqlite_takes_keys_is_read(sample: Library) -> None:
    import_library(sample)
    first = models.Source.objects.get(key="sa-test-law")
    many = [
        models.Source(key=f"many-{number}", area="many", title="T", publisher="P", kind="news", seen=TODAY)
        for number in range(1_001)
    ]
    models.Source.objects.bulk_create(many)
    article = models.Article.objects.get(key="sa/passport")
    fact = models.Fact.objects.get(key="sa_passport_fine")
    for order, source in enumerate(models.Source.objects.filter(area="many")):
        models.ArticleSource.objects.create(article=article, source=source, sort_order=order + 10)
        models.FactPeriod.objects.create(
            fact=fact, value="1", unit="days", source=source, valid_from=TODAY, confidence="low"
        )
    library = library_from_rows()
    assert len(library.articles["sa/passport"].sources) > 1_001
    assert len(library.facts["sa_passport_fine"].periods) > 1_001
    assert library.sources[first.key] == sample.sources[first.key]


def test_a_second_import_changes_nothing(sample: Library) -> None:
    assert counts(import_library(sample)) == {Outcome.CREATED: ENTRIES}
    before = models.ContentVersion.current()
    assert counts(import_library(sample)) == {Outcome.UNCHANGED: ENTRIES}
    assert models.ContentVersion.current() == before


def test_only_what_changed_in_the_files_is_updated(sample: Library) -> None:
    import_library(sample)
    changed = with_title(sample, "Passport held back")
    assert counts(import_library(changed)) == {Outcome.UPDATED: 1, Outcome.UNCHANGED: ENTRIES - 1}
    assert library_from_rows() == changed


def test_an_updated_text_is_what_editors_start_from(sample: Library) -> None:
    import_library(sample)
    row = models.ArticleText.objects.get(article__key="ae/passport")
    row.title = "A draft by staff"
    row.save_revision()
    import_library(with_title(sample, "From the file"))
    row.refresh_from_db()
    assert row.title == row.get_latest_revision_as_object().title == "From the file"


def test_what_staff_changed_is_kept_and_named(sample: Library) -> None:
    import_library(sample)
    models.Contact.objects.filter(key="sa-test-police").update(confidence="medium")
    tally = import_library(with_police_url(sample))
    assert tally.kept == ["contact sa-test-police"]
    assert models.Contact.objects.get(key="sa-test-police").confidence == "medium"


def test_what_staff_changed_is_kept_also_when_the_file_is_as_it_was(sample: Library) -> None:
    import_library(sample)
    models.Source.objects.filter(key="pk-test-fees").update(title="Corrected by staff")
    assert import_library(sample).kept == ["source pk-test-fees"]


def test_what_staff_deleted_does_not_come_back(sample: Library) -> None:
    import_library(sample)
    models.ArticleText.objects.get(article__key="sa/passport", language="ur").delete()
    assert import_library(sample).kept == ["text sa/passport/ur"]


def test_the_files_win_when_asked_to(sample: Library) -> None:
    import_library(sample)
    models.Source.objects.filter(key="pk-test-fees").update(title="Corrected by staff")
    tally = import_library(sample, overwrite=True)
    assert counts(tally) == {Outcome.UPDATED: 1, Outcome.UNCHANGED: ENTRIES - 1}
    assert library_from_rows() == sample


def test_pruning_removes_what_no_file_has(sample: Library) -> None:
    import_library(sample)
    articles = {key: article for key, article in sample.articles.items() if key != "departure/fees"}
    facts = {key: fact for key, fact in sample.facts.items() if fact.article_id != "departure/fees"}
    smaller = replace(sample, articles=articles, facts=facts)
    assert import_library(smaller).counts[Outcome.REMOVED] == 0
    assert import_library(smaller, prune=True).counts[Outcome.REMOVED] == 10  # 5 texts, 4 facts, 1 article
    assert library_from_rows() == smaller


def test_a_failure_in_the_middle_leaves_nothing_behind(sample: Library) -> None:
    broken = replace(sample.articles["sa/passport"], sources=("nobody",))
    with pytest.raises(KeyError):
        import_library(replace(sample, articles={**sample.articles, broken.id: broken}))
    assert not models.Source.objects.exists()


def test_one_broken_file_stops_the_whole_import(content_root: Path) -> None:
    path = content_root / "contacts/test.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: police", "kind: cops"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"contacts/test\.yml: sa-test-police\.kind"):
        call_command("import_articles", str(content_root))
    assert not models.Article.objects.exists()


def test_a_folder_without_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no articles/ folder"):
        call_command("import_articles", str(tmp_path))


def test_drafts_are_not_exported(sample: Library, tmp_path: Path) -> None:
    import_library(sample)
    row = models.ArticleText.objects.get(article__key="sa/passport", language="ur")
    row.unpublish()
    out = StringIO()
    call_command("export_articles", str(tmp_path), stdout=out)
    assert not (tmp_path / "articles/sa/passport/ur.md").exists()
    assert "24" not in out.getvalue().split(" files")[0]


def test_the_state_in_the_database_is_the_state_of_the_library(sample: Library) -> None:
    import_library(sample)
    article = models.Article.objects.get(key="departure/fees")
    master = article.texts.get(language="en")
    master.title = "Changed"
    master.save_revision().publish()
    article.texts.filter(language="ps").update(made_from=models.ArticleText.objects.get(pk=master.pk).digest)
    library = library_from_rows()
    states = {
        (row.article.key, row.language): row.state for row in with_state(models.ArticleText.objects.all())
    }
    assert states == {
        (one.id, tag): one.state(tag).value for one in library.articles.values() for tag in one.texts
    }
    assert set(states.values()) >= {
        state.value for state in (TranslationState.OUTDATED, TranslationState.MACHINE)
    }


def with_title(library: Library, title: str) -> Library:
    article = library.articles["ae/passport"]
    text = replace(article.texts["en"], title=title)
    return replace(library, articles={**library.articles, article.id: replace(article, texts={"en": text})})


def with_police_url(library: Library) -> Library:
    police = replace(library.contacts["sa-test-police"], url="https://example.org/police")
    return replace(library, contacts={**library.contacts, police.key: police})
