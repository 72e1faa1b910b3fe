"""The console's page of unanswered questions, and what staff do with them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.generic.base import View
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic import BaseListingView, PermissionCheckedMixin, WagtailAdminTemplateMixin

from knowledge_base.misses.forms import ArticleForm, MissFilters, Wordings, proposed
from knowledge_base.misses.grouping import Group, groups_of
from knowledge_base.misses.models import Miss, MissState
from knowledge_base.misses.wording import CannotAdd, add_questions, may_edit_texts
from knowledge_base.models import Article, ArticleText
from knowledge_base.panels import text_url
from knowledge_base.vocabulary import MASTER_LANGUAGE
from nlu.languages import LANGUAGES

logger = logging.getLogger(__name__)

MOST_SHOWN = 5_000  # rows that are grouped at once, newest first
PROFILED_AT_ONCE = 100  # a second's work; the worker sees to the rest


class MissesView(PermissionCheckedMixin, BaseListingView):
    """Groups of questions that are alike, biggest first."""

    model = Miss
    permission_required = "handle"
    page_title = "Unanswered questions"
    header_icon = "help"
    template_name = "misses/list.html"
    results_template_name = "misses/list_results.html"
    index_url_name = "misses:list"
    index_results_url_name = "misses:list_results"
    filterset_class = MissFilters
    paginate_by = 20
    verbose_name_plural = "unanswered questions"

    def get_queryset(self) -> list[Group]:
        profile_newest()
        misses = self.filter_queryset(Miss.objects.order_by("-day", "-id"))
        self.shown = list(misses[:MOST_SHOWN])
        return groups_of(self.shown)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return context | {
            "articles": articles_named(context["object_list"]),
            "shown": len(self.shown),
            "most_shown": MOST_SHOWN,
            "may_edit_texts": may_edit_texts(self.request.user),
            "next": f"{self.index_url}?{self.request.GET.urlencode()}",
        }


def articles_named(groups: Iterable[Group]) -> dict[str, dict[str, str]]:
    """Address and English title of the articles that the groups name, by key."""
    keys = {key for group in groups for key in (*group.nearest, *(key for key, _ in group.answered_with))}
    edit = Article.snippet_viewset.get_url_name("edit")
    masters = ArticleText.objects.filter(article__key__in=keys, language=MASTER_LANGUAGE)
    return {
        key: {"url": reverse(edit, args=[pk]), "title": title}
        for key, pk, title in masters.values_list("article__key", "article", "title")
    }


def profile_newest() -> None:
    """So that a question asked just now is grouped, too. Without a search it stands alone."""
    # Here, because the search's libraries take a second to load, at the start of every command.
    from knowledge_base.misses.profiles import note_profiles

    try:
        note_profiles(PROFILED_AT_ONCE)
    except (
        RuntimeError
    ) as error:  # IndexUnusable and EncoderUnavailable, whose modules load the model's libraries
        logger.warning("Unanswered questions cannot be grouped: %s", error)


class ChosenMissesView(PermissionCheckedMixin, View):
    """Acts on the questions that were ticked or, when none was, on the whole group."""

    model = Miss
    permission_required = "handle"

    @cached_property
    def chosen(self) -> QuerySet[Miss]:
        lists = self.request.POST.getlist("ticked") or self.request.POST.getlist("misses")
        ids = [int(number) for numbers in lists for number in numbers.split(",") if number.isdecimal()]
        return Miss.objects.filter(pk__in=ids).order_by("-day", "-id")

    def back(self) -> HttpResponse:
        return redirect(get_valid_next_url_from_request(self.request) or reverse("misses:list"))


class DropView(ChosenMissesView):
    def post(self, request: HttpRequest) -> HttpResponse:
        count = close(self.chosen.filter(state=MissState.OPEN), MissState.DROPPED, request.user)
        messages.success(request, f"{count} closed: nothing to do.")
        return self.back()


class ReopenView(ChosenMissesView):
    def post(self, request: HttpRequest) -> HttpResponse:
        closed = self.chosen.exclude(state=MissState.OPEN)
        count = closed.update(state=MissState.OPEN, added_to="", closed_by=None, closed_on=None)
        messages.success(request, f"{count} opened again.")
        return self.back()


class DeleteView(ChosenMissesView):
    """For a text that still tells who asked, since no list has every name. Never a whole group, as it cannot be undone."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if "ticked" not in request.POST:
            messages.warning(request, "Tick what is to be deleted.")
            return self.back()
        count, _ = self.chosen.delete()
        messages.success(request, f"{count} deleted.")
        return self.back()


class AddWordingView(WagtailAdminTemplateMixin, ChosenMissesView):
    """First shows the wordings of the chosen questions to be corrected, then adds the ticked ones to an article's draft."""

    page_title = "Add to the questions of an article"
    header_icon = "help"
    template_name = "misses/add.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        upper = {"url": reverse("misses:list"), "label": MissesView.page_title}
        return [*super().get_breadcrumbs_items(), upper, {"url": "", "label": self.page_title}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_edit_texts(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.chosen:
            return self.back()
        group = Group(tuple(self.chosen))
        if "save" not in request.POST:
            return self.shown(ArticleForm(group.nearest), Wordings(initial=proposed(group)))
        form, wordings = ArticleForm(group.nearest, request.POST), Wordings(request.POST)
        if form.is_valid() & wordings.is_valid() and self.saved(form, wordings):
            return self.back()
        return self.shown(form, wordings)

    def shown(self, form: ArticleForm, wordings: Any) -> HttpResponse:
        next_url = get_valid_next_url_from_request(self.request)
        context = self.get_context_data(form=form, wordings=wordings, misses=self.chosen, next=next_url)
        return TemplateResponse(self.request, self.template_name, context)

    def saved(self, form: ArticleForm, wordings: Any) -> bool:
        article = form.cleaned_data["article"]
        try:
            drafts = add_questions(article, wordings.questions(), self.request.user)
        except CannotAdd as problem:
            form.add_error("article", str(problem))
            return False
        count = close(self.chosen, MissState.ADDED, self.request.user, article.key)
        buttons = [
            messages.button(text_url(text), f"Edit and publish: {LANGUAGES[text.language].name}")
            for text in drafts
        ]
        told = "Drafts are saved; publish them" if drafts else "All of it was there already"
        messages.success(self.request, f"{told}. {count} questions closed.", buttons)
        return True


def close(misses: QuerySet[Miss], state: MissState, user: Any, article: str = "") -> int:
    return misses.update(state=state, added_to=article, closed_by=user, closed_on=timezone.localdate())
