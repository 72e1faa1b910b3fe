"""What an article says of one aspect of its subject (cost, time, place ...): its own sentences and list items, chosen, never reworded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from knowledge_base.entries import ArticleText
from knowledge_base.rendering import (
    CURRENCIES,
    LIST_ITEM,
    PLACEHOLDER,
    Placeholder,
    placeholders,
    render,
    unwrapped,
)
from nlu.aspects import Aspect, tells

if TYPE_CHECKING:
    from knowledge_base.content import Library

# A question belongs to the sentence after it ("Asked for more? Call ...").
_SENTENCE_END = re.compile(r"(?<=[.!۔])\s+")
_SPANS = frozenset({"days", "weeks", "months", "years", "hours", "minutes", "date"})


@dataclass(frozen=True)
class Passage:
    """A sentence or list item, placeholders unfilled. ``heading`` is the line that announces its list."""

    heading: str
    text: str
    numbered: bool = False


def excerpt(library: Library, article_id: str, language: str, today: date, aspect: Aspect) -> tuple[str, ...]:
    """The lines that tell of the aspect, in the article's order, each heading once; none if it says nothing of it.

    `Library.answer` must have an answer for the same arguments: raises `NotRenderable` where that is withheld.
    """
    text = library.article(article_id).text_for(language)
    chosen = (
        [passage for passage in passages(text) if _is_about(passage, aspect, library, today)] if text else []
    )
    lines = dict.fromkeys(line for passage in chosen for line in _lines(passage, aspect))
    return tuple(render(line, library, text.language, today) for line in lines) if text else ()


def passages(text: ArticleText) -> Iterator[Passage]:
    """The article cut into sentences and list items, the short answer first."""
    heading, list_of = "", ""
    for line in unwrapped(f"{text.short}\n\n{text.more}").splitlines():
        if LIST_ITEM.match(line):
            sign = "-" if line.startswith("-") else "1"
            if list_of not in ("", sign):  # another list has begun
                heading = ""
            list_of = sign
            yield Passage(heading, line, numbered=sign == "1")
        elif line:
            list_of, heading = "", line if line.endswith(":") else ""
            yield from (Passage("", sentence) for sentence in _SENTENCE_END.split(line) if not heading)


def _lines(passage: Passage, aspect: Aspect) -> Iterator[str]:
    """Numbers stay where all the steps are shown; the fourth alone would make one look for three others."""
    if passage.heading:
        yield passage.heading
    keeps_number = not passage.numbered or aspect is Aspect.STEPS
    yield passage.text if keeps_number else LIST_ITEM.sub("- ", passage.text, count=1)


def _is_about(passage: Passage, aspect: Aspect, library: Library, today: date) -> bool:
    if aspect is Aspect.STEPS:
        return passage.numbered
    words = PLACEHOLDER.sub("", passage.text)
    if aspect in (Aspect.COST, Aspect.TIME) and tells(words, Aspect.PENALTY):
        return False  # a fine is no price, a prison term no waiting time
    found = placeholders(passage.text)
    return any(_shows(each, aspect, library, today) for each in found) or tells(words, aspect)


def _shows(placeholder: Placeholder, aspect: Aspect, library: Library, today: date) -> bool:
    """Whether what fills the placeholder is of the aspect: an amount of money, a length of time, an address, a number."""
    if placeholder.field != "fact":
        return aspect is (Aspect.PLACE if placeholder.field == "url" else Aspect.PHONE)
    fact = library.facts.get(placeholder.key)
    period = fact.on(today) if fact else None
    if period is None:
        return False
    if aspect is Aspect.COST:
        return period.unit in CURRENCIES
    return aspect is Aspect.TIME and (period.unit in _SPANS or isinstance(period.value, date))
