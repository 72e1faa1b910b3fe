"""The web chat: its page, the same without JavaScript, and the JSON API."""

from __future__ import annotations

import logging

from asgiref.sync import sync_to_async
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from channels import monitoring
from channels.contract import Received
from channels.conversations import Exchange, converse, new_message_id
from channels.database import in_database
from channels.failures import log_failure
from channels.pseudonyms import pseudonym
from channels.registry import WEB
from channels.retention import forget_conversation
from channels.web import page
from channels.web.api import (
    LARGEST_BODY,
    ChatRequest,
    Refused,
    chat_request,
    exchange_json,
    parse_chat_request,
    parse_forget_request,
    too_large,
)

logger = logging.getLogger(__name__)


@csrf_exempt  # no cookie gives any right here: who knows a conversation's id may write in it
async def chat_api(request: HttpRequest) -> HttpResponse:
    """POST a message, get the answer. Errors: ``{"error": {"code", "message", "field"}}``."""
    try:
        exchange = await _exchange(parse_chat_request(_json_body(request)))
    except Refused as refused:
        return _refusal(refused)
    return JsonResponse(exchange_json(exchange))


@csrf_exempt
async def chat_forget(request: HttpRequest) -> HttpResponse:
    """POST ``{"conversation"}``: deletes all that is stored of it."""
    try:
        conversation = parse_forget_request(_json_body(request))
    except Refused as refused:
        return _refusal(refused)
    await in_database(forget_conversation, pseudonym(WEB, conversation))
    return HttpResponse(status=204)


def chat_page(request: HttpRequest) -> HttpResponse:
    """The page; ``?language=`` chooses the language of its own words."""
    if request.method not in ("GET", "HEAD"):
        return _refusal(Refused(405, "method_not_allowed", "Use GET."))
    return _page(request, page.context(page.language_of(request)))


@csrf_exempt
async def chat_plain(request: HttpRequest) -> HttpResponse:
    """The chat as a plain form, for browsers without JavaScript: POST conversation, text, payload, language."""
    language = page.language_of(request)
    try:
        _require_post(request)
        _body(request)
        form = request.POST
        asked = chat_request(
            form.get("conversation", ""), form.get("text", ""), payload=form.get("payload") or None
        )
        exchange = await _exchange(asked)
    except Refused as refused:
        context = page.context(language, error=refused.message)
        return await sync_to_async(_page)(request, context, status=refused.status)
    shown = asked.text or page.title_of(asked.payload, form.get("title", ""))
    return await sync_to_async(_page)(request, page.context(language, asked.conversation, shown, exchange))


async def _exchange(asked: ChatRequest) -> Exchange:
    """Raises `Refused` when the database cannot take the message; the dialogue itself never raises."""
    incoming = Received(asked.conversation, new_message_id(), asked.text, asked.payload)
    try:
        return await converse(asked.channel, incoming)
    except DatabaseError as error:
        log_failure(logger, "web chat", error)
        raise Refused(503, "unavailable", "The service is busy. Please try again in a moment.") from None


def _json_body(request: HttpRequest) -> bytes:
    _require_post(request)
    if request.content_type != "application/json":
        raise Refused(415, "unsupported_media_type", "Send JSON with Content-Type: application/json.")
    return _body(request)


def _require_post(request: HttpRequest) -> None:
    if request.method != "POST":
        raise Refused(405, "method_not_allowed", "Use POST.")


def _body(request: HttpRequest) -> bytes:
    """The body, unless it is too large; what the client declares is not read at all then."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        raise too_large()
    body = request.read(LARGEST_BODY + 1) if not hasattr(request, "_body") else request.body
    if len(body) > LARGEST_BODY:
        raise too_large()
    request._body = body  # type: ignore[attr-defined]  # so that request.POST can be read after it
    return body


def _refusal(refused: Refused) -> HttpResponse:
    monitoring.REFUSED.labels(WEB, str(refused.status)).inc()
    response = JsonResponse(refused.to_json(), status=refused.status)
    if refused.status == 405:
        response["Allow"] = "POST"
    return response


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, "channels/chat.html", context, status=status)
    response["Content-Security-Policy"] = page.CONTENT_SECURITY_POLICY
    response["Cache-Control"] = "no-store"  # somebody else may pick up the phone and press "back"
    return response
