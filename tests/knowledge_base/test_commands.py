from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from knowledge_base.content import Library
from knowledge_base.importing import import_library

SA_EN = "articles/sa/passport/en.md"


def output_of(*command: str, **options: object) -> str:
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


def replaced(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_check_articles_ends_well_when_nothing_is_wrong(content_root: Path) -> None:
    assert "0 errors, 0 warnings" in output_of("check_articles", root=content_root)


def test_check_articles_fails_with_exit_code_1(content_root: Path) -> None:
    replaced(content_root / SA_EN, "keep a copy", "keep 2 copies")
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("check_articles", "sa/passport", root=content_root, stdout=out)
    assert end.value.code == 1
    assert "figures in prose: 2" in out.getvalue()


def test_stamp_translations_names_the_files(content_root: Path) -> None:
    replaced(content_root / SA_EN, "keep a copy", "keep two copies")
    assert "sa/passport/ur.md: stamped" in output_of("stamp_translations", "sa/passport", root=content_root)
    assert "0 files" in output_of("stamp_translations", root=content_root)


def test_format_articles_names_what_it_rewrote(content_root: Path) -> None:
    replaced(content_root / "articles/ae/passport/article.yml", "id: ae/passport\n", "id:   ae/passport\n")
    assert "rewritten: articles/ae/passport/article.yml" in output_of("format_articles", root=content_root)
    assert "0 files rewritten" in output_of("format_articles", root=content_root)


def test_format_articles_refuses_what_it_cannot_read(content_root: Path) -> None:
    replaced(content_root / "sources/test.yml", "kind: law-text", "kind: rumour")
    with pytest.raises(CommandError, match="run check_articles"):
        call_command("format_articles", root=content_root, stdout=StringIO())


def test_content_status_reads_files_without_the_database(content_root: Path, tmp_path: Path) -> None:
    page = tmp_path / "status.md"
    assert "written" in output_of("content_status", files=content_root, output=page)
    assert "3 articles, 9 texts" in page.read_text(encoding="utf-8")


@pytest.mark.django_db
def test_content_status_reads_the_database(sample: Library) -> None:
    import_library(sample)
    assert "| departure/fees | machine draft | reviewed | missing |" in output_of("content_status")
