"""Model fields for lists of words and for one value per key, with form fields that staff can fill in.

All are stored as JSON. `LocalTextField` is ``{"en": "day and night", ...}`` with one input per language, `RanksField`
is ``{"danger": 1, ...}`` with one number per kind of emergency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.text import capfirst

from knowledge_base.vocabulary import URGENT_KINDS
from nlu.languages import LANGUAGES


class WordsInput(forms.CharField):
    """Words separated by commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        words = value if isinstance(value, list) else str(value or "").split(",")
        return [word.strip() for word in words if word.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class WordsField(models.JSONField):
    """A list of words, free or from ``vocabulary``."""

    def __init__(self, *args: Any, vocabulary: Sequence[str] = (), **kwargs: Any) -> None:
        self.vocabulary = tuple(vocabulary)
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> forms.Field:
        common: dict[str, Any] = {
            "label": capfirst(str(self.verbose_name)),
            "help_text": self.help_text,
            "required": not self.blank,
        }
        if self.vocabulary:
            choices = [(word, word) for word in self.vocabulary]
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        return WordsInput(**common)


class KeyedWidget(forms.MultiWidget):
    """One labelled input per key, under each other."""

    template_name = "knowledge_base/keyed_widget.html"

    def __init__(self, labels: Mapping[str, str], widget: type[forms.Widget], attrs: Any = None) -> None:
        self.labels = labels
        super().__init__({key.lower().replace("-", "_"): widget for key in labels}, attrs)

    def decompress(self, value: Any) -> list[Any]:
        return [(value or {}).get(key) for key in self.labels]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts = zip(context["widget"]["subwidgets"], self.labels.items(), strict=True)
        for part, (key, label) in parts:
            direction = LANGUAGES[key].direction if key in LANGUAGES else "ltr"
            part["attrs"] |= {
                "aria-label": label,
                "dir": direction,
                **({"lang": key} if key in LANGUAGES else {}),
            }
            part["label"] = label
        return context


class KeyedInput(forms.MultiValueField):
    def __init__(self, labels: Mapping[str, str], part: type[forms.Field], **kwargs: Any) -> None:
        self.keys = tuple(labels)
        fields = [part(required=False) for _ in labels]
        widget = KeyedWidget(labels, fields[0].widget.__class__)
        super().__init__(fields, widget=widget, require_all_fields=False, **kwargs)

    def compress(self, values: Sequence[Any]) -> dict[str, Any]:
        return {key: value for key, value in zip(self.keys, values, strict=False) if value not in (None, "")}


class _KeyedField(models.JSONField):
    part: type[forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def labels(self) -> Mapping[str, str]:
        raise NotImplementedError

    def formfield(self, **kwargs: Any) -> forms.Field:
        return KeyedInput(
            self.labels(),
            self.part,
            label=capfirst(str(self.verbose_name)),
            help_text=self.help_text,
            required=not self.blank,
        )


class LocalTextField(_KeyedField):
    """A text per language tag."""

    part = forms.CharField

    def labels(self) -> Mapping[str, str]:
        return {tag: language.name for tag, language in LANGUAGES.items()}


class RanksField(_KeyedField):
    """Kind of emergency -> rank, 1 = to be called first."""

    part = forms.IntegerField

    def labels(self) -> Mapping[str, str]:
        return {kind: kind for kind in URGENT_KINDS}
