"""What all tests share: the real content, the real search, a real Rasa. Nothing here talks to anything but loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from config.dialogue import dialogue
from knowledge_base.content import Library
from knowledge_base.files import load_library
from knowledge_base.published import pinned
from knowledge_base.search.publishing import rebuild_index

LOOPBACK = ("127.", "::1", "localhost", "/")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Any connection to another machine fails the test that tried it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else str(address)
        if not str(host).startswith(LOOPBACK):
            raise AssertionError(f"A test tried to reach {host}")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def library() -> Library:
    """The content files of this repository."""
    return load_library(settings.CONTENT_DIR)


@pytest.fixture(scope="session")
def searchable(library: Library) -> Iterator[None]:
    """The published library is the content files, and the index is theirs; unchanged texts are not embedded again."""
    index_dir = settings.INDEX_DIR
    settings.INDEX_DIR = settings.VAR_DIR / "test-index"
    with pinned(library):
        list(rebuild_index())
        yield
    settings.INDEX_DIR = index_dir


@pytest.fixture(scope="session")
def engine(searchable: None) -> Iterator[None]:
    """A Rasa of the tests' own, with our actions beside it, for as long as the tests run."""
    with dialogue(print, timeout_s=30):  # a busy test machine must not turn a slow turn into a degraded one
        yield
