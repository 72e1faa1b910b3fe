"""kill -9 of a real worker process: nothing is lost and nothing is answered twice."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.channels.processes import Installation, installation, kill, wait_until
from tests.channels.signing import TELEGRAM_SECRET
from tests.fakes import telegram_api, twilio_api

pytestmark = pytest.mark.slow


@pytest.fixture
def house(tmp_path: Path, migrated: Path) -> Iterator[Installation]:
    with installation(tmp_path, migrated) as made:
        made.start_web()
        yield made


def telegram_update(number: int, text: str, person: int = 1) -> bytes:
    message = {"message_id": number, "chat": {"id": person, "type": "private"}, "text": text}
    return json.dumps({"update_id": number, "message": message}).encode()


def sms(number: int, text: str) -> bytes:
    return urlencode({"From": "+923000000001", "MessageSid": f"SM{number}", "Body": text}).encode()


def all_answered(house: Installation, messages: int) -> bool:
    states = house.rows("SELECT state FROM channels_inboundmessage")
    return states == [("answered",)] * messages


def all_sent(house: Installation, messages: int) -> bool:
    return house.rows("SELECT state FROM channels_outboundmessage") == [("sent",)] * messages


def test_killed_in_mid_turn_all_is_answered_once(house: Installation) -> None:
    house.wait_file.touch()
    for person in (1, 2):
        for number in range(3):
            update = telegram_update(person * 10 + number, f"question {number}", person)
            assert house.deliver("telegram", update).status_code == 200
    worker = house.start_worker()
    wait_until(lambda: len(house.turns()) >= 2)
    kill(worker)
    assert house.rows("SELECT count(*) FROM channels_outboundmessage") == [(0,)]
    assert house.rows("SELECT DISTINCT lease <> '' FROM channels_conversation") == [(1,)]

    house.wait_file.unlink()
    house.start_worker()
    wait_until(lambda: all_answered(house, 6) and all_sent(house, 6))
    for person in ("1", "2"):
        answers = [sent["text"].splitlines()[0] for sent in house.telegram.sent if sent["chat_id"] == person]
        assert answers == [f"You said: question {number}" for number in range(3)]
    assert len(house.turns()) == 8  # the two that were interrupted were taken again


def test_killed_in_mid_send_twilio_message_is_not_sent_again(house: Installation) -> None:
    house.twilio.hold.set()
    assert house.deliver("sms", sms(1, "salary not paid")).status_code == 200
    worker = house.start_worker()
    wait_until(house.twilio.held.is_set)
    kill(worker)
    assert house.rows("SELECT state, provider_id FROM channels_outboundmessage") == [("sending", "")]

    house.twilio.release()
    house.start_worker()
    wait_until(lambda: all_sent(house, 1))
    assert len(house.twilio.sent) == 1
    assert house.rows("SELECT provider_id FROM channels_outboundmessage") == [(house.twilio.sent[0]["sid"],)]


def test_killed_in_mid_send_telegram_message_is_sent_again_rather_than_lost(house: Installation) -> None:
    house.telegram.hold.set()
    assert house.deliver("telegram", telegram_update(1, "salary not paid")).status_code == 200
    worker = house.start_worker()
    wait_until(house.telegram.held.is_set)
    kill(worker)
    house.telegram.release()
    house.start_worker()
    wait_until(lambda: all_sent(house, 1))
    assert len(house.telegram.sent) == 2  # Telegram cannot be asked; see channels/worker/delivery.py
    assert len(house.turns()) == 1


def test_lost_wake_up_is_made_good_by_the_sweep(house: Installation) -> None:
    house.deliver("telegram", telegram_update(1, "x"))
    for suffix in ("", "-wal", "-shm"):
        (house.var / f"tasks.sqlite3{suffix}").unlink(missing_ok=True)
    house.start_worker()
    wait_until(lambda: all_sent(house, 1))


def test_worker_told_to_stop_is_gone_quickly_and_gives_back_its_lease(house: Installation) -> None:
    house.wait_file.touch()
    house.deliver("telegram", telegram_update(1, "x"))
    worker = house.start_worker()
    wait_until(house.turns)
    begun = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=15) == 0
    assert time.monotonic() - begun < 8
    assert house.rows("SELECT lease FROM channels_conversation") == [("",)]


def test_answer_comes_soon_after_the_message(house: Installation) -> None:
    house.start_worker()
    house.deliver("telegram", telegram_update(1, "first"))
    wait_until(lambda: house.telegram.sent)
    begun = time.monotonic()
    house.deliver("telegram", telegram_update(2, "second"))
    wait_until(lambda: len(house.telegram.sent) == 2)
    assert time.monotonic() - begun < 2


def test_logs_of_the_processes_hold_no_text_address_or_secret(house: Installation) -> None:
    house.start_worker()
    house.telegram.plan(telegram_api.refused(400, "Bad Request: chat 987654321 said my private words"))
    house.twilio.plan(twilio_api.refused(400, 21211, "The 'To' number +923000000001 is not valid"))
    house.deliver("telegram", telegram_update(1, "my private words", person=987654321))
    house.deliver("sms", sms(1, "my private words"))
    house.deliver("sms", b"From=%2B923000000001&Body=my private words")
    wait_until(lambda: all_answered(house, 2))
    wait_until(lambda: house.rows("SELECT DISTINCT state FROM channels_outboundmessage") == [("failed",)])
    log = house.process_log.read_text(encoding="utf-8")
    assert "rejected" in log
    secrets = (telegram_api.TOKEN, twilio_api.AUTH_TOKEN, TELEGRAM_SECRET)
    for private in ("private words", "987654321", "923000000001", *secrets):
        assert private not in log
