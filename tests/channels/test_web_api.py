"""POST /chat/api: the object that comes back, and every way to be refused. Never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.models import Conversation, InboundMessage, OutboundMessage, Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]
ID = "conversation-1"


def post(client: Client, body: Any, content_type: str = "application/json") -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body)
    return client.post("/chat/api", raw, content_type=content_type)  # type: ignore[return-value]


def error_of(response: HttpResponse) -> tuple[int, str, str | None]:
    error = json.loads(response.content)["error"]
    assert set(error) == {"code", "message", "field"}
    assert error["message"]
    return response.status_code, error["code"], error["field"]


def test_answer_is_the_object_of_the_design(client: Client) -> None:
    response = post(client, {"conversation": ID, "text": "hello", "channel": "web"})
    assert response.status_code == 200
    assert json.loads(response.content) == {
        "kind": "answer",
        "language": "en",
        "article": "sa/passport",
        "country": "sa",
        "candidates": ["sa/passport"],
        "score": 0.91,
        "messages": [
            {
                "text": "You said: hello",
                "buttons": [
                    {"title": "Tell me more", "payload": "/more"},
                    {"title": "Helpful", "payload": "/helpful"},
                ],
            }
        ],
        "sources": [
            {
                "title": "Passports of workers",
                "publisher": "Labour Office",
                "url": "https://example.org/passports",
                "checked": "2026-11-22",
            }
        ],
    }


def test_channel_is_web_unless_named(client: Client) -> None:
    assert post(client, {"conversation": ID, "text": "hello"}).status_code == 200


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        ("sms", "You said: x\nSource: Labour Office, checked 22 Nov 2026\nReply:\n1 Tell me more\n2 Helpful"),
        (
            "whatsapp",
            "You said: x\n\nSource: Labour Office, checked 22 Nov 2026\n\nReply:\n1 Tell me more\n2 Helpful",
        ),
        ("telegram", "You said: x\n\nSource: Labour Office, checked 22 Nov 2026"),
    ],
)
def test_other_channels_are_shown_and_never_sent(client: Client, channel: str, text: str) -> None:
    answer = json.loads(post(client, {"conversation": ID, "text": "x", "channel": channel}).content)
    assert answer["messages"][0]["text"] == text
    assert bool(answer["messages"][0]["buttons"]) is (channel == "telegram")
    assert [row.state for row in OutboundMessage.objects.all()] == ["delivered"]
    assert Person.objects.get().channel == "web"


def test_button_and_typed_number_lead_to_the_same(client: Client) -> None:
    post(client, {"conversation": ID, "text": "x"})
    for body in (
        {"text": "", "payload": "/helpful"},
        {"text": "۲"},
        {"text": "helpful"},
        {"payload": "/helpful"},
    ):
        answer = json.loads(post(client, {"conversation": ID, **body}).content)
        assert answer["messages"][0]["text"] == "You said: /helpful"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", (415, "unsupported_media_type", None)),  # the test client sends no type with an empty body
        (b" ", (400, "not_json", None)),
        (b"hello", (400, "not_json", None)),
        (b"\xff\xfe\x00", (400, "not_json", None)),
        (b"[]", (400, "not_json", None)),
        (b'"text"', (400, "not_json", None)),
        (b"[" * 50_000, (400, "not_json", None)),
        (b'{"conversation": "conversation-1", "text": NaN}', (400, "invalid", "text")),
        ({}, (400, "invalid", "conversation")),
        ({"text": "x"}, (400, "invalid", "conversation")),
        ({"conversation": "short", "text": "x"}, (400, "invalid", "conversation")),
        ({"conversation": "a" * 65, "text": "x"}, (400, "invalid", "conversation")),
        ({"conversation": "conversation 1", "text": "x"}, (400, "invalid", "conversation")),
        ({"conversation": "conversation-1\n", "text": "x"}, (400, "invalid", "conversation")),
        ({"conversation": 12345678, "text": "x"}, (400, "invalid", "conversation")),
        ({"conversation": ID}, (400, "empty", "text")),
        ({"conversation": ID, "text": ""}, (400, "empty", "text")),
        ({"conversation": ID, "text": " \n\t "}, (400, "empty", "text")),
        ({"conversation": ID, "text": "\x00\x01"}, (400, "empty", "text")),
        ({"conversation": ID, "text": None}, (400, "invalid", "text")),
        ({"conversation": ID, "text": 5}, (400, "invalid", "text")),
        ({"conversation": ID, "text": ["x"]}, (400, "invalid", "text")),
        ({"conversation": ID, "text": "x" * 4001}, (413, "too_long", "text")),
        ({"conversation": ID, "text": "x", "channel": "fax"}, (400, "invalid", "channel")),
        ({"conversation": ID, "text": "x", "channel": None}, (400, "invalid", "channel")),
        ({"conversation": ID, "text": "x", "payload": 5}, (400, "invalid", "payload")),
        ({"conversation": ID, "text": "x", "payload": "/" * 257}, (413, "too_long", "payload")),
        ({"conversation": ID, "text": "x", "language": "ur"}, (400, "unknown_field", "language")),
        (b'{"a": "' + b"x" * 10_000_000 + b'"}', (413, "too_large", None)),
    ],
)
def test_bad_request_is_refused_with_the_field(
    client: Client, body: Any, expected: tuple[int, str, str | None]
) -> None:
    assert error_of(post(client, body)) == expected
    assert InboundMessage.objects.count() == 0


def test_limit_is_named_when_a_text_is_too_long(client: Client) -> None:
    assert "4000 characters" in post(client, {"conversation": ID, "text": "x" * 4001}).content.decode()
    assert post(client, {"conversation": ID, "text": "ژ" * 4000}).status_code == 200


def test_what_is_not_json_or_not_post_is_refused(client: Client) -> None:
    assert error_of(post(client, b"text=x", "application/x-www-form-urlencoded")) == (
        415,
        "unsupported_media_type",
        None,
    )
    response = client.get("/chat/api")
    assert error_of(response) == (405, "method_not_allowed", None)
    assert response["Allow"] == "POST"


@pytest.mark.parametrize(
    "text",
    ["😭", "<script>alert(1)</script>", "'; DROP TABLE channels_person; --", "۱۲۳", "你好", "a\ud800b"],
)
def test_odd_texts_are_answered(client: Client, text: str) -> None:
    answer = json.loads(post(client, {"conversation": ID, "text": text}).content)
    assert answer["messages"][0]["text"] == f"You said: {text.replace(chr(0xD800), '')}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.sampled_from(["conversation", "text", "channel", "payload", "x"]), inner)
            ),
            max_leaves=8,
        ),
    )
)
def test_no_body_makes_it_break(client: Client, body: Any) -> None:
    response = post(client, body)
    assert response.status_code in (200, 400, 413, 415)


def test_forget_deletes_all_of_a_conversation_and_nothing_else(client: Client) -> None:
    for conversation in (ID, "conversation-2"):
        post(client, {"conversation": conversation, "text": "x"})
    response = client.post("/chat/forget", json.dumps({"conversation": ID}), content_type="application/json")
    assert response.status_code == 204
    for model in (Person, Conversation, InboundMessage, OutboundMessage):
        assert model.objects.count() == 1  # type: ignore[attr-defined]
    assert Person.objects.get().address == "conversation-2"


@pytest.mark.parametrize(
    "body", [{}, {"conversation": "x"}, {"conversation": ID, "text": "x"}, {"conversation": None}]
)
def test_forget_refuses_what_it_does_not_understand(client: Client, body: Any) -> None:
    response = client.post("/chat/forget", json.dumps(body), content_type="application/json")
    assert error_of(response)[0] == 400  # type: ignore[arg-type]
