"""The Markdown file of one article in one language: front matter, short answer, marker, more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from knowledge_base.entries import ArticleText
from knowledge_base.yaml_style import Flow, write_yaml

MARKER = "<!-- more -->"
_FRONT_MATTER = re.compile(r"\A---\n(?P<head>.*?\n)---\n(?P<body>.*)\Z", re.DOTALL)


class NotAnArticleText(ValueError):
    """The file has no front matter or not exactly one marker."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The three parts of a file, still as text; ``head`` is YAML."""

    head: str
    short: str
    more: str


def split_text(content: str) -> Parts:
    """Raises `NotAnArticleText` with the remedy in its message."""
    match = _FRONT_MATTER.match(content.replace("\r\n", "\n").removeprefix("\ufeff"))
    if match is None:
        raise NotAnArticleText("the file does not begin with front matter between two lines of ---")
    body = match["body"].split(MARKER)
    if len(body) != 2:
        raise NotAnArticleText(
            f"the marker {MARKER} must stand exactly once, between the short answer and the rest"
        )
    return Parts(match["head"], tidy(body[0]), tidy(body[1]))


def tidy(text: str) -> str:
    """No trailing blanks, at most one empty line in a row, nothing before or after."""
    lines = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines)


def front_matter(text: ArticleText) -> dict[str, Any]:
    head: dict[str, Any] = {"title": text.title, "questions": list(text.questions)}
    translation: dict[str, Any] = {"method": text.method} if text.method else {}
    if text.made_from:
        translation["of"] = text.made_from
    if text.reviewed:
        translation["reviewed"] = text.reviewed
    if translation:
        head["translation"] = Flow(translation)
    return head


def write_text(text: ArticleText) -> str:
    """The canonical file of a text."""
    body = f"{tidy(text.short)}\n\n{MARKER}\n\n{tidy(text.more)}".rstrip()
    return f"---\n{write_yaml(front_matter(text))}---\n{body}\n"
