from __future__ import annotations

from django.apps import AppConfig


class MissesConfig(AppConfig):
    name = "knowledge_base.misses"
    verbose_name = "Unanswered questions"
    default_auto_field = "django.db.models.BigAutoField"
