"""The chat API in front of Django gives the same answers as the one inside it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from channels.models import InboundMessage
from channels.web.asgi import chat_application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]
ID = "conversation-1"
JSON = "application/json"


def request(method: str, content: Any, content_type: str = JSON) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(chat_application)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://safar") as client:
            return await client.request(
                method, "/chat/api", content=content, headers={"Content-Type": content_type}
            )

    return async_to_sync(send)()


@pytest.mark.parametrize(
    ("method", "body", "content_type"),
    [
        ("POST", json.dumps({"conversation": ID, "text": "میرا پاسپورٹ"}).encode(), JSON),
        (
            "POST",
            json.dumps({"conversation": ID, "text": "x", "channel": "sms"}).encode(),
            f"{JSON}; charset=utf-8",
        ),
        ("POST", b"{}", JSON),
        ("POST", b"\xff", JSON),
        ("POST", json.dumps({"conversation": ID, "text": "x" * 4001}).encode(), JSON),
        ("POST", b"x" * 100_000, JSON),
        ("POST", b"a=1", "application/x-www-form-urlencoded"),
        ("GET", b"", JSON),
        ("PUT", b"{}", JSON),
    ],
)
def test_both_ways_answer_alike(client: Client, method: str, body: bytes, content_type: str) -> None:
    inside = client.generic(method, "/chat/api", body, content_type=content_type)
    before = request(method, body, content_type)
    assert (before.status_code, before.json()) == (inside.status_code, inside.json())  # type: ignore[attr-defined]
    for header in ("Content-Type", "Allow", "Cache-Control", "X-Content-Type-Options", "Referrer-Policy"):
        assert before.headers.get(header) == inside.headers.get(header), header


def test_endless_body_is_refused_after_64_kib() -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 8192
            yield b"x" * 8192

    response = request("POST", endless())
    assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")
    assert read <= 64 * 1024 + 2 * 8192
    assert InboundMessage.objects.count() == 0


def test_dialogue_that_breaks_is_a_sentence_and_no_500(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TAKE_TURN = "tests.channels.test_web_asgi.broken"
    from channels.dialogue import dialogue

    dialogue.cache_clear()
    try:
        response = request("POST", json.dumps({"conversation": ID, "text": "private words"}).encode())
    finally:
        dialogue.cache_clear()
    assert (response.status_code, response.json()["error"]["code"]) == (503, "unavailable")
    assert "RuntimeError" in caplog.text
    assert "private words" not in caplog.text


async def broken(turn: Any) -> Any:
    raise RuntimeError(turn.text)
