"""What people write, where they are reached, and our keys stand in no process's log, whatever goes wrong."""

from __future__ import annotations

import json

import pytest

from tests.channels.processes import wait_until
from tests.fakes import telegram_api, twilio_api
from tests.whole_path.house import TURN_S, House
from tests.whole_path.people import Person, genuine_headers, webhook_path
from tests.whole_path.texts import EMERGENCIES, QUESTIONS

pytestmark = [pytest.mark.rasa, pytest.mark.model, pytest.mark.slow]

MARKER = "zafranizebra"  # a word that no article, no library and no other test holds
CHANNELS = ("telegram", "whatsapp", "sms")
TEXTS = (
    f"{QUESTIONS['en']} {MARKER}",
    f"{EMERGENCIES['ur-Latn']} {MARKER}",
    f"who won the cricket match {MARKER}",
    f"شکریہ {MARKER}",
    f"/restart {MARKER}",
    f'/choose{{"article":"{MARKER}"}}',
    f"{{{MARKER}}} %s %({MARKER})s \\ud83d <b>' OR 1=1 --",
    f"{MARKER} " * 300,
    MARKER,
)


@pytest.fixture(autouse=True)
def marked(house: House) -> None:
    house.said.add(MARKER)


@pytest.mark.parametrize("channel", CHANNELS)
def test_messages_of_all_kinds(house: House, channel: str) -> None:
    person = Person(house, channel)
    for text in TEXTS:
        assert person.says(text), text[:80]
    assert house.leaks() == []


def test_captions_and_made_up_buttons(house: House) -> None:
    person = Person(house, "telegram")
    assert person.sends(person.message(f"photo of my contract {MARKER}", kind="message__photo_with_caption"))
    assert person.taps(f"/{MARKER}")
    assert person.taps(f'/choose{{"article":"{MARKER}"}}')
    assert house.leaks() == []


def test_provider_that_refuses_and_quotes_the_message(house: House) -> None:
    on_telegram, by_sms = Person(house, "telegram"), Person(house, "sms")
    house.telegram.plan(telegram_api.refused(400, f"Bad Request: chat {on_telegram.address} said {MARKER}"))
    house.twilio.plan(twilio_api.refused(400, 21211, f"The 'To' number {by_sms.address} said {MARKER}"))
    for person in (on_telegram, by_sms):
        person.says(f"{QUESTIONS['en']} {MARKER}")
        assert person.states("outbound")[0] == "failed"
    assert "rejected" in house.logs()["worker.log"]  # it is told, without the words
    assert house.leaks() == []


def test_provider_that_is_down_gets_the_message_later(house: House) -> None:
    person = Person(house, "whatsapp")
    house.twilio.plan(twilio_api.refused(503, 20503, f"down while {person.address} said {MARKER}"))
    assert person.delivers(person.message(f"{QUESTIONS['en']} {MARKER}")).status_code == 200
    wait_until(lambda: person.states("outbound") == ["sent", "sent"], TURN_S)
    assert len(person.received()) == 2
    assert house.leaks() == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_forged_and_unreadable_notices(house: House, channel: str) -> None:
    person = Person(house, channel)
    path = webhook_path(channel)
    assert house.post(path, person.message(MARKER), {}).status_code == 401
    broken = json.dumps({"update_id": MARKER, person.address: [MARKER]}).encode()
    not_a_form = (
        400 if channel == "telegram" else 401
    )  # Twilio signs fields, so a body without them is not Twilio's
    assert house.post(path, broken, genuine_headers(channel, broken)).status_code == not_a_form
    huge = MARKER.encode() * 100_000
    assert house.post(path, huge, genuine_headers(channel, huge)).status_code == 413
    assert house.leaks() == []


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"conversation": MARKER, "text": f"{QUESTIONS['en']} {MARKER}"}).encode(),
        json.dumps({"conversation": MARKER, "text": [MARKER]}).encode(),
        json.dumps({"conversation": MARKER, "text": MARKER, MARKER: 1}).encode(),
        f'{{"text": "{MARKER}'.encode(),
        MARKER.encode() + b"\xff\x00",
    ],
)
def test_chat_api(house: House, body: bytes) -> None:
    answer = house.post("/chat/api", body, {"Content-Type": "application/json"})
    assert answer.status_code in (200, 400, 422)
    assert house.leaks() == []


def test_action_endpoint_with_a_key_of_nobody(house: House) -> None:
    body = json.dumps({"next_action": MARKER, "tracker": {"latest_message": {"text": MARKER}}}).encode()
    assert house.post("/actions", body, {"X-Safar-Action-Key": MARKER}).status_code == 403
    assert house.leaks() == []


def test_action_call_that_fails(house: House) -> None:
    """Rasa's calls carry the message; a broken one is reported without it."""
    key = (house.var / "keys" / "action").read_text(encoding="ascii").strip()
    for action in ("action_answer", "action_urgent", MARKER):
        body = json.dumps(
            {"next_action": action, "tracker": {"latest_message": {"text": MARKER}, "events": MARKER}}
        )
        answer = house.post("/actions", body.encode(), {"X-Safar-Action-Key": key})
        assert answer.status_code in (400, 404)
    assert house.leaks() == []


def test_the_logs_are_really_read(house: House) -> None:
    """The other tests of this file would pass on empty logs."""
    logs = house.logs()
    assert set(logs) >= {"web.log", "worker.log", "dialogue.log", "prepare.log"}
    assert "channel telegram: on" in logs["worker.log"]
    assert "Starting Rasa server" in logs["dialogue.log"]
