"""Forms of the console: the rules that need more than one field or the rows below."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.admin.forms import WagtailAdminModelForm

from knowledge_base.phones import phone_problem
from nlu.languages import LANGUAGES

WRITTEN_IN_THE_LANGUAGE = {"title", "short", "more", "questions"}


class ContactForm(WagtailAdminModelForm):
    """Checks each phone against the country of the contact."""

    def is_valid(self) -> bool:
        valid = bool(super().is_valid())
        country = self.cleaned_data.get("country") or None
        for phone in self.formsets["phones"].forms if "phones" in self.formsets else ():
            data = getattr(phone, "cleaned_data", {})
            problem = (
                phone_problem(data["number"], country)
                if data.get("number") and not data.get("DELETE")
                else None
            )
            if problem:
                phone.add_error("number", problem)
                valid = False
        return valid


class ArticleTextForm(WagtailAdminModelForm):
    """A draft may be unfinished; what is submitted or published must keep every rule.

    ``same_as_english`` stamps a translation as made of the present English text.
    """

    same_as_english = forms.BooleanField(
        required=False,
        label="Says what the English text says now",
        help_text="Tick after comparing; the translation then no longer counts as outdated.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tag = self.instance.language
        attributes = {"dir": LANGUAGES[tag].direction, "lang": tag} if tag in LANGUAGES else {"dir": "auto"}
        for name in WRITTEN_IN_THE_LANGUAGE & set(self.fields):
            self.fields[name].widget.attrs.update(attributes)

    def _post_clean(self) -> None:
        self.instance.draft_may_be_unfinished = self.is_deferred_validation
        try:
            super()._post_clean()
        finally:
            self.instance.draft_may_be_unfinished = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        article = cleaned.get("article")
        if cleaned.get("same_as_english") and article is not None:
            master = article.texts.filter(language="en", live=True).first()
            if master is None:
                self.add_error("same_as_english", "There is no published English text yet.")
            else:
                self.instance.made_from = master.digest
        return cleaned
