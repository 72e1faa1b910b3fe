from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.canonical import canonical_files, content_paths, format_files
from knowledge_base.content import Library
from knowledge_base.files import CONTENT_ROOT, load_library, read_content
from knowledge_base.problems import errors
from tests.knowledge_base.conftest import SAMPLE_ROOT


def test_the_sample_is_written_byte_for_byte_as_it_was_read(sample: Library) -> None:
    files = canonical_files(sample)
    there = {
        path.relative_to(SAMPLE_ROOT).as_posix(): path.read_text(encoding="utf-8")
        for path in content_paths(SAMPLE_ROOT)
    }
    assert files == there


@pytest.mark.parametrize("root", [SAMPLE_ROOT, CONTENT_ROOT], ids=["sample", "our content"])
def test_the_canonical_form_says_the_same_and_is_stable(root: Path, tmp_path: Path, today: date) -> None:
    before = read_content(root, today)
    _write(tmp_path, canonical_files(before.library))
    after = read_content(tmp_path, today)
    assert after.library == before.library
    assert canonical_files(after.library) == canonical_files(before.library)


def test_formatting_rewrites_only_the_layout(content_root: Path, today: date) -> None:
    path = content_root / "articles/ae/passport/article.yml"
    tidy = path.read_text(encoding="utf-8")
    lines = tidy.splitlines(keepends=True)
    path.write_text("# a comment\n" + "".join(reversed(lines[:3])) + "".join(lines[3:]), encoding="utf-8")
    library = load_library(content_root, today)
    written, left = format_files(read_content(content_root, today), [])
    assert (written, left) == (["articles/ae/passport/article.yml"], [])
    assert path.read_text(encoding="utf-8") == tidy
    assert load_library(content_root, today) == library


def test_formatting_named_articles_leaves_the_others(content_root: Path, today: date) -> None:
    for name in ("articles/ae/passport/article.yml", "contacts/test.yml"):
        path = content_root / name
        path.write_text("# a comment\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert format_files(read_content(content_root, today), ["contacts/test.yml"])[0] == ["contacts/test.yml"]


def test_a_file_that_cannot_be_read_in_full_is_not_rewritten(content_root: Path, today: date) -> None:
    path = content_root / "sources/test.yml"
    broken = path.read_text(encoding="utf-8").replace("kind: law-text", "kind: rumour")
    path.write_text(broken, encoding="utf-8")
    reading = read_content(content_root, today)
    assert errors(reading.problems)
    assert format_files(reading, []) == ([], ["sources/test.yml"])
    assert path.read_text(encoding="utf-8") == broken


def _write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
