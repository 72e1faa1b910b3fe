"""The console's menu item, addresses and permission, and the count on its first page."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.site_summary import SummaryItem

from knowledge_base.misses import views
from knowledge_base.misses.models import Miss, MissState

MAY_HANDLE = "misses.handle_miss"


def addresses() -> list[URLPattern | URLResolver]:
    patterns = [
        path("", views.MissesView.as_view(), name="list"),
        path("results/", views.MissesView.as_view(results_only=True), name="list_results"),
        path("add/", views.AddWordingView.as_view(), name="add"),
        path("drop/", views.DropView.as_view(), name="drop"),
        path("reopen/", views.ReopenView.as_view(), name="reopen"),
        path("delete/", views.DeleteView.as_view(), name="delete"),
    ]
    return [path("unanswered/", include((patterns, "misses")))]


class MissesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MAY_HANDLE)


def menu_item() -> MenuItem:
    return MissesMenuItem("Unanswered", reverse("misses:list"), icon_name="help", order=101)


def permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(content_type__app_label="misses")


class OpenMisses(SummaryItem):
    order = 50
    template_name = "misses/summary.html"

    def is_shown(self) -> bool:
        return bool(self.request.user.has_perm(MAY_HANDLE))

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"count": Miss.objects.filter(state=MissState.OPEN).count()}


def count_open(request: HttpRequest, items: list[SummaryItem]) -> None:
    items.append(OpenMisses(request))


hooks.register("register_admin_urls", addresses)
hooks.register("register_admin_menu_item", menu_item)
hooks.register("register_permissions", permissions)
hooks.register("construct_homepage_summary_items", count_open)
