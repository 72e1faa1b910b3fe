from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from channels import registry
from channels.contract import Channel
from channels.models import InboundMessage
from channels.telegram.adapter import TelegramChannel
from channels.telegram.polling import poll_once
from config.environment import Environment, Secret
from tests.channels.signing import TELEGRAM_SECRET
from tests.fakes.telegram_api import FakeTelegramApi

FIXTURES = Path(__file__).parent / "fixtures" / "telegram"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]


def test_polling_takes_in_every_fixture_once(
    channels: Mapping[str, Channel], telegram: FakeTelegramApi
) -> None:
    paths = sorted(path for path in FIXTURES.glob("*.json") if "expected" not in path.name)
    telegram.updates = sorted(
        (json.loads(path.read_text(encoding="utf-8")) for path in paths), key=lambda one: one["update_id"]
    )
    channel = channels["telegram"]
    assert isinstance(channel, TelegramChannel)

    async def poll_twice() -> tuple[int, int]:
        offset = await poll_once(channel.bot(), 0, wait_s=0)
        return offset, await poll_once(channel.bot(), offset, wait_s=0)

    first, second = async_to_sync(poll_twice)()
    assert first == second == telegram.updates[-1]["update_id"] + 1
    received = [
        json.loads(path.with_suffix(".expected.json").read_text(encoding="utf-8"))[0] for path in paths
    ]
    assert InboundMessage.objects.count() == sum(one["type"] == "Received" for one in received)
    confirmed = [call for call in telegram.calls if call.path.endswith("answerCallbackQuery")]
    assert [call.fields["callback_query_id"] for call in confirmed] == ["4382bfdwdsb323b2d9", "77"]


def test_webhook_is_set_with_the_secret(telegram: FakeTelegramApi) -> None:
    call_command("telegram_webhook", stdout=StringIO())
    (call,) = telegram.calls
    assert call.fields["url"] == "https://safar.example.org/webhooks/telegram/"
    assert call.fields["secret_token"] == TELEGRAM_SECRET
    assert "my_chat_member" in call.fields["allowed_updates"]


def test_webhook_needs_https(settings: LazySettings, configured: Environment) -> None:
    settings.SAFAR = replace(configured, public_url="http://127.0.0.1:8000")
    with pytest.raises(CommandError, match="https:// only"):
        call_command("telegram_webhook")


@pytest.mark.parametrize("command", ["telegram_poll", "telegram_webhook"])
def test_telegram_without_credentials_says_what_to_set(
    command: str, settings: LazySettings, configured: Environment
) -> None:
    settings.SAFAR = replace(configured, telegram_token=Secret(""))
    registry.enabled_channels.cache_clear()
    with pytest.raises(CommandError, match="set TELEGRAM_TOKEN"):
        call_command(command)
