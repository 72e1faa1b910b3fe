"""A small content tree that breaks no rule, and copies of it to break."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from knowledge_base import published
from knowledge_base.content import Library
from knowledge_base.files import load_library

SAMPLE_ROOT = Path(__file__).with_name("content")
TODAY = date(2026, 11, 22)


@pytest.fixture
def today() -> date:
    return TODAY


@pytest.fixture(scope="session")
def sample() -> Library:
    """The small library as files give it."""
    return load_library(SAMPLE_ROOT, TODAY)


@pytest.fixture
def content_root(tmp_path: Path) -> Path:
    """A copy of the small content tree, for a test to change."""
    return Path(shutil.copytree(SAMPLE_ROOT, tmp_path / "content"))


@pytest.fixture
def nothing_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """`published` starts without a loaded library, and gets back afterwards what the whole session has pinned."""
    monkeypatch.setattr(published._shelf, "loaded", None)
