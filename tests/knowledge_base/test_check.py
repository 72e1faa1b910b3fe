from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.check import main, report

SA_EN = "articles/sa/passport/en.md"


def broken(root: Path) -> Path:
    path = root / SA_EN
    path.write_text(
        path.read_text(encoding="utf-8").replace("keep a copy", "keep 2 copies"), encoding="utf-8"
    )
    return root


def test_content_without_problems_ends_with_the_counts(content_root: Path, today: date) -> None:
    lines, code = report(content_root, [], today)
    assert code == 0
    assert lines == [
        "3 articles, 9 texts, 5 facts, 5 contacts, 3 sources: 0 errors, 0 warnings (--warnings prints them)"
    ]


def test_problems_are_grouped_by_file_and_make_the_command_fail(content_root: Path, today: date) -> None:
    lines, code = report(broken(content_root), [], today)
    assert code == 1
    assert lines[0] == SA_EN
    assert lines[1].startswith("  more: figures in prose: 2 -> ")
    assert "1 errors, 2 warnings" in lines[-1]


def test_warnings_are_printed_when_asked_for(content_root: Path, today: date) -> None:
    lines, _ = report(broken(content_root), [], today, warnings=True)
    assert sum("warning: translation: outdated" in line for line in lines) == 2


@pytest.mark.parametrize(
    ("ids", "code"), [(["sa/passport"], 1), (["ae/passport"], 0), ([SA_EN], 1), (["contacts/test.yml"], 0)]
)
def test_only_the_named_articles_or_files_are_reported(
    ids: list[str], code: int, content_root: Path, today: date
) -> None:
    assert report(broken(content_root), ids, today)[1] == code


def test_an_article_that_does_not_exist_is_an_error(content_root: Path, today: date) -> None:
    lines, code = report(content_root, ["sa/nothing"], today)
    assert code == 1
    assert "sa/nothing: no such article" in lines[0]


def test_the_texts_are_shown_as_people_see_them(content_root: Path, today: date) -> None:
    lines, _ = report(content_root, ["sa/passport"], today, show=True)
    shown = "\n".join(lines)
    assert "== sa/passport ur (2 SMS parts, 97 units) ==" in shown
    assert "SAR 1,000" in shown
    assert "Protector fees" not in shown


def test_the_module_can_be_run_without_django(content_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(content_root)]) == 0
    assert "3 articles" in capsys.readouterr().out
