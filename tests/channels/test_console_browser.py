"""The console in a real Chromium, which sends what a test client does not: origins, cookies, what is really ticked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.channels.browser import CHROMIUM, Page, browser_page
from tests.channels.processes import Installation, installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)"),
]
QUESTIONS = ["who pays my ticket home", "گھر کا ٹکٹ کون دے گا"]
SETUP = """
from django.contrib.auth import get_user_model
from knowledge_base.misses.models import Miss
get_user_model().objects.create_superuser("chief", password="a-long-password")
for text, tag in {questions!r}:
    Miss.objects.create(text=text, language=tag, day={day!r}, kind="declined", profile=bytes({profile!r}), profile_of="x")
"""


@pytest.fixture
def house(tmp_path: Path, migrated: Path) -> Iterator[Installation]:
    with installation(tmp_path, migrated) as made:
        profile = list(np.eye(4)[0].astype("<f2").tobytes())
        questions = list(zip(QUESTIONS, ("en", "ur"), strict=True))
        code = SETUP.format(questions=questions, day=date.today().isoformat(), profile=profile)  # noqa: DTZ011
        assert made.start("manage.py", "shell", "-c", code).wait(timeout=120) == 0, (
            made.process_log.read_text()
        )
        made.start_web()
        yield made


@pytest.fixture
def page(house: Installation) -> Iterator[Page]:
    with browser_page() as opened:
        opened.open(f"http://127.0.0.1:{house.port}/console/login/?next=/console/unanswered/", 1280, 900)
        opened.run(
            "document.querySelector('[name=username]').value = 'chief';"
            "document.querySelector('[name=password]').value = 'a-long-password';"
            "document.querySelector('form').requestSubmit()"
        )
        opened.wait_for(
            "location.pathname === '/console/unanswered/' && !!document.querySelector('.miss-group')", 60
        )
        yield opened


def test_staff_log_in_read_and_close_a_question(page: Page, house: Installation) -> None:
    assert page.run(
        "[...document.querySelectorAll('.miss-wordings bdi')].map(n => n.textContent).sort()"
    ) == sorted(QUESTIONS)
    assert page.run("getComputedStyle(document.querySelector('bdi[lang=ur]')).direction") == "rtl"
    assert page.run("document.documentElement.scrollWidth") == 1280
    page.run("document.querySelector('bdi[lang=ur]').closest('label').querySelector('input').click()")
    page.run("document.querySelector('[formaction$=\"drop/\"]').click()")
    page.wait_for("document.querySelectorAll('.miss-wordings bdi').length === 1", 30)
    assert house.rows("SELECT text FROM misses_miss WHERE state = 'open'") == [(QUESTIONS[0],)]
    assert page.errors == []
