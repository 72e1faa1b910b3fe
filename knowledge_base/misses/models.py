"""Questions that missed their answer, without the people who asked them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from knowledge_base.misses.kinds import MissKind
from knowledge_base.models import country_choices, language_choices

KIND_LABELS = {
    MissKind.DECLINED: "We had no answer",
    MissKind.OUT_OF_SCOPE: "Taken for another subject",
    MissKind.NOT_HELPFUL: "The answer did not help",
}


class MissState(models.TextChoices):
    OPEN = "open", "Open"
    ADDED = "added", "Wording added"
    DROPPED = "dropped", "Nothing to do"


class Miss(models.Model):
    """One question. It bears no pseudonym, no link to a conversation and no time but the day.

    text: redacted. article: id of the article that answered it or was withheld, "" if none. nearest: `[[article id,
    share]]`, best first. profile, profile_of: what it is about, for grouping, and the index that told (see `grouping`).
    """

    kind = models.CharField(
        max_length=16, choices=[(kind.value, label) for kind, label in KIND_LABELS.items()]
    )
    text = models.TextField()
    language = models.CharField(max_length=20, choices=language_choices)
    country = models.CharField(max_length=2, blank=True, choices=country_choices)
    channel = models.CharField(max_length=16)
    article = models.CharField(max_length=120, blank=True)
    nearest = models.JSONField(default=list)
    day = models.DateField(db_index=True)
    profile = models.BinaryField(null=True)
    profile_of = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=MissState.choices, default=MissState.OPEN)
    added_to = models.CharField(max_length=120, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_on = models.DateField(null=True)

    class Meta:
        default_permissions: ClassVar = ()
        permissions: ClassVar = [("handle_miss", "Can handle unanswered questions")]
        indexes: ClassVar = [models.Index(fields=["state", "-day", "-id"], name="miss_newest")]
        verbose_name = "unanswered question"

    def __str__(self) -> str:
        return f"{self.kind} {self.day} {self.pk}"
