"""What an installation does by itself: a new index after staff changed an article, noting what unanswered questions are
about, and forgetting what is old enough."""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from bot import trackers
from bot.failures import log_failure
from channels.database import in_database
from channels.retention import purge
from knowledge_base.misses.models import Miss, MissState
from knowledge_base.misses.recording import forget_before
from knowledge_base.models import ContentVersion

logger = logging.getLogger(__name__)

EVERY_S = 20.0
PROFILE_EVERY = timedelta(hours=1)
PURGE_EVERY = timedelta(hours=24)


async def upkeep_for_ever() -> None:
    """Looks every `EVERY_S` seconds; a failure is logged and tried again the next time."""
    indexed = await in_database(ContentVersion.current)
    profiled_at = timezone.now()
    purged_at = timezone.now() - PURGE_EVERY
    while True:
        try:
            version = await in_database(ContentVersion.current)
            if version != indexed and await run_command("build_index"):
                indexed = version
            if timezone.now() - profiled_at >= PROFILE_EVERY:
                if await in_database(Miss.objects.filter(state=MissState.OPEN).exists):
                    await run_command("profile_misses")
                profiled_at = timezone.now()
            if timezone.now() - purged_at >= PURGE_EVERY:
                await in_database(forget_what_is_old)
                purged_at = timezone.now()
        except Exception as error:  # the edge of the worker: the next round must come
            log_failure(logger, "upkeep", error)
        await asyncio.sleep(EVERY_S)


async def run_command(name: str) -> bool:
    """True if it went well. In a process of its own, so that the worker never holds the encoder's memory."""
    command = (sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), name)
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    if code := await process.wait():
        logger.error("manage.py %s ended with %d; run it by hand to see why", name, code)
    return code == 0


def forget_what_is_old() -> int:
    """Deletes messages, Rasa's events and unanswered questions older than the settings say; the number of rows."""
    days = settings.SAFAR.retention_days
    now = timezone.now()
    misses = forget_before(timezone.localdate() - timedelta(days=settings.SAFAR.misses_days))
    return purge(now, days) + trackers.purge(now - timedelta(days=days)) + misses
