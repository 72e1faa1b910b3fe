"""Every change of what is published raises the content version, once it is committed `content_changed` is sent."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal

content_changed = Signal()
"""Sent after the commit of a change, without arguments beyond the sender: time to look at the index."""

# Columns that Wagtail writes when a draft is saved; what is published stays as it is.
BOOKKEEPING = frozenset(
    {
        "latest_revision",
        "latest_revision_id",
        "has_unpublished_changes",
        "locked",
        "locked_at",
        "locked_by",
        "locked_by_id",
        "digest",
    }
)


def connect() -> None:
    from knowledge_base import models

    rows = (
        models.Source,
        models.Contact,
        models.ContactPhone,
        models.Article,
        models.ArticleSource,
        models.ArticleContact,
        models.ArticleText,
        models.Fact,
        models.FactPeriod,
    )
    for model in rows:
        post_save.connect(_saved, sender=model, dispatch_uid=f"content-saved-{model.__name__}")
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"content-deleted-{model.__name__}")


def _saved(sender: Any, update_fields: Any = None, **_: Any) -> None:
    if update_fields is None or not set(update_fields) <= BOOKKEEPING:
        _changed(sender)


def _deleted(sender: Any, **_: Any) -> None:
    _changed(sender)


def _changed(sender: Any) -> None:
    from knowledge_base.models import ContentVersion

    ContentVersion.bump()
    transaction.on_commit(lambda: content_changed.send(sender))
