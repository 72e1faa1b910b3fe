"""The web chat: its page, the same without JavaScript, and the JSON API."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from bot import trackers
from channels.database import in_database
from channels.pseudonyms import pseudonym
from channels.registry import WEB
from channels.retention import forget_conversation
from channels.web import page
from channels.web.api import LARGEST_BODY, Refused, chat_request, parse_forget_request, too_large
from channels.web.chat import answer_chat, count_refusal, exchange_for, require_json


@csrf_exempt  # no cookie gives any right here: who knows a conversation's id may write in it
async def chat_api(request: HttpRequest) -> HttpResponse:
    """POST a message, get the answer. Errors: ``{"error": {"code", "message", "field"}}``."""
    try:
        body = _body(request)
    except Refused as refused:
        return _refusal(refused)
    status, answer = await answer_chat(request.method, request.content_type or "", body)
    return _json(status, answer)


@csrf_exempt
async def chat_forget(request: HttpRequest) -> HttpResponse:
    """POST ``{"conversation"}``: deletes all that is stored of it."""
    try:
        require_json(request.method, request.content_type or "")
        conversation = parse_forget_request(_body(request))
    except Refused as refused:
        return _refusal(refused)
    name = pseudonym(WEB, conversation)
    await in_database(forget_conversation, name)
    await in_database(trackers.forget, [name])
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
        if request.method != "POST":
            raise Refused(405, "method_not_allowed", "Use POST.")
        _body(request)
        form = request.POST
        asked = chat_request(
            form.get("conversation", ""), form.get("text", ""), payload=form.get("payload") or None
        )
        exchange = await exchange_for(asked)
    except Refused as refused:
        context = page.context(language, error=refused.message)
        return await sync_to_async(_page)(request, context, status=refused.status)
    shown = asked.text or page.title_of(asked.payload, form.get("title", ""))
    return await sync_to_async(_page)(request, page.context(language, asked.conversation, shown, exchange))


def _body(request: HttpRequest) -> bytes:
    """The body, unless it is too large; what the client declares is not read at all then."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        raise too_large()
    body = request.read(LARGEST_BODY + 1) if not hasattr(request, "_body") else request.body
    if len(body) > LARGEST_BODY:
        raise too_large()
    request._body = body  # so that request.POST can be read after it
    return body


def _refusal(refused: Refused) -> HttpResponse:
    count_refusal(refused)
    return _json(refused.status, refused.to_json())


def _json(status: int, answer: dict[str, Any]) -> HttpResponse:
    response = JsonResponse(answer, status=status, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    if status == 405:
        response["Allow"] = "POST"
    return response


def _page(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    response = render(request, "channels/chat.html", context, status=status)
    response["Content-Security-Policy"] = page.CONTENT_SECURITY_POLICY
    response["Cache-Control"] = "no-store"  # somebody else may pick up the phone and press "back"
    return response
