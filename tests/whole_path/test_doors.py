"""What comes in beside messages: forged notices, delivery reports, the chat API and the operator's pages."""

from __future__ import annotations

import pytest

from tests.channels.processes import PUBLIC_URL
from tests.channels.signing import twilio_signature
from tests.whole_path.house import House
from tests.whole_path.people import Person, chat, status_callback, webhook_path
from tests.whole_path.texts import ARTICLE, LABOUR_HOTLINE, MADE_UP_PAYLOADS, QUESTIONS, is_in

pytestmark = [pytest.mark.rasa, pytest.mark.model, pytest.mark.slow]

REFUSED = 401


@pytest.mark.parametrize("headers", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}])
def test_forged_telegram_update_is_refused_and_leaves_no_trace(house: House, headers: dict[str, str]) -> None:
    person = Person(house, "telegram")
    answer = house.post(webhook_path("telegram"), person.message(QUESTIONS["en"]), headers)
    assert answer.status_code == REFUSED
    assert not person.is_known()
    assert person.received() == []


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
@pytest.mark.parametrize("forgery", ["none", "wrong token", "another address", "another body"])
def test_forged_twilio_notice_is_refused_and_leaves_no_trace(
    house: House, channel: str, forgery: str
) -> None:
    person = Person(house, channel)
    body, path = person.message(QUESTIONS["en"]), webhook_path(channel)
    url = PUBLIC_URL + path
    signature = {
        "none": "",
        "wrong token": twilio_signature(body, url, "guessed"),
        "another address": twilio_signature(body, f"http://127.0.0.1:{house.port}{path}"),
        "another body": twilio_signature(person.message("something else"), url),
    }[forgery]
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    assert house.post(path, body, headers).status_code == REFUSED
    assert not person.is_known()
    assert person.received() == []


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
def test_delivery_report_is_recorded_and_answered_with_silence(house: House, channel: str) -> None:
    person = Person(house, channel)
    person.says(QUESTIONS["en"])
    first = person.sent()[0]
    assert first["status_callback"] == PUBLIC_URL + webhook_path(channel)
    assert person.delivers(status_callback(person, first["sid"], "delivered")).status_code == 200
    assert (
        person.delivers(status_callback(person, first["sid"], "sent")).status_code == 200
    )  # late, and older
    assert person.states("outbound") == ["delivered", "sent"]
    receipts = house.rows(
        "SELECT status FROM channels_deliveryreceipt WHERE provider_id = ? ORDER BY id", first["sid"]
    )
    assert receipts == [("delivered",), ("sent",)]
    assert len(person.received()) == 2


def test_failed_delivery_keeps_the_providers_code(house: House) -> None:
    person = Person(house, "sms")
    person.says(QUESTIONS["en"])
    body = status_callback(person, person.sent()[0]["sid"], "undelivered") + b"&ErrorCode=30003"
    assert person.delivers(body).status_code == 200
    assert person.states("outbound")[0] == "failed"


def test_opting_out_ends_all_sending(house: House) -> None:
    person = Person(house, "sms")
    person.says(QUESTIONS["en"])
    assert person.delivers(person.message("STOP")).status_code == 200
    rows = house.rows("SELECT unreachable FROM channels_person WHERE address = ?", person.address)
    assert rows == [(1,)]
    assert len(person.received()) == 2


@pytest.mark.parametrize("tag", QUESTIONS)
def test_chat_api_gives_the_same_answer_with_its_sources(house: House, tag: str) -> None:
    answer = chat(house, conversation=f"whole-path-{tag}", text=QUESTIONS[tag], channel="web")
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert {name: said[name] for name in ("kind", "language", "article", "country")} == {
        "kind": "answer",
        "language": tag,
        "article": ARTICLE,
        "country": "sa",
    }
    text = said["messages"][0]["text"]
    assert LABOUR_HOTLINE in text
    assert is_in(text, tag), text
    assert all(source["url"].startswith("http") and source["checked"] for source in said["sources"])
    assert said["sources"]
    assert said["messages"][0]["buttons"][0]["payload"] == "/more"


@pytest.mark.parametrize("payload", MADE_UP_PAYLOADS)
def test_made_up_payload_is_answered(house: House, payload: str) -> None:
    """Buttons come from us, but whoever writes to the API can send anything."""
    answer = chat(house, conversation="whole-path-payloads", text="", payload=payload)
    assert answer.status_code == 200, answer.text
    assert answer.json()["messages"][0]["text"]


def test_operators_pages_answer(house: House) -> None:
    assert house.get("/healthz").status_code == 200
    assert house.get("/readyz").json() == {"database": "ready", "dialogue": "ready", "index": "ready"}
    assert house.get("/").status_code == 200
    assert house.get("/console/login/").status_code == 200
    assert house.get("/no-such-page").status_code == 404


@pytest.mark.parametrize("channel", ["telegram", "whatsapp", "sms"])
def test_metrics_count_what_web_and_worker_did(house: House, channel: str) -> None:
    """Messages come in through the web process and go out from the worker; one page shows both."""
    taken, sent = (
        f'safar_messages_in_total{{channel="{channel}"}}',
        f'safar_sends_total{{channel="{channel}",result="sent"}}',
    )
    before = house.metric(taken), house.metric(sent)
    Person(house, channel).says(QUESTIONS["en"])
    assert (house.metric(taken), house.metric(sent)) == (before[0] + 1, before[1] + 2)
    assert house.metric('safar_queue_depth{queue="inbound"}') == 0
