"""`manage.py telegram_poll`: fetches Telegram's updates itself, for a machine that Telegram cannot reach."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from channels.registry import enabled_channels
from channels.telegram.adapter import TelegramChannel
from channels.telegram.polling import poll_for_ever


class Command(BaseCommand):
    help = (
        "Fetches Telegram's updates by long polling, for development. Run `manage.py run_worker` beside it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        channel = enabled_channels().get("telegram")
        if not isinstance(channel, TelegramChannel):
            raise CommandError("Telegram is off: set TELEGRAM_TOKEN and TELEGRAM_SECRET.")
        self.stdout.write("Fetching Telegram's updates. Its webhook is removed; Ctrl-C stops.")
        try:
            asyncio.run(poll_for_ever(channel))
        except KeyboardInterrupt:
            self.stdout.write("Stopped. Set the webhook again with `manage.py telegram_webhook`.")
