"""Where the providers' webhooks arrive: check, store once, answer at once, wake the worker."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from bot.failures import log_failure
from channels import monitoring
from channels.contract import Channel, Incoming, Malformed, Unauthenticated, WebhookRequest
from channels.inbox import accept
from channels.registry import WEBHOOK_CHANNELS, enabled_channels
from channels.worker.tasks import wake

logger = logging.getLogger(__name__)

LARGEST_BODY = 64 * 1024  # bytes; Telegram's and Twilio's notices are a few KiB


@csrf_exempt  # the providers prove themselves by a signature or a secret token instead
def webhook(request: HttpRequest, name: str) -> HttpResponse:
    """One provider's notice. Never a 500 for what somebody sends: 400, 401, 404, 405, 413 or 415 with one sentence."""
    channel = enabled_channels().get(name)
    if channel is None:
        known = "off: it has no credentials" if name in WEBHOOK_CHANNELS else "not known here"
        return _refused("unknown", 404, f"Channel {name} is {known}.")
    if request.method != "POST":
        return _refused(name, 405, "Webhooks are POST requests.", {"Allow": "POST"})
    body = _bounded_body(request)
    if body is None:
        return _refused(name, 413, f"A notice may have at most {LARGEST_BODY} bytes.")
    return _answered(channel, _webhook_request(request, body))


def _answered(channel: Channel, request: WebhookRequest) -> HttpResponse:
    try:
        channel.verify(request)
        incoming = channel.parse(request)
    except Unauthenticated as error:
        return _refused(channel.name, 401, str(error))
    except Malformed as error:
        return _refused(channel.name, 400, str(error))
    try:
        _take_in(channel.name, incoming)
    except DatabaseError as error:
        log_failure(logger, f"storing a notice of {channel.name}", error)
        return _refused(channel.name, 503, "The message could not be stored; please deliver it again.")
    answer = channel.answer(incoming)
    return HttpResponse(answer.body, content_type=answer.content_type)


def _take_in(name: str, incoming: Sequence[Incoming]) -> None:
    """Raises `DatabaseError`: then the provider must deliver again."""
    for conversation in sorted(accept(name, incoming)):
        wake(conversation)


def _bounded_body(request: HttpRequest) -> bytes | None:
    """The raw body; None if it is, or says that it is, too large."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > LARGEST_BODY:
        return None
    body = request.read(LARGEST_BODY + 1)
    return None if len(body) > LARGEST_BODY else body


def _webhook_request(request: HttpRequest, body: bytes) -> WebhookRequest:
    """Behind a proxy only the configured public address is what the provider called and signed."""
    return WebhookRequest(
        method=request.method or "",
        headers={header.lower(): value for header, value in request.headers.items()},
        body=body,
        url=settings.SAFAR.public_url.rstrip("/") + request.get_full_path(),
    )


def _refused(name: str, status: int, sentence: str, headers: dict[str, str] | None = None) -> HttpResponse:
    monitoring.REFUSED.labels(name, str(status)).inc()
    logger.warning("webhook %s refused with %d", name, status)
    return HttpResponse(
        f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers
    )
