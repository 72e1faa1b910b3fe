"""`/chat/api` as an ASGI application, for servers that put it in front of Django: its answer needs none of the middleware,
which costs more thread changes than the message itself. The Django view (`channels.web.views.chat_api`) does the same.
"""

from __future__ import annotations

import json

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope
from django.conf import settings

from channels.web.api import LARGEST_BODY, Refused, too_large
from channels.web.chat import answer_chat

PATH = "/chat/api"


async def chat_application(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Reads at most `LARGEST_BODY` bytes, however many come."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    content_type = headers.get(b"content-type", b"").decode("latin-1")
    try:
        body = await _body(headers, receive)
    except Refused as refused:
        await _send(send, refused.status, refused.to_json(), scope["method"])
        return
    status, answer = await answer_chat(scope["method"], content_type, body)
    await _send(send, status, answer, scope["method"])


async def _body(headers: dict[bytes, bytes], receive: ASGIReceiveCallable) -> bytes:
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise too_large()
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "not_json", "The request broke off.")
        if message["type"] != "http.request":
            continue
        body += message["body"]
        if len(body) > LARGEST_BODY:
            raise too_large()
        if not message["more_body"]:
            return bytes(body)


async def _send(send: ASGISendCallable, status: int, answer: dict[str, object], method: str) -> None:
    body = json.dumps(answer, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode()),
        (b"cache-control", b"no-store"),
    ]
    if status == 405:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body, "more_body": False})
