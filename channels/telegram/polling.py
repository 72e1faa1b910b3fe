"""Long polling: the same updates as the webhook's, fetched by us. https://core.telegram.org/bots/api#getupdates"""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import datetime

from telegram import Bot, Update
from telegram.error import InvalidToken, TelegramError

from channels.contract import Malformed, Received
from channels.database import in_database
from channels.inbox import accept
from channels.telegram.adapter import TelegramChannel
from channels.telegram.rendering import NAME
from channels.telegram.updates import ALLOWED_UPDATES, parse_update
from channels.worker.tasks import wake

logger = logging.getLogger(__name__)

POLL_S = 25
PAUSE_S = 3.0  # after an error


async def poll_for_ever(channel: TelegramChannel) -> None:
    """Raises `InvalidToken`; waits and goes on after every other error."""
    bot = channel.bot()
    await bot.delete_webhook()
    offset = 0
    while True:
        try:
            offset = await poll_once(bot, offset)
        except InvalidToken:
            raise
        except TelegramError as error:
            logger.warning("telegram: polling failed: %s", type(error).__name__)
            await asyncio.sleep(PAUSE_S)


async def poll_once(bot: Bot, offset: int, wait_s: int = POLL_S) -> int:
    """Takes in what is there; the offset that confirms it to Telegram with the next call."""
    updates = await bot.get_updates(offset=offset, timeout=wait_s, allowed_updates=ALLOWED_UPDATES)
    for update in updates:
        await _take_in(bot, update)
        offset = update.update_id + 1
    return offset


async def _take_in(bot: Bot, update: Update) -> None:
    try:
        incoming = parse_update(json.dumps(update.to_dict(), default=_seconds).encode())
    except Malformed as error:
        logger.warning("telegram: update not read: %s", error)
        return
    for conversation in sorted(await in_database(accept, NAME, incoming)):
        wake(conversation)
    for item in incoming:
        if isinstance(item, Received) and item.acknowledge:
            await bot.answer_callback_query(item.acknowledge)


def _seconds(moment: datetime) -> int:
    """As Telegram itself writes moments."""
    return int(moment.timestamp())
