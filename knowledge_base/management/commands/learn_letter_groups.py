"""`manage.py learn_letter_groups`: what tells the languages in Arabic script apart, learnt from the articles' questions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from knowledge_base.files import CONTENT_ROOT, load_library
from nlu.languages import LANGUAGES
from nlu.letter_groups import TABLE, learn, write

SCRIPT = "Arab"


class Command(BaseCommand):
    help = "Write nlu/data/letter_groups.tsv anew from the questions in the content files (half a minute)."

    def handle(self, *args: Any, **options: Any) -> None:
        library = load_library(CONTENT_ROOT, datetime.now(UTC).date())
        texts = [
            (question, tag)
            for article in library.articles.values()
            for tag, text in article.texts.items()
            if LANGUAGES[tag].script == SCRIPT
            for question in text.questions
        ]
        self.stdout.write(f"Learning from {len(texts)} questions ...")
        table = learn(texts)
        write(table)
        self.stdout.write(f"{len(table) - 1} letter groups: {TABLE}")
