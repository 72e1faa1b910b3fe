"""The real web process on a real port, fed what no test client would send."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.channels.processes import Installation, installation

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("house"), migrated) as made:
        made.start_web()
        yield made


def url(house: Installation, path: str) -> str:
    return f"http://127.0.0.1:{house.port}{path}"


@pytest.mark.parametrize("path", ["/webhooks/telegram/", "/webhooks/sms/", "/chat/api", "/chat/plain"])
def test_ten_megabytes_get_413_and_the_server_goes_on(house: Installation, path: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert httpx.post(url(house, path), content=b"x" * 10_000_000, headers=headers).status_code == 413
    assert httpx.get(url(house, "/healthz")).status_code == 200


@pytest.mark.parametrize("path", ["/webhooks/telegram/", "/chat/api"])
def test_stream_without_a_length_gets_413(house: Installation, path: str) -> None:
    parts = (b"x" * 10_000 for _ in range(100))
    headers = {"Content-Type": "application/json"}
    assert httpx.post(url(house, path), content=parts, headers=headers).status_code == 413


def test_request_that_breaks_off_stores_nothing(house: Installation) -> None:
    with socket.create_connection(("127.0.0.1", house.port)) as client:
        client.sendall(
            b"POST /chat/api HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
        )
    assert httpx.get(url(house, "/healthz")).status_code == 200
    assert "Traceback" not in house.process_log.read_text(encoding="utf-8")


def test_many_people_at_once_are_all_answered(house: Installation) -> None:
    def ask(number: int) -> str:
        body = {"conversation": f"conversation-{number % 8}", "text": f"question {number}"}
        answer = httpx.post(url(house, "/chat/api"), json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["messages"][0]["text"])

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(ask, range(80)))
    assert answers == [f"You said: question {number}" for number in range(80)]
    assert house.rows("SELECT count(*) FROM channels_person") == [(8,)]
    assert house.rows("SELECT DISTINCT state FROM channels_inboundmessage") == [("answered",)]


def test_same_webhook_delivered_many_times_at_once_is_stored_once(house: Installation) -> None:
    body = b'{"update_id": 5, "message": {"chat": {"id": 1, "type": "private"}, "text": "hello"}}'
    with ThreadPoolExecutor(8) as provider:
        statuses = list(provider.map(lambda _: house.deliver("telegram", body).status_code, range(16)))
    assert statuses == [200] * 16
    assert house.rows("SELECT count(*) FROM channels_inboundmessage WHERE channel = 'telegram'") == [(1,)]
