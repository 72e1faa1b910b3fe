"""Translation state as a database expression, for the lists of the console."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from knowledge_base import models
from knowledge_base.vocabulary import MASTER_LANGUAGE, TranslationState


def with_state(texts: QuerySet[models.ArticleText]) -> QuerySet[Any]:
    """Each text with ``state``: the same rule as `Article.state`, in SQL (a test compares the two)."""
    masters = models.ArticleText.objects.filter(
        article=OuterRef("article"), language=MASTER_LANGUAGE, live=True
    ).values("digest")
    state = Case(
        When(language=MASTER_LANGUAGE, reviewed__isnull=True, then=Value(TranslationState.MACHINE.value)),
        When(language=MASTER_LANGUAGE, then=Value(TranslationState.REVIEWED.value)),
        When(~Q(made_from=F("master_digest")), then=Value(TranslationState.OUTDATED.value)),
        When(method="machine", reviewed__isnull=True, then=Value(TranslationState.MACHINE.value)),
        default=Value(TranslationState.REVIEWED.value),
        output_field=CharField(),
    )
    return texts.annotate(master_digest=Coalesce(Subquery(masters[:1]), F("made_from"))).annotate(state=state)
