"""The chat page as the server sends it: with and without JavaScript, in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client

from bot.replies import Message, Reply, ReplyKind
from channels.conversations import Exchange
from channels.models import InboundMessage, Person
from channels.web.page import SHOWN_SOURCES, context, language_of, words
from nlu.languages import LANGUAGES
from tests.fakes.dialogue import SOURCE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]
ID = "conversation-1"


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def post_form(client: Client, **fields: str) -> HttpResponse:
    return client.post("/chat/plain?language=ur", {"conversation": ID, **fields})  # type: ignore[return-value]


def test_page_has_its_words_in_every_language() -> None:
    assert set(words()) == set(LANGUAGES)
    for tag, table in words().items():
        assert set(table) == set(words()["en"]), tag
        assert all(text.strip() for text in table.values()), tag


@pytest.mark.parametrize("tag", sorted(LANGUAGES))
def test_page_is_in_the_language_asked_for(client: Client, tag: str) -> None:
    page = text_of(client.get("/", {"language": tag}))
    assert f'<html lang="{tag}" dir="{LANGUAGES[tag].direction}">' in page
    assert words()[tag]["privacy"] in page
    assert f'<option value="{tag}" lang="{tag}" selected>' in page


@pytest.mark.parametrize(
    ("accepted", "tag"),
    [
        ("en-US,en;q=0.9", "en"),
        ("ur-PK,ur;q=0.9,en;q=0.8", "ur"),
        ("ps", "ps"),
        ("sd-PK", "sd"),
        ("pa", "pa-Arab"),
        ("pa-PK", "pa-Arab"),
        ("pa-Guru,en", "en"),
        ("ur-Latn", "ur-Latn"),
        ("de-DE,fr;q=0.8", "ur"),
        ("", "ur"),
        (";;,,q=", "ur"),
        ("x" * 10_000, "ur"),
    ],
)
def test_browser_says_the_language_unless_asked(client: Client, accepted: str, tag: str) -> None:
    response = client.get("/", headers={"accept-language": accepted})
    assert language_of(response.wsgi_request) == tag
    assert f'<html lang="{tag}"' in text_of(response)


def test_unknown_language_in_the_address_is_passed_over(client: Client) -> None:
    assert '<html lang="en"' in text_of(client.get("/?language=<script>", headers={"accept-language": "en"}))


def test_page_loads_nothing_from_elsewhere_and_runs_no_inline_script(client: Client) -> None:
    response = client.get("/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    page = text_of(response)
    assert re.findall(r'(?:src|href|action)="(?!/)([^"]*)"', page) == [
        "https://www.google.com/search?q=weather"
    ]
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []
    assert response["Cache-Control"] == "no-store"


def test_each_page_has_a_conversation_of_its_own(client: Client) -> None:
    ids = {
        re.search(r'name="conversation" value="([\w-]{8,64})"', text_of(client.get("/")))[1] for _ in range(2)
    }  # type: ignore[index]
    assert len(ids) == 2


def test_question_without_javascript_is_answered_on_the_page(client: Client) -> None:
    response = post_form(client, text="میرا پاسپورٹ")
    page = text_of(response)
    assert response.status_code == 200
    assert '<p dir="auto">میرا پاسپورٹ</p>' in page
    assert "<p>You said: میرا پاسپورٹ</p>" in page
    assert '<button name="payload" value="/more">Tell me more</button>' in page
    assert 'href="https://example.org/passports"' in page
    assert '<time dir="ltr" datetime="2026-11-22">' in page
    assert page.count(f'name="conversation" value="{ID}"') == 3
    assert '<html lang="ur"' in page


def test_many_sources_are_folded() -> None:
    exchange = Exchange(
        Reply(
            ReplyKind.ANSWER,
            "ur",
            (Message("x"),),
            sources=tuple(replace(SOURCE, title=f"T{n}") for n in range(5)),
        ),
        (),
    )
    answer = context("en", exchange=exchange)["answer"]
    assert [len(answer["sources"]), len(answer["more_sources"])] == [SHOWN_SOURCES, 3]
    page = render_to_string("channels/chat.html", context("en", exchange=exchange))
    assert "مزید ذرائع (3)" in page
    assert page.count("<time ") == 5


def test_button_without_javascript_leads_on(client: Client) -> None:
    page = text_of(post_form(client, payload="/more", title="Tell me more"))
    assert '<p dir="auto">Tell me more</p>' in page
    assert "You said: /more" in page


def test_markup_is_shown_as_text(client: Client) -> None:
    raw = post_form(client, text="<img src=x onerror=alert(1)>").content.decode()
    assert "<img" not in raw
    assert "&lt;img src=x onerror=alert(1)&gt;" in raw


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"text": ""}, 400), ({"text": "x" * 4001}, 413), ({"text": "x", "conversation": "?"}, 400)],
)
def test_bad_form_gets_a_sentence_on_the_page(client: Client, fields: dict[str, str], status: int) -> None:
    response = post_form(client, **fields)
    assert response.status_code == status
    assert 'role="alert"' in text_of(response)
    assert InboundMessage.objects.count() == 0


def test_huge_form_is_refused_unread(client: Client) -> None:
    assert post_form(client, text="x" * 10_000_000).status_code == 413
    assert Person.objects.count() == 0


@pytest.mark.parametrize("path", ["/", "/chat/plain"])
def test_wrong_method_is_refused(client: Client, path: str) -> None:
    response = client.put(path)
    assert response.status_code == 405
