"""Signs a body as the provider would: written from the providers' manuals, without the libraries that check it."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha1
from urllib.parse import parse_qsl

from tests.fakes.twilio_api import AUTH_TOKEN

TELEGRAM_SECRET = "secret-token-of-the-tests"


def signed_headers(channel: str, body: bytes, url: str) -> dict[str, str]:
    if channel == "telegram":
        return {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
    return {"X-Twilio-Signature": twilio_signature(body, url)}


def twilio_signature(body: bytes, url: str, auth_token: str = AUTH_TOKEN) -> str:
    """https://www.twilio.com/docs/usage/webhooks/webhooks-security: address, then each field's name and value, sorted by name."""
    fields = sorted(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    signed = url + "".join(name + value for name, value in fields)
    return base64.b64encode(hmac.new(auth_token.encode(), signed.encode(), sha1).digest()).decode()
