"""What holds at the door for every channel; what each provider sends is in test_contract.py."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.test import Client

from channels import registry
from channels.models import InboundMessage
from channels.registry import build_channels, report_channels
from channels.worker.queue import queue
from config.environment import Environment, Secret
from tests.channels.conftest import PUBLIC_URL, Deliver
from tests.channels.signing import signed_headers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]
SMS = b"From=%2B923000000001&MessageSid=SM1&Body=my+private+words"


def test_unknown_channel_gets_404(client: Client) -> None:
    response = client.post("/webhooks/carrier-pigeon/", b"", content_type="text/plain")
    assert (response.status_code, response.content) == (404, b"Channel carrier-pigeon is not known here.\n")


def test_address_without_its_last_slash_is_the_same_door(client: Client) -> None:
    headers = signed_headers("sms", SMS, f"{PUBLIC_URL}/webhooks/sms")
    response = client.post(
        "/webhooks/sms", SMS, content_type="application/x-www-form-urlencoded", headers=headers
    )
    assert response.status_code == 200
    assert InboundMessage.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_get_405(client: Client, method: str) -> None:
    response = getattr(client, method)("/webhooks/sms/")
    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("missing", "off"),
    [
        ({"telegram_token": Secret("")}, {"telegram"}),
        ({"telegram_secret": Secret("")}, {"telegram"}),
        ({"twilio_auth_token": Secret("")}, {"whatsapp", "sms"}),
        ({"sms_from": ""}, {"sms"}),
        ({"whatsapp_from": ""}, {"whatsapp"}),
    ],
)
def test_channel_without_credentials_is_off_and_stops_no_other(
    missing: dict[str, object], off: set[str], configured: Environment
) -> None:
    assert set(build_channels(configured)) - set(build_channels(replace(configured, **missing))) == off  # type: ignore[arg-type]


def test_channel_that_is_off_says_so_once_at_start_and_at_its_door(
    settings: LazySettings, configured: Environment, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SAFAR = replace(configured, sms_from="")
    registry.enabled_channels.cache_clear()
    with caplog.at_level(logging.INFO):
        report_channels()
    assert caplog.messages == [
        "channel telegram: on",
        "channel whatsapp: on",
        "channel sms: off (set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, SMS_FROM to turn it on)",
    ]
    response = client.post("/webhooks/sms/", SMS, content_type="application/x-www-form-urlencoded")
    assert (response.status_code, response.content) == (404, b"Channel sms is off: it has no credentials.\n")


def test_stored_message_wakes_the_worker(deliver: Deliver) -> None:
    queue.flush()
    deliver("sms", SMS)
    (task,) = queue.pending()
    assert task.args == (InboundMessage.objects.get().conversation_id,)


def test_message_delivered_again_wakes_nobody(deliver: Deliver) -> None:
    deliver("sms", SMS)
    queue.flush()
    deliver("sms", SMS)
    assert queue.pending() == []


def test_body_that_is_longer_than_it_says_is_not_read(client: Client) -> None:
    response = client.post("/webhooks/sms/", b"x" * 100_000, content_type="text/plain", CONTENT_LENGTH="10")
    assert response.status_code in (401, 413)
    assert InboundMessage.objects.count() == 0


def test_nothing_private_is_logged(deliver: Deliver, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        deliver("sms", SMS)
        deliver("sms", SMS)
        deliver("sms", SMS, **{"X-Twilio-Signature": "wrong-signature"})
        deliver("sms", b"From=%2B923000000001&Body=my+private+words")
        deliver("sms", b"From=%2B923000000001&MessageSid=SM2&Body=STOP")
    assert "refused with 401" in caplog.text
    assert "delivered again" in caplog.text
    for private in ("private words", "923000000001", "wrong-signature", "fake-auth-token"):
        assert private not in caplog.text
