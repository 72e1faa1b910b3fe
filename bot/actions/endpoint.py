"""Rasa's action protocol over ASGI: one POST a turn, answered by rasa-sdk's `ActionExecutor`.

Private: the caller must send the installation's action key, so that a public web server may stand on the same port.
"""

from __future__ import annotations

import hmac
import json
import logging
from functools import cache
from typing import Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from django.conf import settings
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

from bot.actions import search, service
from bot.failures import log_failure

logger = logging.getLogger(__name__)
LARGEST_CALL = 4 * 1024 * 1024  # bytes; a call carries the session's events
ACTIONS = (
    search.Answer, search.FollowUp, search.Country, search.Choose, search.Browse, search.More,
    search.Urgent, service.Language, service.Helpful, service.NotHelpful, service.Media,
)  # fmt: skip


@cache
def executor() -> ActionExecutor:
    made = ActionExecutor()
    for action in ACTIONS:
        made.register_action(action())
    return made


class BodyTooLarge(ValueError):
    """The call is larger than `LARGEST_CALL`."""


async def actions_application(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """ASGI application for `/actions`. 200 {events, responses}, 400 bad call, 403 no key, 404 unknown action, 413 too large."""
    headers = dict(scope["headers"])
    if not hmac.compare_digest(headers.get(b"x-safar-action-key", b""), settings.ACTION_KEY.encode()):
        return await _respond(send, 403, {"error": "This address is for the dialogue engine only."})
    try:
        call = json.loads(await _body(receive))
        result = await executor().run({**call, "domain": call.get("domain") or {}})
    except BodyTooLarge:
        return await _respond(send, 413, {"error": f"The call is larger than {LARGEST_CALL} bytes."})
    except ActionNotFoundException as missing:
        return await _respond(send, 404, {"error": str(missing), "action_name": missing.action_name})
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        log_failure(logger, "an action call", wrong)
        return await _respond(send, 400, {"error": type(wrong).__name__, "action_name": ""})
    if result is None:
        return await _respond(send, 400, {"error": "next_action is missing", "action_name": ""})
    return await _respond(send, 200, {"events": result.events, "responses": result.responses})


async def _body(receive: ASGIReceiveCallable) -> bytes:
    body = b""
    while True:
        message: Any = await receive()
        body += bytes(message.get("body", b""))
        if len(body) > LARGEST_CALL:
            raise BodyTooLarge
        if not message.get("more_body"):
            return body


async def _respond(send: ASGISendCallable, status: int, content: dict[str, Any]) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"application/json")],
            "trailers": False,
        }
    )
    await send({"type": "http.response.body", "body": json.dumps(content).encode(), "more_body": False})
