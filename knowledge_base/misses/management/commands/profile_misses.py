"""`manage.py profile_misses`: note what the open unanswered questions are about. The worker does it every hour."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Note what each open unanswered question is about, so that the console can group them."

    def handle(self, *args: Any, **options: Any) -> str:
        from knowledge_base.misses.profiles import note_profiles
        from knowledge_base.search.encoder import EncoderUnavailable
        from knowledge_base.search.index import IndexUnusable

        try:
            return f"{note_profiles()} questions profiled."
        except (IndexUnusable, EncoderUnavailable) as error:
            raise CommandError(str(error)) from error
