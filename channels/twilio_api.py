"""What WhatsApp and SMS share: Twilio's signature, its notices, its errors, and sending through its REST API.

https://www.twilio.com/docs/usage/webhooks/webhooks-security · https://www.twilio.com/docs/messaging/guides/webhook-request
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, add_port, remove_port
from twilio.rest import Client

from channels.contract import (
    Delivery,
    DeliveryStatus,
    Ignored,
    Incoming,
    Malformed,
    Payload,
    Reachability,
    Received,
    SendError,
    SendFailure,
    Sending,
    Unauthenticated,
    WebhookAnswer,
    WebhookRequest,
    form_fields,
)

if TYPE_CHECKING:
    from bot.payloads import MediaKind
    from config.environment import Environment

API_HOST = "https://api.twilio.com"
SIGNATURE_HEADER = "x-twilio-signature"
TIMEOUT_S = 15.0
CLOCK_SKEW = timedelta(seconds=30)
MOST_LOOKED_AT = 50  # messages to one person within a day, when an interrupted attempt is looked up
EMPTY_TWIML = WebhookAnswer('<?xml version="1.0" encoding="UTF-8"?><Response></Response>', "text/xml")

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
_STATUSES: Mapping[str, DeliveryStatus | None] = {
    "accepted": None,
    "scheduled": None,
    "queued": None,
    "sending": None,
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
# https://www.twilio.com/docs/api/errors: what is special; the rest goes by the HTTP status.
_FAILURES: Mapping[int, SendFailure] = {
    20003: SendFailure.MISCONFIGURED,  # authentication failed
    20404: SendFailure.MISCONFIGURED,  # no such account
    21212: SendFailure.MISCONFIGURED,  # invalid From
    21603: SendFailure.MISCONFIGURED,  # From is missing
    21606: SendFailure.MISCONFIGURED,  # From cannot send
    21659: SendFailure.MISCONFIGURED,  # From is not ours
    63007: SendFailure.MISCONFIGURED,  # no WhatsApp sender with this From
    21610: SendFailure.BLOCKED_BY_USER,  # opted out with STOP
    63016: SendFailure.OUT_OF_WINDOW,  # free-form message outside WhatsApp's 24 hours
    14107: SendFailure.THROTTLED,
    20429: SendFailure.THROTTLED,
    21611: SendFailure.THROTTLED,  # the sender's queue is full
    63018: SendFailure.THROTTLED,
}
# One word and nothing else, as Twilio counts them: https://help.twilio.com/articles/223134027
_OPT_OUT = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
_OPT_IN = frozenset({"START", "UNSTOP"})
_MEDIA_TYPES: tuple[tuple[str, MediaKind], ...] = (
    ("audio/", "voice"),
    ("image/", "image"),
    ("video/", "video"),
)
_ADDRESS = re.compile(r"\+?[A-Za-z0-9._-]{3,100}")


def verify(request: WebhookRequest, auth_token: str) -> None:
    """Twilio's HMAC over the public address and all form fields; raises `Unauthenticated`.

    The algorithm is fixed: the header that names another one is not signed, so it is not asked.
    """
    given = request.headers.get(SIGNATURE_HEADER, "").encode("utf-8", "replace")
    try:
        fields = form_fields(request.body)
        address = urlparse(request.url)
    except (Malformed, ValueError):
        raise Unauthenticated("X-Twilio-Signature cannot belong to this body.") from None
    validator = RequestValidator(auth_token)
    # Twilio signs with or without the port, depending on the product.
    genuine = [validator.compute_signature(form(address), fields) for form in (remove_port, add_port)]
    # Both are compared, whatever the first says.
    if not any([hmac.compare_digest(given, one.encode("ascii")) for one in genuine]):  # noqa: C419
        raise Unauthenticated(
            "X-Twilio-Signature is missing or wrong; is SAFAR_PUBLIC_URL the address that Twilio calls?"
        )


def parse(request: WebhookRequest, prefix: str) -> Sequence[Incoming]:
    """A message or a status callback; ``prefix`` is "whatsapp:" or "". Raises `Malformed`."""
    fields = form_fields(request.body)
    if "MessageStatus" in fields:
        return [_status(fields)]
    return _received(fields, prefix)


def _status(fields: Mapping[str, str]) -> Incoming:
    sid = _required(fields, "MessageSid")
    status = fields["MessageStatus"].lower()
    if status not in _STATUSES:
        raise Malformed("MessageStatus: is not a status that Twilio documents")
    known = _STATUSES[status]
    if known is None:
        return Ignored(f"status {status}: nothing happened yet")
    return Delivery(sid, known, fields.get("ErrorCode", "")[:16])


def _received(fields: Mapping[str, str], prefix: str) -> Sequence[Incoming]:
    sender = _required(fields, "From")
    if not sender.startswith(prefix) or (not prefix and ":" in sender):
        raise Malformed("From: belongs to another channel")
    address = sender[len(prefix) :]
    if not _ADDRESS.fullmatch(address):
        raise Malformed("From: is not an address")
    sid = _required(fields, "MessageSid")
    body = fields.get("Body", "")
    if (opted := _opting(body)) is not None:
        return [Reachability(address, opted), Ignored("opt-in or opt-out word, answered by Twilio")]
    media = _media(fields)
    payload = fields.get("ButtonPayload") or fields.get("ListId") or None
    if not body.strip() and media is None and payload is None:
        return [Ignored("message without text, media or button")]
    return [Received(address, sid, body, payload, media)]


def _opting(body: str) -> bool | None:
    word = body.strip().upper()
    return False if word in _OPT_OUT else True if word in _OPT_IN else None


def _media(fields: Mapping[str, str]) -> MediaKind | None:
    if "Latitude" in fields:
        return "location"
    if fields.get("NumMedia", "0") in ("", "0"):
        return None
    content_type = fields.get("MediaContentType0", "").lower()
    if "vcard" in content_type:
        return "contact"
    if content_type == "image/webp":
        return "sticker"  # WhatsApp's stickers come as WebP; photos come as JPEG
    return next((kind for start, kind in _MEDIA_TYPES if content_type.startswith(start)), "document")


def _required(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name, "")
    if not 1 <= len(value) <= 128:
        raise Malformed(f"{name}: is missing or too long")
    return value


class _RebasedHttpClient(TwilioHttpClient):
    """Calls another host than Twilio's, for tests and proxies, and logs nothing: the requests hold addresses and texts."""

    def __init__(self, api_base: str) -> None:
        super().__init__(timeout=TIMEOUT_S)
        self._api_base = api_base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        if not url.startswith(API_HOST):
            raise ValueError("only Twilio's main API is used here")
        return super().request(method, self._api_base + url[len(API_HOST) :], *args, **kwargs)

    def log_request(self, kwargs: dict[str, Any]) -> None:
        return

    def log_response(self, status_code: int, response: Any) -> None:
        return


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account that both channels send with. ``status_url``: where Twilio reports what became of a message."""

    sid: str
    auth_token: str
    api_base: str
    sender: str
    prefix: str
    status_url: str

    async def send(self, address: str, payload: Payload) -> str:
        """The message's id; raises `SendError`."""
        return str(await self._call(self._create, address, payload.text))

    async def find_sent(self, sending: Sending) -> str | None:
        """The id of a message with this text to this person since the interrupted attempt; raises `SendError`."""
        found: str | None = await self._call(self._find, sending)
        return found

    async def _call(self, function: Callable[..., Any], *args: Any) -> Any:
        """Twilio's client is synchronous; a thread keeps the event loop free."""
        try:
            return await asyncio.to_thread(function, self._client(), *args)
        except (TwilioException, RequestException, ValueError) as error:
            raise send_error(error) from None

    def _client(self) -> Client:
        return Client(self.sid, self.auth_token, http_client=_RebasedHttpClient(self.api_base))

    def _create(self, client: Client, address: str, text: str) -> str:
        sender = {
            "messaging_service_sid" if self.sender.startswith("MG") else "from_": self.prefix + self.sender
        }
        message = client.messages.create(
            to=self.prefix + address, body=text, status_callback=self.status_url, **sender
        )
        return str(message.sid)

    def _find(self, client: Client, sending: Sending) -> str | None:
        if sending.since is None:
            return None
        since = sending.since - CLOCK_SKEW
        # Twilio's filter knows only days, so the hour is compared here.
        sent = client.messages.list(
            to=self.prefix + sending.address, date_sent_after=since, limit=MOST_LOOKED_AT
        )
        for message in sent:
            recent = message.date_created is not None and message.date_created >= since
            if recent and message.body == sending.payload.text and message.sid not in sending.known_ids:
                return str(message.sid)
        return None


def send_error(error: Exception) -> SendError:
    """Twilio's error as what can be done about it. Its messages are not passed on: they name the number."""
    if isinstance(error, TwilioRestException):
        return SendError(_failure(error), str(error.code or error.status))
    if isinstance(error, RequestException):
        return SendError(SendFailure.UNREACHABLE, type(error).__name__)
    return SendError(SendFailure.UNREACHABLE, "unreadable-answer")


def _failure(error: TwilioRestException) -> SendFailure:
    if error.code in _FAILURES:
        return _FAILURES[error.code]
    if error.status == 429:
        return SendFailure.THROTTLED
    if error.status in (401, 403, 404):
        return SendFailure.MISCONFIGURED
    return SendFailure.UNREACHABLE if error.status >= 500 else SendFailure.REJECTED


def account_from(environment: Environment, sender: str, prefix: str, name: str) -> TwilioAccount | None:
    """The account for one channel; None when a credential is missing."""
    sid, token = environment.twilio_account_sid, environment.twilio_auth_token.reveal()
    if not sid or not token or not sender:
        return None
    status_url = f"{environment.public_url.rstrip('/')}/webhooks/{name}/"
    return TwilioAccount(
        sid, token, environment.twilio_api_base, sender.removeprefix("whatsapp:"), prefix, status_url
    )
