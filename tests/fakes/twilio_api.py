"""Twilio's Messages resource as far as we call it: https://www.twilio.com/docs/messaging/api/message-resource."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tests.fakes.http_api import Answer, Call, FakeHttpApi

ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "fake-auth-token-of-the-tests"


def refused(status: int, code: int, message: str = "refused") -> Answer:
    """An error as Twilio words it; its messages name the number, so ours must not be passed on."""
    return Answer(
        status,
        {
            "code": code,
            "message": message,
            "status": status,
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
        },
    )


class FakeTwilioApi(FakeHttpApi):
    """``sent``: the messages taken, in order, as Twilio shows them."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []

    def answer(self, call: Call) -> Answer:
        credentials = base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
        if call.headers.get("Authorization") != f"Basic {credentials}":
            return refused(401, 20003, "Authenticate")
        if call.path != f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json":
            return refused(404, 20404, "not found")
        return self._create(call.fields) if call.method == "POST" else self._list(call.query)

    def _create(self, fields: dict[str, str]) -> Answer:
        body = fields.get("Body", "")
        if not body:
            return refused(400, 21602, "Message body is required")
        if len(body.encode("utf-16-le")) // 2 > 1600:
            return refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        now = format_datetime(datetime.now(UTC))
        message = {
            "sid": f"SM{len(self.sent):032x}",
            "account_sid": ACCOUNT_SID,
            "to": fields["To"],
            "from": fields.get("From"),
            "messaging_service_sid": fields.get("MessagingServiceSid"),
            "body": body,
            "status": "queued",
            "date_created": now,
            "date_updated": now,
            "date_sent": None,
        }
        self.sent.append({**message, "status_callback": fields.get("StatusCallback")})
        return Answer(201, message)

    def _list(self, query: dict[str, str]) -> Answer:
        found = [
            message for message in reversed(self.sent) if message["to"] == query.get("To", message["to"])
        ]
        return Answer(200, {"messages": found, "next_page_uri": None, "page": 0, "page_size": 50})
