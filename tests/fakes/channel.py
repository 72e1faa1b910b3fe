"""A channel in memory: takes what it is given, fails as planned."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import ClassVar

from bot.replies import Reply
from channels.contract import Incoming, Limits, Payload, SendError, Sending, WebhookAnswer, WebhookRequest
from channels.telegram.rendering import render


class FakeChannel:
    """``sent``: (address, text) in order. ``failures``: raised one after the other before anything is sent."""

    name: ClassVar[str] = "telegram"
    limits: ClassVar[Limits] = Limits(4096, 100, 64)

    def __init__(self, *failures: Exception) -> None:
        self.sent: list[tuple[str, str]] = []
        self.looked_up: list[Sending] = []
        self.failures = deque(failures)
        self.found: str | None = None
        self.at_once = 0
        self.most_at_once = 0

    def verify(self, request: WebhookRequest) -> None:
        return

    def parse(self, request: WebhookRequest) -> Sequence[Incoming]:
        return []

    def answer(self, incoming: Sequence[Incoming]) -> WebhookAnswer:
        return WebhookAnswer()

    def render(self, reply: Reply) -> Sequence[Payload]:
        return render(reply)

    async def send(self, address: str, payload: Payload) -> str:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.001)
        self.at_once -= 1
        if self.failures:
            raise self.failures.popleft()
        self.sent.append((address, payload.text))
        return f"id-{len(self.sent)}"

    async def find_sent(self, sending: Sending) -> str | None:
        self.looked_up.append(sending)
        if isinstance(self.found, SendError):
            raise self.found
        return self.found
