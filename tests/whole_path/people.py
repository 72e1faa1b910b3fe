"""People who write to the house through a provider, and read what the provider got to deliver."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from tests.channels.processes import PUBLIC_URL, ROOT, wait_until
from tests.channels.signing import signed_headers
from tests.whole_path.house import TURN_S, House

FIXTURES = ROOT / "tests" / "channels" / "fixtures"
SHORTEST_PRIVATE = 8  # characters; a log may hold a "1" by chance
_numbers = count(700_000_001)


@dataclass
class Person:
    """One address on one channel, never used before."""

    house: House
    channel: str
    number: int = field(default_factory=lambda: next(_numbers))

    def __post_init__(self) -> None:
        self.house.said.add(str(self.number))

    @property
    def address(self) -> str:
        return str(self.number) if self.channel == "telegram" else f"+92{self.number}"

    def says(self, text: str) -> list[str]:
        """The texts that answer it, in order."""
        return self.sends(self.message(text))

    def taps(self, payload: str) -> list[str]:
        """Taps a button of an earlier message (Telegram)."""
        update = _telegram("callback_query__tap")
        update["callback_query"]["message"]["chat"]["id"] = self.number
        update["callback_query"]["data"] = payload
        return self.sends(json.dumps(update).encode())

    def sends(self, body: bytes) -> list[str]:
        """Has the provider deliver the body; the texts that come back for it."""
        before = len(self.received())
        answer = self.delivers(body)
        assert answer.status_code == 200, answer.text
        self.wait_until_answered()
        return self.received()[before:]

    def delivers(self, body: bytes) -> httpx.Response:
        return self.house.deliver(self.channel, body)

    def message(self, text: str = "", kind: str = "message__text") -> bytes:
        """The provider's notice of a message, as captured (tests/channels/fixtures), from this person."""
        if len(text) >= SHORTEST_PRIVATE:
            self.house.said.add(text)
        if self.channel == "telegram":
            update = _telegram(kind)
            update["message"]["chat"]["id"] = update["message"]["from"]["id"] = self.number
            if text:
                update["message"]["caption" if "photo" in update["message"] else "text"] = text
            return json.dumps(update).encode()
        return urlencode(_form(self.channel, kind) | {"From": self.sender(), "Body": text}).encode()

    def sender(self) -> str:
        """The address as Twilio writes it."""
        return f"whatsapp:{self.address}" if self.channel == "whatsapp" else self.address

    def sent(self) -> list[dict[str, Any]]:
        """What the provider took for this person, in order."""
        if self.channel == "telegram":
            return [one for one in self.house.telegram.sent if one["chat_id"] == self.address]
        return [one for one in self.house.twilio.sent if one["to"] == self.sender()]

    def received(self) -> list[str]:
        return [one["text" if self.channel == "telegram" else "body"] for one in self.sent()]

    def wait_until_answered(self) -> None:
        """Until all that came in is answered and all answers are with the provider or given up."""
        wait_until(lambda: set(self.states("inbound")) == {"answered"}, TURN_S)
        wait_until(lambda: not {"queued", "sending"} & set(self.states("outbound")), TURN_S)

    def states(self, direction: str) -> list[str]:
        """States of this person's messages, in order; ``direction`` is "inbound" or "outbound"."""
        rows = self.house.rows(
            f"SELECT state FROM channels_{direction}message AS message"  # noqa: S608 -- one of two names
            " JOIN channels_person AS person ON person.pseudonym = message.conversation_id"
            " WHERE person.channel = ? AND person.address = ? ORDER BY message.id",
            self.channel,
            self.address,
        )
        return [row[0] for row in rows]

    def is_known(self) -> bool:
        return bool(self.house.rows("SELECT 1 FROM channels_person WHERE address = ?", self.address))


def status_callback(person: Person, sid: str, status: str) -> bytes:
    """Twilio's notice of what became of a message."""
    fields = _form(person.channel, "status__delivered")
    to = {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "To": person.sender(),
    }
    return urlencode(fields | to).encode()


def chat(house: House, **fields: str) -> httpx.Response:
    """One request to the web chat's API."""
    house.said |= {value for value in fields.values() if len(value) >= SHORTEST_PRIVATE and value[0] != "/"}
    return house.post("/chat/api", json.dumps(fields).encode(), {"Content-Type": "application/json"})


def webhook_path(channel: str) -> str:
    return f"/webhooks/{channel}/"


def genuine_headers(channel: str, body: bytes) -> dict[str, str]:
    return signed_headers(channel, body, PUBLIC_URL + webhook_path(channel))


def _telegram(kind: str) -> dict[str, Any]:
    update: dict[str, Any] = json.loads((FIXTURES / "telegram" / f"{kind}.json").read_text(encoding="utf-8"))
    return update | {"update_id": next(_numbers)}


def _form(channel: str, kind: str) -> dict[str, str]:
    body = (FIXTURES / channel / f"{kind}.form").read_text(encoding="ascii").strip()
    sid = f"SM{next(_numbers):032x}"
    return dict(parse_qsl(body, keep_blank_values=True)) | {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
    }
