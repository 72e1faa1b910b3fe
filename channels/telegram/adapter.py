"""Telegram's door: https://core.telegram.org/bots/api.

Bot chats are ordinary cloud chats, not end-to-end encrypted.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar
from weakref import WeakKeyDictionary

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest

from bot.replies import Reply
from channels.contract import (
    Incoming,
    Limits,
    Payload,
    Received,
    SendError,
    SendFailure,
    Sending,
    Unauthenticated,
    WebhookAnswer,
    WebhookRequest,
)
from channels.telegram.rendering import LIMITS, NAME, render
from channels.telegram.updates import parse_update

if TYPE_CHECKING:
    from config.environment import Environment

os.environ.setdefault(
    "PTB_TIMEDELTA", "1"
)  # the library's coming way to give waits; without it each use warns

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 -- the header's name
TIMEOUT_S = 15.0
CONNECT_S = 5.0
POOL_SIZE = 8
# BadRequest comes for our own mistakes and for people who are gone; the manual has no codes, only descriptions.
_GONE = re.compile(
    r"chat not found|user is deactivated|PEER_ID_INVALID|have no rights|blocked", re.IGNORECASE
)


class TelegramChannel:
    """One bot. ``api_base`` is the Bot API's base including ``/bot``, to which the token is appended."""

    name: ClassVar[str] = NAME
    limits: ClassVar[Limits] = LIMITS

    def __init__(self, token: str, secret: str, api_base: str) -> None:
        self._token = token
        self._secret = secret.encode("utf-8")
        self._api_base = api_base
        self._bots: WeakKeyDictionary[asyncio.AbstractEventLoop, Bot] = WeakKeyDictionary()

    def verify(self, request: WebhookRequest) -> None:
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            raise Unauthenticated("X-Telegram-Bot-Api-Secret-Token is missing or wrong.")

    def parse(self, request: WebhookRequest) -> Sequence[Incoming]:
        return parse_update(request.body)

    def answer(self, incoming: Sequence[Incoming]) -> WebhookAnswer:
        """Confirms a tapped button in the webhook's own answer, which saves a call; else it would spin on.

        https://core.telegram.org/bots/api#making-requests-when-getting-updates
        """
        for item in incoming:
            if isinstance(item, Received) and item.acknowledge:
                call = {"method": "answerCallbackQuery", "callback_query_id": item.acknowledge}
                return WebhookAnswer(json.dumps(call), "application/json")
        return WebhookAnswer()

    def render(self, reply: Reply) -> Sequence[Payload]:
        return render(reply)

    async def send(self, address: str, payload: Payload) -> str:
        try:
            message = await self.bot().send_message(
                chat_id=int(address),
                text=payload.text,
                reply_markup=_keyboard(payload),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            raise send_error(error) from None
        return str(message.message_id)

    async def find_sent(self, sending: Sending) -> str | None:
        """Telegram cannot be asked what it sent, so an interrupted message goes out again: a repeated answer is better
        than a lost one."""
        return None

    async def set_webhook(self, url: str, updates: Sequence[str]) -> None:
        """Raises `TelegramError`."""
        await self.bot().set_webhook(url, secret_token=self._secret.decode(), allowed_updates=updates)

    def bot(self) -> Bot:
        """The client of the running event loop. Never entered as a context manager: that would call `getMe` first."""
        loop = asyncio.get_running_loop()
        if loop not in self._bots:
            request = HTTPXRequest(
                connection_pool_size=POOL_SIZE,
                read_timeout=TIMEOUT_S,
                connect_timeout=CONNECT_S,
                pool_timeout=TIMEOUT_S,
            )
            polling = HTTPXRequest(connection_pool_size=1, read_timeout=TIMEOUT_S, connect_timeout=CONNECT_S)
            self._bots[loop] = Bot(
                self._token, base_url=self._api_base, request=request, get_updates_request=polling
            )
        return self._bots[loop]


def from_environment(environment: Environment) -> TelegramChannel | None:
    """None without a token."""
    token, secret = environment.telegram_token.reveal(), environment.telegram_secret.reveal()
    if not token or not secret:
        return None
    return TelegramChannel(token, secret, environment.telegram_api_base)


def send_error(error: TelegramError) -> SendError:
    """Telegram's error as what can be done about it. The descriptions are not passed on: they may name a chat."""
    code = type(error).__name__
    match error:
        case RetryAfter():
            return SendError(SendFailure.THROTTLED, code, retry_after_s=_seconds(error.retry_after))
        case Forbidden():
            return SendError(SendFailure.BLOCKED_BY_USER, code)
        case InvalidToken() | EndPointNotFound():
            return SendError(SendFailure.MISCONFIGURED, code)
        case BadRequest():
            gone = _GONE.search(error.message)
            return SendError(SendFailure.BLOCKED_BY_USER if gone else SendFailure.REJECTED, code)
        case ChatMigrated() | Conflict():
            return SendError(SendFailure.REJECTED, code)
        case _:  # NetworkError, and answers that are not JSON (a proxy's error page)
            return SendError(SendFailure.UNREACHABLE, code)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _keyboard(payload: Payload) -> InlineKeyboardMarkup | None:
    """One button a row: titles are sentences in several scripts, and half a row is too narrow for them."""
    rows = [[InlineKeyboardButton(button.title, callback_data=button.payload)] for button in payload.buttons]
    return InlineKeyboardMarkup(rows) if rows else None
