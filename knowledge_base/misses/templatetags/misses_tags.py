"""How the page of unanswered questions names languages, countries and articles."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html

from nlu.languages import LANGUAGES
from nlu.places import COUNTRIES, country_name

register = template.Library()


@register.filter
def language_name(tag: str) -> str:
    return LANGUAGES[tag].name if tag in LANGUAGES else tag


@register.filter
def country(code: str) -> str:
    return country_name(code, "en") if code in COUNTRIES else code


@register.simple_tag(takes_context=True)
def article_link(context: Any, key: str) -> str:
    """The article's title and key, with the way to it; only the key of one that is gone."""
    article = context["articles"].get(key)
    return format_html('<a href="{url}">{title}</a> ({})', key, **article) if article else key
