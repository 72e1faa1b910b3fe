"""`manage.py run_worker`: answers messages and sends answers until it is told to stop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from huey.consumer import Consumer

from channels.registry import report_channels
from channels.worker import tasks  # noqa: F401 -- tells the queue what its tasks are
from channels.worker.event_loop import event_loop
from channels.worker.queue import queue
from channels.worker.sweep import sweep_for_ever
from channels.worker.upkeep import upkeep_for_ever


class Command(BaseCommand):
    help = "Answers messages and sends answers until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--threads", type=int, default=4, help="conversations answered at the same time (default 4)"
        )

    def handle(self, *args: Any, threads: int, **options: Any) -> None:
        report_channels()
        event_loop.start()
        sweeping = event_loop.begin(sweep_for_ever(settings.SAFAR.worker_sweep_s))
        keeping = event_loop.begin(upkeep_for_ever())
        # A queue in a file must be polled: often enough that nobody notices, seldom enough to cost nothing.
        consumer = Consumer(
            queue, workers=threads, periodic=False, initial_delay=0.05, max_delay=0.25, backoff=1.2
        )
        try:
            consumer.run()
        finally:
            sweeping.cancel()
            keeping.cancel()
            event_loop.stop()
