"""The providers' real clients against fakes of their APIs: what goes over the wire, and every way it can fail."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.replies import Button
from channels.contract import RETRYABLE, Channel, Payload, SendError, SendFailure, Sending
from channels.registry import WEBHOOK_CHANNELS, build_channels
from config.environment import Environment, Secret
from tests.fakes import telegram_api, twilio_api
from tests.fakes.http_api import Answer
from tests.fakes.telegram_api import FakeTelegramApi
from tests.fakes.twilio_api import FakeTwilioApi

HELLO = Payload("سلام، hello", (Button("مزید", "/more"),), (Button("مزید", "/more"),))
PERSON = {"telegram": "1111111", "whatsapp": "+923000000001", "sms": "+923000000001"}
CLOSED = Answer(0, None)

FAILURES: dict[str, list[tuple[Answer, SendFailure, float | None]]] = {
    "telegram": [
        (
            telegram_api.refused(429, "Too Many Requests: retry after 7", retry_after=7),
            SendFailure.THROTTLED,
            7.0,
        ),
        (
            telegram_api.refused(403, "Forbidden: bot was blocked by the user"),
            SendFailure.BLOCKED_BY_USER,
            None,
        ),
        (telegram_api.refused(400, "Bad Request: chat not found"), SendFailure.BLOCKED_BY_USER, None),
        (telegram_api.refused(400, "Bad Request: message is too long"), SendFailure.REJECTED, None),
        (telegram_api.refused(401, "Unauthorized"), SendFailure.MISCONFIGURED, None),
        (telegram_api.refused(404, "Not Found"), SendFailure.MISCONFIGURED, None),
        (
            telegram_api.refused(409, "Conflict: terminated by other getUpdates request"),
            SendFailure.REJECTED,
            None,
        ),
        (telegram_api.refused(500, "Internal Server Error"), SendFailure.UNREACHABLE, None),
        (Answer(502, b"<html>Bad Gateway</html>"), SendFailure.UNREACHABLE, None),
        (Answer(200, b"<html>a hotel's login page</html>"), SendFailure.UNREACHABLE, None),
        (CLOSED, SendFailure.UNREACHABLE, None),
    ],
    "whatsapp": [
        (twilio_api.refused(429, 20429), SendFailure.THROTTLED, None),
        (twilio_api.refused(429, 63018), SendFailure.THROTTLED, None),
        (twilio_api.refused(400, 21610), SendFailure.BLOCKED_BY_USER, None),
        (twilio_api.refused(400, 63016), SendFailure.OUT_OF_WINDOW, None),
        (twilio_api.refused(400, 63007), SendFailure.MISCONFIGURED, None),
        (twilio_api.refused(401, 20003), SendFailure.MISCONFIGURED, None),
        (twilio_api.refused(404, 20404), SendFailure.MISCONFIGURED, None),
        (twilio_api.refused(400, 21617), SendFailure.REJECTED, None),
        (twilio_api.refused(400, 21211), SendFailure.REJECTED, None),
        (twilio_api.refused(503, 20503), SendFailure.UNREACHABLE, None),
        (Answer(502, b"<html>Bad Gateway</html>"), SendFailure.UNREACHABLE, None),
        (Answer(201, b"<html>a hotel's login page</html>"), SendFailure.UNREACHABLE, None),
        (CLOSED, SendFailure.UNREACHABLE, None),
    ],
    "sms": [
        (
            Answer(429, {"status": 429, "message": "slow down"}, {"Retry-After": "12"}),
            SendFailure.THROTTLED,
            None,
        ),
        (twilio_api.refused(400, 21610), SendFailure.BLOCKED_BY_USER, None),
        (twilio_api.refused(400, 21606), SendFailure.MISCONFIGURED, None),
        (twilio_api.refused(400, 21614), SendFailure.REJECTED, None),
        (CLOSED, SendFailure.UNREACHABLE, None),
    ],
}
CASES = [(name, *case) for name, cases in FAILURES.items() for case in cases]


@pytest.mark.parametrize("name", WEBHOOK_CHANNELS)
def test_every_channel_has_failures(name: str) -> None:
    assert FAILURES[name]


def test_every_failure_is_reached_by_some_channel() -> None:
    assert {failure for _, _, failure, _ in CASES} == set(SendFailure)


async def test_telegram_message_goes_out_with_its_buttons(
    channels: Mapping[str, Channel], telegram: FakeTelegramApi
) -> None:
    assert await channels["telegram"].send("1111111", HELLO) == "1"
    (sent,) = telegram.sent
    assert (sent["chat_id"], sent["text"]) == ("1111111", "سلام، hello")
    assert sent["reply_markup"] == {"inline_keyboard": [[{"text": "مزید", "callback_data": "/more"}]]}
    assert [call.path.rpartition("/")[2] for call in telegram.calls] == ["sendMessage"]  # no getMe before it


@pytest.mark.parametrize(("name", "prefix"), [("whatsapp", "whatsapp:"), ("sms", "")])
async def test_twilio_message_goes_out_with_its_status_address(
    name: str, prefix: str, channels: Mapping[str, Channel], twilio: FakeTwilioApi
) -> None:
    sid = await channels[name].send("+923000000001", HELLO)
    (sent,) = twilio.sent
    assert (sent["sid"], sent["to"], sent["from"]) == (sid, f"{prefix}+923000000001", f"{prefix}+15005550006")
    assert sent["body"] == "سلام، hello"
    assert sent["status_callback"] == f"https://safar.example.org/webhooks/{name}/"


async def test_messaging_service_is_named_as_such(environment: Environment, twilio: FakeTwilioApi) -> None:
    channels = build_channels(replace(environment, sms_from="MG" + "0" * 32))
    await channels["sms"].send("+923000000001", HELLO)
    assert twilio.sent[0]["messaging_service_sid"] == "MG" + "0" * 32


@pytest.mark.parametrize(("name", "answer", "failure", "retry_after_s"), CASES)
async def test_failure_says_what_can_be_done(
    name: str,
    answer: Answer,
    failure: SendFailure,
    retry_after_s: float | None,
    channels: Mapping[str, Channel],
    telegram: FakeTelegramApi,
    twilio: FakeTwilioApi,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for api in (telegram, twilio):
        api.plan(answer, *[answer] * 3)  # more than one, should a client try again by itself
    with caplog.at_level(logging.DEBUG), pytest.raises(SendError) as raised:
        await channels[name].send(PERSON[name], HELLO)
    assert raised.value.failure is failure
    assert raised.value.retryable is (failure in RETRYABLE)
    assert raised.value.retry_after_s == retry_after_s
    assert PERSON[name] not in str(raised.value)
    assert (
        raised.value.__cause__ is None
    )  # a cause would put the provider's text, with the number, into tracebacks


async def test_provider_that_is_down_is_unreachable(environment: Environment) -> None:
    nowhere = replace(
        environment, telegram_api_base="http://127.0.0.1:9/bot", twilio_api_base="http://127.0.0.1:9"
    )
    for name, channel in build_channels(nowhere).items():
        with pytest.raises(SendError) as raised:
            await channel.send(PERSON[name], HELLO)
        assert raised.value.failure is SendFailure.UNREACHABLE


async def test_wrong_credentials_are_misconfigured(environment: Environment) -> None:
    wrong = replace(environment, telegram_token=Secret("1:wrong"), twilio_auth_token=Secret("wrong"))
    for name, channel in build_channels(wrong).items():
        with pytest.raises(SendError) as raised:
            await channel.send(PERSON[name], HELLO)
        assert raised.value.failure is SendFailure.MISCONFIGURED


@pytest.mark.parametrize("name", ["whatsapp", "sms"])
async def test_interrupted_twilio_message_is_found(
    name: str, channels: Mapping[str, Channel], twilio: FakeTwilioApi
) -> None:
    channel, before = channels[name], datetime.now(UTC)
    other = await channel.send(PERSON[name], replace(HELLO, text="something else"))
    earlier = await channel.send(PERSON[name], HELLO)
    sid = await channel.send(PERSON[name], HELLO)
    looking = Sending(PERSON[name], HELLO, since=before, known_ids=frozenset({earlier}))
    assert await channel.find_sent(looking) == sid
    assert await channel.find_sent(replace(looking, known_ids=frozenset({earlier, sid}))) is None
    assert await channel.find_sent(replace(looking, address="+923000000002")) is None
    assert await channel.find_sent(replace(looking, since=before + timedelta(hours=1))) is None
    assert await channel.find_sent(replace(looking, since=None)) is None
    assert other != sid


async def test_lookup_that_fails_is_a_send_error(
    channels: Mapping[str, Channel], twilio: FakeTwilioApi
) -> None:
    twilio.plan(twilio_api.refused(503, 20503))
    with pytest.raises(SendError):
        await channels["sms"].find_sent(Sending("+923000000001", HELLO, since=datetime.now(UTC)))


async def test_telegram_cannot_be_asked(channels: Mapping[str, Channel]) -> None:
    assert await channels["telegram"].find_sent(Sending("1", HELLO, since=datetime.now(UTC))) is None
