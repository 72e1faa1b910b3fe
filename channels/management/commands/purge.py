"""`manage.py purge`: deletes message texts that are older than the settings allow. The worker does it daily."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from channels.worker.upkeep import forget_what_is_old


class Command(BaseCommand):
    help = "Deletes messages older than SAFAR_RETENTION_DAYS, and people who have nothing left."

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = forget_what_is_old()
        self.stdout.write(f"Deleted {deleted} rows older than {settings.SAFAR.retention_days} days.")
