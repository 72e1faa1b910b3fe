"""What is searched: one row per title, question and short answer of every article and language."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from knowledge_base.content import Library


class Field(IntEnum):
    """The part of an article that a row holds. The numbers stand in index files: add, never change."""

    TITLE = 0
    QUESTION = 1
    SHORT = 2


@dataclass(frozen=True, order=True)
class Document:
    """``topic`` is what articles of several countries share: ``passport`` for ``sa/passport``, the whole id for an
    article without a country."""

    article_id: str
    topic: str
    country: str | None
    language: str
    field: Field
    text: str
    position: int = 0
    """Of a question among the article's questions in this language."""

    @cached_property
    def digest(self) -> bytes:
        """Names the row's vector: a short answer is encoded as a passage, all else as people ask."""
        return text_digest(f"{self.is_passage:d}{self.text}")

    @property
    def is_passage(self) -> bool:
        return self.field is Field.SHORT


def text_digest(text: str) -> bytes:
    """16 bytes that name a text."""
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=16).digest()


def topic_of(article_id: str, country: str | None) -> str:
    return article_id.removeprefix(f"{country}/") if country else article_id


def documents_of(library: Library) -> list[Document]:
    return sorted(set(_rows(library)), key=lambda row: (row.article_id, row.language, row.field, row.text))


def _rows(library: Library) -> Iterator[Document]:
    for article in library.articles.values():
        topic = topic_of(article.id, article.country)
        for language, text in article.texts.items():
            parts: Iterable[tuple[Field, str, int]] = [
                (Field.TITLE, text.title, 0),
                *((Field.QUESTION, question, position) for position, question in enumerate(text.questions)),
                (Field.SHORT, text.short, 0),
            ]
            for field, words, position in parts:
                if words.strip():
                    yield Document(article.id, topic, article.country, language, field, words, position)
