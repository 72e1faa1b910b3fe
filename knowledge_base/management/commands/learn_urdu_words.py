"""`manage.py learn_urdu_words`: the Urdu words that Roman Urdu may mean, and which follow which, from our own Urdu texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from knowledge_base.content import Library
from knowledge_base.files import CONTENT_ROOT, load_library
from knowledge_base.rendering import PLACEHOLDER
from knowledge_base.search.training_examples import training_examples
from nlu.clauses import sentences
from nlu.identification import identify
from nlu.transliteration import TABLE, learn, write

LANGUAGE = "ur"
_LIST_MARK = re.compile(r"^\s*(?:\d+\.|[-*])\s", re.MULTILINE)
_ANY_NUMBER = "0"  # a fact stands for a number more often than for a word


class Command(BaseCommand):
    help = "Write nlu/data/urdu_words.tsv anew from the Urdu articles. The search index has to be built anew then."

    def handle(self, *args: Any, **options: Any) -> None:
        library = load_library(CONTENT_ROOT, datetime.now(UTC).date())
        messages = (text for text, _ in training_examples() if identify(text).language == LANGUAGE)
        words = learn(_sentences(library), messages)
        write(words)
        self.stdout.write(f"{len(words.counts)} words and {len(words.pairs)} pairs: {TABLE}")


def _sentences(library: Library) -> Iterator[str]:
    for article in library.articles.values():
        if text := article.texts.get(LANGUAGE):
            yield from (text.title, *text.questions)
            for part in (text.short, text.more):
                yield from sentences(PLACEHOLDER.sub(_ANY_NUMBER, _LIST_MARK.sub("", part)))
