"""Channels with credentials that talk to the fakes on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.http import HttpResponse
from django.test import Client

from channels import registry
from channels.contract import Channel, WebhookRequest
from channels.registry import build_channels
from config.environment import Environment, Secret
from tests.channels.processes import installation
from tests.channels.signing import TELEGRAM_SECRET, signed_headers
from tests.fakes import telegram_api, twilio_api
from tests.fakes.telegram_api import FakeTelegramApi
from tests.fakes.twilio_api import FakeTwilioApi

PUBLIC_URL = "https://safar.example.org"
FROM = "+15005550006"  # Twilio's magic number for tests


@pytest.fixture
def telegram() -> Iterator[FakeTelegramApi]:
    with FakeTelegramApi() as api:
        yield api


@pytest.fixture
def twilio() -> Iterator[FakeTwilioApi]:
    with FakeTwilioApi() as api:
        yield api


@pytest.fixture
def environment(telegram: FakeTelegramApi, twilio: FakeTwilioApi) -> Environment:
    """All channels on, at the fakes."""
    configured: Environment = settings.SAFAR
    return replace(
        configured,
        public_url=PUBLIC_URL,
        default_language="ur",
        telegram_token=Secret(telegram_api.TOKEN),
        telegram_secret=Secret(TELEGRAM_SECRET),
        telegram_api_base=telegram.base,
        twilio_account_sid=twilio_api.ACCOUNT_SID,
        twilio_auth_token=Secret(twilio_api.AUTH_TOKEN),
        twilio_api_base=twilio.url,
        whatsapp_from=FROM,
        sms_from=FROM,
    )


@pytest.fixture
def channels(environment: Environment) -> Mapping[str, Channel]:
    return build_channels(environment)


@pytest.fixture
def configured(settings: LazySettings, environment: Environment) -> Iterator[Environment]:
    """The process as it would be with that environment, and with a dialogue that needs no Rasa."""
    settings.SAFAR = environment
    settings.TAKE_TURN = "tests.fakes.dialogue.take_turn"
    settings.DATABASE_ON_CALLERS_THREAD = True
    registry.enabled_channels.cache_clear()
    yield environment
    registry.enabled_channels.cache_clear()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database for processes of their own, made once: migrating takes longer than most tests."""
    with installation(tmp_path_factory.mktemp("migrated")) as made:
        made.migrate()
        return made.database


Deliver = Callable[..., HttpResponse]


@pytest.fixture
def deliver(client: Client, configured: Environment) -> Deliver:
    """Posts a body to a channel's webhook, signed as the provider would sign it."""

    def post(channel: str, body: bytes, **headers: str) -> HttpResponse:
        path = f"/webhooks/{channel}/"
        signed = signed_headers(channel, body, f"{PUBLIC_URL}{path}") | headers
        content_type = "application/json" if channel == "telegram" else "application/x-www-form-urlencoded"
        return client.post(path, body, content_type=content_type, headers=signed)  # type: ignore[return-value]

    return post


def webhook_request(channel: str, body: bytes, headers: Mapping[str, str] | None = None) -> WebhookRequest:
    """A request as the gateway hands it to the channel, signed unless ``headers`` are given."""
    url = f"{PUBLIC_URL}/webhooks/{channel}/"
    given = signed_headers(channel, body, url) if headers is None else headers
    return WebhookRequest("POST", {name.lower(): value for name, value in given.items()}, body, url)
