"""One installation for all tests of this folder: starting Rasa takes longer than all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.whole_path.house import House, open_house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as made:
        yield made
