"""WhatsApp's door, through Twilio: https://www.twilio.com/docs/whatsapp/api.

Free text may be sent for 24 hours after the person's last message; we only ever answer, so we stay inside unless a send is delayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from bot.replies import Reply
from channels import twilio_api
from channels.contract import Incoming, Limits, Payload, Sending, WebhookAnswer, WebhookRequest
from channels.twilio_api import TwilioAccount
from channels.whatsapp.rendering import LIMITS, NAME, render

if TYPE_CHECKING:
    from config.environment import Environment

ADDRESS_PREFIX = "whatsapp:"


class WhatsAppChannel:
    """One sender of a Twilio account."""

    name: ClassVar[str] = NAME
    limits: ClassVar[Limits] = LIMITS

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account

    def verify(self, request: WebhookRequest) -> None:
        twilio_api.verify(request, self._account.auth_token)

    def parse(self, request: WebhookRequest) -> Sequence[Incoming]:
        return twilio_api.parse(request, ADDRESS_PREFIX)

    def answer(self, incoming: Sequence[Incoming]) -> WebhookAnswer:
        return twilio_api.EMPTY_TWIML

    def render(self, reply: Reply) -> Sequence[Payload]:
        return render(reply)

    async def send(self, address: str, payload: Payload) -> str:
        return await self._account.send(address, payload)

    async def find_sent(self, sending: Sending) -> str | None:
        return await self._account.find_sent(sending)


def from_environment(environment: Environment) -> WhatsAppChannel | None:
    """None unless the account, its token and the sender are set."""
    account = twilio_api.account_from(environment, environment.whatsapp_from, ADDRESS_PREFIX, NAME)
    return WhatsAppChannel(account) if account else None
