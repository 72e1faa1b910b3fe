"""`manage.py purge`: deletes what is older than the settings allow. The worker does it daily."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from channels.worker.upkeep import forget_what_is_old


class Command(BaseCommand):
    help = (
        "Deletes messages older than SAFAR_RETENTION_DAYS, people who have nothing left, "
        "and unanswered questions older than SAFAR_MISSES_DAYS."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = forget_what_is_old()
        kept = settings.SAFAR
        self.stdout.write(
            f"Deleted {deleted} rows: messages older than {kept.retention_days} days, "
            f"unanswered questions older than {kept.misses_days}."
        )
