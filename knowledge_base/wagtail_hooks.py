"""The menu "Knowledge" of the console."""

from __future__ import annotations

from typing import Any

import django_filters  # type: ignore[import-untyped]
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.admin.ui.tables import Column, LiveStatusTagColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet, SnippetViewSetGroup

from knowledge_base import models
from knowledge_base.panels import TextsPanel
from knowledge_base.queries import with_state
from knowledge_base.vocabulary import CONFIDENCES, TranslationState


class OverdueFilter(django_filters.BooleanFilter):
    """``field_name`` leads to the article's day of review."""

    def filter(self, queryset: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        if value is None:
            return queryset
        late = {f"{self.field_name}__lt": timezone.localdate()}
        return queryset.filter(**late) if value else queryset.exclude(**late)


class ArticleFilters(WagtailFilterSet):
    overdue = OverdueFilter(field_name="review_due", label="Review overdue")

    class Meta:
        model = models.Article
        fields = ("country", "risk", "owner")


class TextFilters(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        choices=[
            (state.value, state.value) for state in TranslationState if state is not TranslationState.MISSING
        ],
        label="State",
    )
    overdue = OverdueFilter(field_name="article__review_due", label="Review overdue")

    class Meta:
        model = models.ArticleText
        fields = ("language", "live", "article__country", "article__risk", "method")


class FactFilters(WagtailFilterSet):
    confidence = django_filters.ChoiceFilter(
        field_name="periods__confidence",
        choices=[(word, word) for word in CONFIDENCES],
        distinct=True,
        label="Confidence",
    )

    class Meta:
        model = models.Fact
        fields = ("article__country", "article")


class CreateTextView(CreateView):
    """Prefilled from the article's page: ``?article=12&language=ps``."""

    def get_initial_form_instance(self) -> models.ArticleText:
        instance: models.ArticleText = super().get_initial_form_instance() or models.ArticleText()
        article = self.request.GET.get("article", "")
        if article.isdecimal() and models.Article.objects.filter(pk=article).exists():
            instance.article_id = int(article)
        instance.language = self.request.GET.get("language", "")[:20]
        return instance


class ArticleViewSet(SnippetViewSet):
    model = models.Article
    icon = "doc-full"
    menu_label = "Articles"
    list_display = (
        "key",
        "country",
        "risk",
        "owner",
        "review_due",
        Column("review_status", label="Review", sort_key="article__review_due"),
    )
    filterset_class = ArticleFilters
    search_fields = ("key",)
    ordering = ("key",)
    edit_handler = TabbedInterface(
        [
            ObjectList([TextsPanel()], heading="Texts and facts"),
            ObjectList(
                [
                    FieldPanel("key"),
                    FieldRowPanel([FieldPanel("country"), FieldPanel("risk"), FieldPanel("owner")]),
                    FieldRowPanel([FieldPanel("every_days"), FieldPanel("last_review")]),
                    FieldPanel("stages"),
                    FieldPanel("topics"),
                    InlinePanel("sources", [FieldPanel("source")], heading="Sources", min_num=1),
                    InlinePanel("contacts", [FieldPanel("contact")], heading="Contacts"),
                    FieldPanel("related"),
                ],
                heading="About the article",
            ),
        ]
    )


class TextViewSet(SnippetViewSet):
    model = models.ArticleText
    icon = "edit"
    menu_label = "Texts"
    add_view_class = CreateTextView
    list_display = (
        "__str__",
        Column("state", label="State", sort_key="state"),
        Column("review_status", label="Review", sort_key="article__review_due"),
        LiveStatusTagColumn(),
    )
    filterset_class = TextFilters
    search_fields = ("article__key", "title", "short", "questions")
    ordering = ("article__key", "language")
    panels = (
        FieldRowPanel([FieldPanel("article"), FieldPanel("language")]),
        FieldPanel("title"),
        FieldPanel("short"),
        FieldPanel("more"),
        FieldPanel("questions"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("method"), FieldPanel("reviewed")]), FieldPanel("same_as_english")],
            heading="Translation",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_state(models.ArticleText.objects.select_related("article"))


class FactViewSet(SnippetViewSet):
    model = models.Fact
    icon = "tag"
    menu_label = "Facts"
    list_display = ("key", "article", Column("value_now", label="Today"))
    filterset_class = FactFilters
    search_fields = ("key", "article__key", "periods__value")
    panels = (
        FieldRowPanel([FieldPanel("key"), FieldPanel("article")]),
        InlinePanel(
            "periods",
            [
                FieldRowPanel([FieldPanel("value"), FieldPanel("unit"), FieldPanel("confidence")]),
                FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
                FieldPanel("source"),
                FieldPanel("note"),
            ],
            heading="Values, oldest first",
            min_num=1,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        facts: QuerySet[Any] = models.Fact.objects.select_related("article").prefetch_related("periods")
        return facts


class ContactViewSet(SnippetViewSet):
    model = models.Contact
    icon = "mobile-alt"
    menu_label = "Contacts"
    list_display = ("__str__", "country", "kind", Column("numbers", label="Numbers"), "confidence", "as_of")
    list_filter = ("country", "kind", "confidence")
    search_fields = ("key", "name", "phones__number")
    panels = (
        FieldRowPanel([FieldPanel("key"), FieldPanel("area")]),
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("country"), FieldPanel("kind")]),
        InlinePanel(
            "phones", [FieldPanel("number"), FieldPanel("whatsapp"), FieldPanel("note")], heading="Phones"
        ),
        FieldPanel("hours"),
        FieldRowPanel([FieldPanel("email"), FieldPanel("url")]),
        FieldPanel("helps_with"),
        FieldPanel("urgent"),
        FieldPanel("languages"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("as_of"), FieldPanel("confidence")]),
        FieldPanel("note"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        contacts: QuerySet[Any] = models.Contact.objects.prefetch_related("phones")
        return contacts


class SourceViewSet(SnippetViewSet):
    model = models.Source
    icon = "link"
    menu_label = "Sources"
    list_display = ("title", "publisher", "kind", "published", "seen")
    list_filter = ("kind", "area")
    search_fields = ("key", "title", "publisher", "url")
    panels = (
        FieldRowPanel([FieldPanel("key"), FieldPanel("area")]),
        FieldPanel("title"),
        FieldRowPanel([FieldPanel("publisher"), FieldPanel("kind")]),
        FieldPanel("url"),
        FieldRowPanel([FieldPanel("published"), FieldPanel("seen")]),
        FieldPanel("note"),
    )


@register_snippet
class KnowledgeGroup(SnippetViewSetGroup):
    menu_label = "Knowledge"
    menu_icon = "openquote"
    menu_order = 100
    items = (ArticleViewSet, TextViewSet, FactViewSet, ContactViewSet, SourceViewSet)
