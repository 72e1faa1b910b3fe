"""Telegram's Bot API as far as we call it: https://core.telegram.org/bots/api."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.http_api import Answer, Call, FakeHttpApi

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"  # the example of Telegram's own manual


def refused(status: int, description: str, **parameters: Any) -> Answer:
    """An error as Telegram words it."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Answer(status, body)


class FakeTelegramApi(FakeHttpApi):
    """``sent``: the messages taken, in order. ``updates``: what getUpdates gives out."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []

    @property
    def base(self) -> str:
        return f"{self.url}/bot"

    def answer(self, call: Call) -> Answer:
        token, _, method = call.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            return refused(401, "Unauthorized")
        match method:
            case "sendMessage":
                return self._send(call.fields)
            case "getUpdates":
                return self._updates(int(call.fields.get("offset", 0)))
            case "answerCallbackQuery" | "setWebhook" | "deleteWebhook":
                return Answer(200, {"ok": True, "result": True})
            case _:
                return refused(404, "Not Found")

    def _send(self, fields: dict[str, str]) -> Answer:
        text = fields.get("text", "")
        if not text:
            return refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return refused(400, "Bad Request: message is too long")
        markup = json.loads(fields["reply_markup"]) if "reply_markup" in fields else None
        self.sent.append({"chat_id": fields["chat_id"], "text": text, "reply_markup": markup})
        message = {
            "message_id": len(self.sent),
            "date": 1_790_000_000,
            "chat": {"id": int(fields["chat_id"]), "type": "private"},
            "text": text,
        }
        return Answer(200, {"ok": True, "result": message})

    def _updates(self, offset: int) -> Answer:
        return Answer(
            200, {"ok": True, "result": [one for one in self.updates if one["update_id"] >= offset]}
        )
