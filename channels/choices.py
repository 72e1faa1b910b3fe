"""Choices as a numbered list, and back: "2", "۲" or the title typed means the second choice."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from bot.replies import Button
from nlu.normalisation import normalise

_NUMBER = regex.compile(r"[^\p{L}\p{Nd}]*(\p{Nd}{1,2})[^\p{L}\p{Nd}]*")
_NOT_WORD = regex.compile(r"[^\w]+")


def numbered(choices: Sequence[Button], heading: str, first: int = 1) -> str:
    """The heading and one line for each choice, "1 Title"; "" without choices."""
    lines = [f"{number} {choice.title}" for number, choice in enumerate(choices, first)]
    return "\n".join([heading, *lines]) if lines else ""


def resolve(text: str, choices: Sequence[Button]) -> str | None:
    """The payload that a typed number (any digits) or title stands for, or None."""
    if number := _NUMBER.fullmatch(text.strip()):
        position = int(number[1])  # int() reads the decimal digits of every script
        return choices[position - 1].payload if 1 <= position <= len(choices) else None
    typed = _folded(text)
    return next((choice.payload for choice in choices if typed and _folded(choice.title) == typed), None)


def _folded(title: str) -> str:
    """Case, marks, letter variants and punctuation do not matter when a title is typed."""
    return _NOT_WORD.sub(" ", normalise(title)).strip()
