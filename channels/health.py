"""`/healthz`, `/readyz`, `/metrics`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST

from bot.engine import configured_engine
from channels.database import in_database
from channels.monitoring import metrics_text
from knowledge_base.search import current_searcher
from knowledge_base.search.index import POINTER, REBUILD

READY = "ready"
PATIENCE_S = 2.0


async def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


async def readyz(request: HttpRequest) -> HttpResponse:
    """200 when everything a good answer needs is there, else 503; each part says why not."""
    database, dialogue, index = await asyncio.gather(in_database(_database), _dialogue(), _index())
    parts = {"database": database, "dialogue": dialogue, "index": index}
    status = 200 if set(parts.values()) == {READY} else 503
    return JsonResponse(parts, status=status)


async def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format."""
    return HttpResponse(await in_database(metrics_text), content_type=CONTENT_TYPE_LATEST)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM channels_conversation LIMIT 1")
    except DatabaseError as error:
        return f"{type(error).__name__}: is it running, and has `manage.py migrate` been run?"
    return READY


async def _dialogue() -> str:
    engine = configured_engine()
    async with httpx.AsyncClient() as client:
        if await engine.is_ready(client):
            return READY
    return f"no answer from Rasa at {engine.url}: answers come straight from the search meanwhile"


async def _index() -> str:
    """The first call may be the one that loads the model; it goes on loading when we stop waiting."""
    if not (Path(settings.INDEX_DIR) / POINTER).exists():
        return f"no index in {settings.INDEX_DIR}: run `{REBUILD}`"
    try:
        await asyncio.wait_for(asyncio.to_thread(current_searcher), PATIENCE_S)
    except TimeoutError:
        return "the model and the index are still being loaded"
    except Exception as error:  # whatever it is, this page says it instead of breaking
        return str(error) or type(error).__name__
    return READY
