"""What every channel must do, run over the registry: a new channel without fixtures fails here by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from channels.contract import Channel, Incoming, Malformed, Received, Unauthenticated, WebhookRequest
from channels.models import DeliveryReceipt, InboundMessage
from channels.registry import RENDERINGS, WEBHOOK_CHANNELS
from tests.channels.conftest import Deliver, webhook_request

FIXTURES = Path(__file__).parent / "fixtures"
BODIES = sorted(
    path for path in FIXTURES.glob("*/*") if path.suffix in (".json", ".form") and "expected" not in path.name
)
LEAST_FIXTURES = 10
pytestmark = pytest.mark.django_db


def named(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def body_of(path: Path) -> bytes:
    return path.read_text(encoding="utf-8").strip().encode()


def as_json(incoming: Incoming) -> dict[str, Any]:
    return {"type": type(incoming).__name__, **asdict(incoming)}


def text_fixture(channel: str) -> bytes:
    return body_of(
        next(path for path in BODIES if path.parent.name == channel and path.stem == "message__text")
    )


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
def test_every_channel_has_fixtures_and_a_rendering(name: str) -> None:
    assert sum(path.parent.name == name for path in BODIES) >= LEAST_FIXTURES
    assert name in RENDERINGS


def test_every_fixture_belongs_to_a_channel() -> None:
    assert {path.parent.name for path in BODIES} == set(WEBHOOK_CHANNELS)


@pytest.mark.parametrize("path", BODIES, ids=named)
def test_fixture_parses_to_what_is_expected(path: Path, channels: Mapping[str, Channel]) -> None:
    request = webhook_request(path.parent.name, body_of(path))
    channel = channels[path.parent.name]
    channel.verify(request)
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    assert [as_json(incoming) for incoming in channel.parse(request)] == expected


@pytest.mark.parametrize("path", BODIES, ids=named)
def test_fixture_is_taken_with_200_and_stored(path: Path, deliver: Deliver) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))
    response = deliver(path.parent.name, body_of(path))
    assert response.status_code == 200
    kinds = [one["type"] for one in expected]
    assert InboundMessage.objects.count() == kinds.count("Received")
    assert DeliveryReceipt.objects.count() == kinds.count("Delivery")


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
def test_message_delivered_again_is_stored_once(name: str, deliver: Deliver) -> None:
    for _ in range(3):
        assert deliver(name, text_fixture(name)).status_code == 200
    assert InboundMessage.objects.count() == 1


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
@pytest.mark.parametrize("given", [None, "", "wrong", "ü", "A" * 10_000])
def test_missing_or_wrong_proof_is_refused_before_the_body_is_read(
    name: str, given: str | None, channels: Mapping[str, Channel]
) -> None:
    headers = (
        {"X-Telegram-Bot-Api-Secret-Token": given, "X-Twilio-Signature": given} if given is not None else {}
    )
    for body in (text_fixture(name), b"\xff\x00 not readable", b""):
        with pytest.raises(Unauthenticated):
            channels[name].verify(webhook_request(name, body, headers))


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
def test_wrong_proof_gets_401_and_stores_nothing(name: str, deliver: Deliver) -> None:
    wrong = {"X-Telegram-Bot-Api-Secret-Token": "wrong", "X-Twilio-Signature": "wrong"}
    response = deliver(name, text_fixture(name), **wrong)
    assert response.status_code == 401
    assert InboundMessage.objects.count() == 0


@pytest.mark.parametrize("name", ["whatsapp", "sms"])
def test_signature_of_another_body_address_or_account_is_refused(
    name: str, channels: Mapping[str, Channel]
) -> None:
    genuine = webhook_request(name, text_fixture(name))
    channels[name].verify(genuine)
    forged = [
        WebhookRequest("POST", genuine.headers, genuine.body + b"&Extra=1", genuine.url),
        WebhookRequest("POST", genuine.headers, genuine.body, genuine.url.replace("safar", "other")),
        WebhookRequest("POST", genuine.headers, genuine.body, genuine.url + "?a=1"),
        WebhookRequest("POST", genuine.headers, genuine.body.replace(b"Kafeel", b"kafeel"), genuine.url),
    ]
    for request in forged:
        with pytest.raises(Unauthenticated):
            channels[name].verify(request)


BROKEN: dict[str, list[tuple[bytes, str]]] = {
    "telegram": [
        (b"", "body"),
        (b"not json", "body"),
        (b"\xff\xfe", "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"[" * 30_000, "body"),
        (b"{}", "update_id"),
        (b'{"update_id": "1"}', "update_id"),
        (b'{"update_id": true}', "update_id"),
        (b'{"update_id": 99999999999999999999999}', "update_id"),
        (b'{"update_id": 1, "message": null}', "message"),
        (b'{"update_id": 1, "message": {}}', "message.chat"),
        (b'{"update_id": 1, "message": {"chat": {"id": 1}}}', "message.chat.type"),
        (
            b'{"update_id": 1, "message": {"chat": {"id": "1", "type": "private"}, "text": "x"}}',
            "message.chat.id",
        ),
        (b'{"update_id": 1, "message": {"chat": {"id": 1, "type": "private"}, "text": 5}}', "message.text"),
        (
            b'{"update_id": 1, "callback_query": {"message": {"chat": []}, "data": "x"}}',
            "callback_query.message.chat",
        ),
        (
            b'{"update_id": 1, "my_chat_member": {"chat": {"id": 1, "type": "private"}}}',
            "my_chat_member.new_chat_member",
        ),
    ],
    "whatsapp": [
        (b"", "From"),
        (b"From=whatsapp%3A%2B923000000001&Body=x", "MessageSid"),
        (b"From=%2B923000000001&Body=x&MessageSid=SM1", "From"),
        (b"From=whatsapp%3A&Body=x&MessageSid=SM1", "From"),
        (b"From=whatsapp%3A%2B92%0A3&Body=x&MessageSid=SM1", "From"),
        (b"MessageStatus=sent", "MessageSid"),
        (b"MessageStatus=teleported&MessageSid=SM1", "MessageStatus"),
        (b"From=whatsapp%3A%2B923000000001&Body=x&MessageSid=" + b"S" * 200, "MessageSid"),
    ],
    "sms": [
        (b"", "From"),
        (b"From=whatsapp%3A%2B923000000001&Body=x&MessageSid=SM1", "From"),
        (b"From=%2B923000000001&Body=x", "MessageSid"),
        (b"MessageStatus=sent&MessageSid=", "MessageSid"),
    ],
}


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
def test_malformed_body_names_the_field_and_gets_400(
    name: str, channels: Mapping[str, Channel], deliver: Deliver
) -> None:
    for body, field in BROKEN[name]:
        with pytest.raises(Malformed, match=rf"^{field}: "):
            channels[name].parse(webhook_request(name, body))
        response = deliver(name, body)
        assert (response.status_code, response.content.decode().partition(":")[0]) == (400, field)
    assert InboundMessage.objects.count() == 0


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
@pytest.mark.parametrize(
    "body",
    [
        b"\x00\xff\xfe\x80" * 100,
        bytes(range(256)),
        b"a=%ff%fe&b=%00",
        b"&".join([b"a=1"] * 500),
        "نا".encode(),
    ],
)
def test_binary_body_is_refused(name: str, body: bytes, deliver: Deliver) -> None:
    response = deliver(name, body)
    assert response.status_code in (400, 401)
    assert len(response.content.decode().splitlines()) == 1


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
def test_huge_body_gets_413(name: str, deliver: Deliver) -> None:
    response = deliver(name, b"a=" + b"x" * 10_000_000)
    assert response.status_code == 413
    assert "65536 bytes" in response.content.decode()


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
def test_answer_to_the_provider_says_nothing_to_the_person(
    name: str, channels: Mapping[str, Channel]
) -> None:
    answer = channels[name].answer([Received("1", "1", "text")])
    assert answer.body in ("", '<?xml version="1.0" encoding="UTF-8"?><Response></Response>')


def test_tapped_telegram_button_is_confirmed_in_the_answer(deliver: Deliver) -> None:
    response = deliver("telegram", body_of(FIXTURES / "telegram" / "callback_query__tap.json"))
    assert response["Content-Type"] == "application/json"
    assert json.loads(response.content) == {
        "method": "answerCallbackQuery",
        "callback_query_id": "4382bfdwdsb323b2d9",
    }
