"""What the edit page of an article shows beside its fields: its texts in every language, and its facts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from wagtail.admin.panels import Panel

from knowledge_base import models
from knowledge_base.queries import with_state
from knowledge_base.vocabulary import TranslationState
from nlu.languages import LANGUAGES


class TextsPanel(Panel):
    """One line per language: state, and a link to edit or to add the text."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "knowledge_base/texts_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"rows": text_rows(self.instance), "facts": fact_rows(self.instance)}

        def is_shown(self) -> bool:
            return bool(super().is_shown() and self.instance.pk)


def text_rows(article: models.Article) -> list[dict[str, Any]]:
    texts = {text.language: text for text in with_state(article.texts.all())}
    add = reverse(models.ArticleText.snippet_viewset.get_url_name("add"))
    rows = []
    for tag, language in LANGUAGES.items():
        text = texts.get(tag)
        url = text_url(text) if text else f"{add}?{urlencode({'article': article.pk, 'language': tag})}"
        status = f"{text.state}, {text.status_string}" if text else TranslationState.MISSING.value
        rows.append({"language": language, "title": text.title if text else "", "status": status, "url": url})
    return rows


def fact_rows(article: models.Article) -> list[dict[str, Any]]:
    edit = models.Fact.snippet_viewset.get_url_name("edit")
    return [
        {"key": fact.key, "periods": fact.periods.all(), "url": reverse(edit, args=[fact.pk])}
        for fact in article.facts.prefetch_related("periods")
    ]


def text_url(text: models.ArticleText) -> str:
    return reverse(models.ArticleText.snippet_viewset.get_url_name("edit"), args=[text.pk])
