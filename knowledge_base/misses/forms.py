"""The forms of the page of unanswered questions: its filters, and the wordings to add to an article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import django_filters  # type: ignore[import-untyped]
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.admin.filters import WagtailFilterSet

from knowledge_base.checks import folded
from knowledge_base.misses.grouping import Group
from knowledge_base.misses.models import KIND_LABELS, Miss, MissState
from knowledge_base.models import Article, language_choices
from knowledge_base.vocabulary import MASTER_LANGUAGE
from nlu.places import country_name
from nlu.redaction import MARKS, without_marks

MOST_WORDINGS = 30  # as many as an article may have in all its languages together would be too many to read
ALL = "all"


class MissFilters(WagtailFilterSet):
    """Open questions, unless another state is asked for."""

    state = django_filters.ChoiceFilter(
        choices=[*MissState.choices, (ALL, "All")],
        empty_label=None,
        initial=MissState.OPEN,
        method="in_state",
    )
    kind = django_filters.ChoiceFilter(
        choices=[(kind.value, label) for kind, label in KIND_LABELS.items()], label="What happened"
    )
    language = django_filters.ChoiceFilter(choices=language_choices)
    country = django_filters.ChoiceFilter(choices=lambda: asked_countries())
    days = django_filters.ChoiceFilter(
        choices=[(str(days), f"Last {days} days") for days in (7, 30, 90)], label="Asked", method="in_days"
    )

    class Meta:
        model = Miss
        fields = ("state", "kind", "language", "country", "days")

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        data = data.copy() if data is not None else forms.QueryDict(mutable=True)  # type: ignore[attr-defined]
        data.setdefault("state", MissState.OPEN)
        super().__init__(data, *args, **kwargs)

    def in_state(self, misses: QuerySet[Miss], name: str, value: str) -> QuerySet[Miss]:
        return misses if value == ALL else misses.filter(state=value)

    def in_days(self, misses: QuerySet[Miss], name: str, value: str) -> QuerySet[Miss]:
        return misses.filter(day__gt=timezone.localdate() - timedelta(days=int(value)))


def asked_countries() -> list[tuple[str, str]]:
    codes = Miss.objects.exclude(country="").order_by().values_list("country", flat=True).distinct()
    return sorted(((code, country_name(code, "en")) for code in codes), key=lambda choice: choice[1])


class ArticleForm(forms.Form):
    """Which article the wordings are asked of; those that came nearest are offered first."""

    article = forms.ModelChoiceField(Article.objects.order_by("key"), to_field_name="key")

    def __init__(self, nearest: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = dict(
            Article.objects.filter(texts__language=MASTER_LANGUAGE).values_list("key", "texts__title")
        )
        every = [
            (key, f"{key}: {titles.get(key, '')}") for key in Article.objects.values_list("key", flat=True)
        ]
        near = [choice for key in nearest for choice in every if choice[0] == key]
        self.fields["article"].choices = [("", "Choose"), ("Nearest", near), ("All articles", every)]  # type: ignore[attr-defined]
        self.fields["article"].initial = nearest[0] if near else None


class WordingForm(forms.Form):
    """One wording; only those that are ticked are added."""

    use = forms.BooleanField(required=False)
    language = forms.ChoiceField(choices=language_choices)
    text = forms.CharField(
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 2, "dir": "auto", "class": "miss-wording"}),
    )

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        text = cleaned.get("text", "")
        if cleaned.get("use") and not folded(text):
            self.add_error("text", "Write the question, or take the tick away.")
        if cleaned.get("use") and any(mark in text for mark in MARKS):
            self.add_error("text", "Write it so that it needs no hidden word in brackets.")
        return cleaned


class BaseWordings(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        if not any(self.errors) and not self.questions():
            raise ValidationError("Tick at least one wording.")

    def questions(self) -> dict[str, list[str]]:
        """The ticked ones by language."""
        found: dict[str, list[str]] = {}
        for form in self.forms:
            if form.cleaned_data.get("use"):
                found.setdefault(form.cleaned_data["language"], []).append(form.cleaned_data["text"])
        return found


Wordings = forms.formset_factory(
    WordingForm, formset=BaseWordings, extra=0, max_num=MOST_WORDINGS, absolute_max=MOST_WORDINGS
)


def proposed(group: Group) -> list[dict[str, Any]]:
    """The formset's initial values: one wording of each language ticked."""
    wordings = group.wordings[:MOST_WORDINGS]
    ticked = len({wording.language for wording in wordings})
    return [
        {"use": place < ticked, "language": wording.language, "text": without_marks(wording.text)}
        for place, wording in enumerate(wordings)
    ]
