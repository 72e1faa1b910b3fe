"""What the queue carries: "look at this conversation". Losing one, or getting it twice, changes nothing."""

from __future__ import annotations

import logging
import sqlite3

from redis.exceptions import RedisError

from bot.failures import log_failure
from channels.worker.delivery import send_due
from channels.worker.event_loop import event_loop
from channels.worker.queue import queue
from channels.worker.turns import process_conversation

logger = logging.getLogger(__name__)


@queue.task()  # type: ignore[untyped-decorator]
def look_at(pseudonym: str) -> None:
    """Answers what waits in the conversation and sends the answers."""
    event_loop.run(_answer_and_send(pseudonym))


async def _answer_and_send(pseudonym: str) -> None:
    await process_conversation(pseudonym)
    await send_due()


def wake(pseudonym: str) -> None:
    """Tells a worker. If the queue is down the message still gets its answer: the worker's sweep finds the row."""
    try:
        look_at(pseudonym)
    except (RedisError, sqlite3.Error) as error:
        log_failure(logger, "waking the worker", error)
