"""The chat page in a real Chromium: narrow and wide, right to left, with errors, and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.channels.browser import CHROMIUM, Page, browser_page
from tests.channels.processes import Installation, installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)"),
]
ANSWERS = "document.querySelectorAll('.said.safar').length"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("house"), migrated) as made:
        made.start_web()
        yield made


@pytest.fixture
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def opened(page: Page, house: Installation, language: str = "en", width: int = 320, **how: bool) -> Page:
    page.open(
        f"http://127.0.0.1:{house.port}/?language={language}", width, 640 if width < 800 else 800, **how
    )
    return page


def ask(page: Page, text: str) -> None:
    before = page.run(ANSWERS)
    page.run(
        f"document.getElementById('text').value = {text!r}; document.getElementById('ask').requestSubmit()"
    )
    page.wait_for(f"{ANSWERS} > {before}")


@pytest.mark.parametrize("language", ["en", "ur", "ur-Latn", "ps", "sd", "pa-Arab"])
@pytest.mark.parametrize("width", [320, 1280])
def test_question_is_answered_and_nothing_is_wider_than_the_screen(
    page: Page, house: Installation, language: str, width: int
) -> None:
    opened(page, house, language, width)
    ask(page, "میرے کفیل نے میرا پاسپورٹ رکھ لیا ہے " + "w" * 80 + " لفظ" * 400)
    assert page.run("document.documentElement.scrollWidth") == width
    assert page.run(
        "[...document.querySelectorAll('body *')].every(n => n.getBoundingClientRect().right <= innerWidth + 1)"
    )
    assert page.run("document.querySelector('.sources a').href") == "https://example.org/passports"
    assert page.run("document.querySelector('.sources time').textContent") == "2026-11-22"
    assert page.run("document.querySelector('header').offsetHeight") < 80  # one row, also at 320 px
    ask(page, "and another question, so that the chat is longer than the screen")
    page.wait_for("document.getElementById('chat').scrollTop > 0")
    assert page.run("document.scrollingElement.scrollTop") == 0  # only the chat scrolls, the header stays
    assert page.run("document.querySelector('header').getBoundingClientRect().top") == 0
    assert page.run(
        "Math.round(document.getElementById('ask').getBoundingClientRect().bottom) === innerHeight"
    )
    assert page.errors == []


def test_direction_follows_the_language_of_each_message(page: Page, house: Installation) -> None:
    opened(page, house, "ur")
    ask(page, "hello there")
    assert page.run("document.documentElement.dir") == "rtl"
    assert page.run("getComputedStyle(document.querySelector('.said.you p')).direction") == "ltr"
    assert page.run("document.querySelector('.said.safar').lang") == "en"
    assert page.run("document.querySelector('.said.safar').dir") == "ltr"


def test_button_and_enter_key_ask(page: Page, house: Installation) -> None:
    opened(page, house)
    page.run("document.getElementById('text').focus()")
    page.call("Input.insertText", text="first")
    page.call("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13)
    page.wait_for(f"{ANSWERS} === 1")
    page.run("document.querySelector('.choices button').click()")
    page.wait_for(f"{ANSWERS} === 2")
    assert page.run("[...document.querySelectorAll('.you p')].map(n => n.textContent)") == [
        "first",
        "Tell me more",
    ]
    assert "You said: /more" in page.run("document.querySelectorAll('.safar p')[1].textContent")


def test_markup_in_an_answer_stays_text(page: Page, house: Installation) -> None:
    opened(page, house)
    ask(page, "<img src=x onerror=window.broken=1>")
    assert page.run("document.querySelector('.said img')") is None
    assert page.run("window.broken") is None


def test_lost_connection_is_said_and_retried(page: Page, house: Installation) -> None:
    opened(page, house)
    page.call("Network.enable")
    page.call(
        "Network.emulateNetworkConditions",
        offline=True,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )
    page.run(
        "document.getElementById('text').value = 'hello'; document.getElementById('ask').requestSubmit()"
    )
    page.wait_for("!!document.querySelector('[role=alert]')")
    assert "not connected" in page.run("document.querySelector('[role=alert]').textContent")
    page.call(
        "Network.emulateNetworkConditions",
        offline=False,
        latency=0,
        downloadThroughput=-1,
        uploadThroughput=-1,
    )
    page.run("document.querySelector('[role=alert] button').click()")
    page.wait_for(f"{ANSWERS} === 1")
    assert page.run("document.querySelector('[role=alert]')") is None
    assert page.run("document.querySelectorAll('.you').length") == 1


def test_language_can_be_changed_in_the_middle(page: Page, house: Installation) -> None:
    opened(page, house)
    ask(page, "hello")
    page.run(
        "const s = document.getElementById('language'); s.value = 'sd'; s.dispatchEvent(new Event('change'))"
    )
    assert page.run("document.documentElement.lang + document.documentElement.dir") == "sdrtl"
    assert page.run("document.getElementById('send').textContent") == "موڪليو"
    assert page.run(ANSWERS) == 1


def test_cleared_chat_is_gone_here_and_on_the_server(page: Page, house: Installation) -> None:
    opened(page, house)
    ask(page, "please forget me")
    old = page.run("sessionStorage.getItem('safar-conversation')")
    stored = "SELECT count(*) FROM channels_person WHERE address = ?"
    assert house.rows(stored, old) == [(1,)]
    page.run("window.confirm = () => true; document.getElementById('clear').click()")
    page.wait_for("document.querySelector('#chat').textContent.includes('The chat is deleted')")
    assert page.run("document.querySelectorAll('.said').length") == 0
    assert page.run("sessionStorage.getItem('safar-conversation')") != old
    assert house.rows(stored, old) == [(0,)]


def test_quick_exit_leaves_no_way_back(page: Page, house: Installation) -> None:
    opened(page, house)
    ask(page, "hello")
    page.call("Network.enable")
    page.call("Network.setBlockedURLs", urls=["*google.com*"])
    page.run("document.getElementById('exit').click()")
    page.wait_for("!location.href.includes('127.0.0.1')")
    assert page.run("history.length") <= 2
    assert page.run("document.querySelectorAll('.said').length") == 0


def test_page_works_without_javascript(page: Page, house: Installation) -> None:
    """Scripts of the page are off; the test only presses its buttons, as a finger would."""
    opened(page, house, "ur", scripts=False)
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    page.run(
        "document.getElementById('text').value = 'passport'; HTMLFormElement.prototype.submit.call(document.getElementById('ask'))"
    )
    page.wait_for(f"location.pathname === '/chat/plain' && {ANSWERS} === 1")
    assert "You said: passport" in page.run("document.querySelector('.safar p').textContent")


def test_dark_mode_is_dark_and_readable(page: Page, house: Installation) -> None:
    opened(page, house, dark=True)
    assert page.run("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 26)"
    assert page.run("getComputedStyle(document.body).color") == "rgb(236, 238, 234)"


def test_page_can_be_photographed(page: Page, house: Installation, tmp_path: Path) -> None:
    opened(page, house, "ur")
    ask(page, "hello")
    page.screenshot(tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 5_000
