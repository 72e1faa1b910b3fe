"""`manage.py telegram_webhook`: tells Telegram where to deliver, with the secret token that proves it is Telegram."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from telegram.error import TelegramError

from channels.registry import enabled_channels
from channels.telegram.adapter import TelegramChannel
from channels.telegram.updates import ALLOWED_UPDATES


class Command(BaseCommand):
    help = "Sets Telegram's webhook to SAFAR_PUBLIC_URL/webhooks/telegram/."

    def handle(self, *args: Any, **options: Any) -> None:
        channel = enabled_channels().get("telegram")
        if not isinstance(channel, TelegramChannel):
            raise CommandError("Telegram is off: set TELEGRAM_TOKEN and TELEGRAM_SECRET.")
        url = f"{settings.SAFAR.public_url.rstrip('/')}/webhooks/telegram/"
        if not url.startswith("https://"):
            raise CommandError(f"Telegram delivers to https:// only, and SAFAR_PUBLIC_URL makes {url}.")
        try:
            async_to_sync(channel.set_webhook)(url, ALLOWED_UPDATES)
        except TelegramError as error:
            raise CommandError(f"Telegram refused: {error.message}") from None
        self.stdout.write(f"Telegram delivers to {url} now.")
