"""One request to the chat API, whatever server brought it: checked, answered, or refused."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError

from bot.failures import log_failure
from channels import monitoring
from channels.contract import Received
from channels.conversations import Exchange, converse, new_message_id
from channels.registry import WEB
from channels.web.api import ChatRequest, Refused, exchange_json, parse_chat_request

logger = logging.getLogger(__name__)


async def answer_chat(method: str | None, content_type: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """(HTTP status, JSON object): the answer, or ``{"error": {"code", "message", "field"}}``."""
    try:
        require_json(method, content_type)
        return 200, exchange_json(await exchange_for(parse_chat_request(body)))
    except Refused as refused:
        count_refusal(refused)
        return refused.status, refused.to_json()


async def exchange_for(asked: ChatRequest) -> Exchange:
    """Raises `Refused` when the message could not be stored or answered; the dialogue itself never raises."""
    incoming = Received(asked.conversation, new_message_id(), asked.text, asked.payload)
    try:
        return await converse(asked.channel, incoming)
    except DatabaseError as error:
        log_failure(logger, "storing a chat message", error)
        raise Refused(503, "unavailable", "The service is busy. Please try again in a moment.") from None
    except Exception as error:  # the edge of the process: the person gets a sentence, whatever broke
        log_failure(logger, "answering a chat message", error)
        raise Refused(
            503, "unavailable", "The service has a problem. Please try again in a moment."
        ) from None


def require_json(method: str | None, content_type: str) -> None:
    """Raises `Refused`."""
    if method != "POST":
        raise Refused(405, "method_not_allowed", "Use POST.")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "unsupported_media_type", "Send JSON with Content-Type: application/json.")


def count_refusal(refused: Refused) -> None:
    monitoring.REFUSED.labels(WEB, str(refused.status)).inc()
