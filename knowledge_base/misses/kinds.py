"""The ways in which a question misses its answer."""

from __future__ import annotations

from enum import StrEnum


class MissKind(StrEnum):
    """DECLINED: we said that we do not know, or the article was withheld. OUT_OF_SCOPE: taken for another subject.
    NOT_HELPFUL: the person said so of an answer, or chose none of the articles offered."""

    DECLINED = "declined"
    OUT_OF_SCOPE = "out-of-scope"
    NOT_HELPFUL = "not-helpful"
