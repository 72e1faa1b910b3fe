"""Asking the rows of an evaluation set, each as a new conversation."""

from __future__ import annotations

import secrets
import time

from bot.degraded import decide_without_engine
from bot.turn import Turn, language_of, take_turn
from config.evaluation.figures import Result
from config.evaluation.rows import Row


async def whole_path(row: Row) -> Result:
    """Through Rasa, as a message of the web chat."""
    start = time.perf_counter()
    reply = await take_turn(Turn(f"evaluate-{secrets.token_hex(8)}", row.text, "web"))
    found = _found(reply.article, reply.candidates)
    return Result(row, reply.kind, reply.language, found, time.perf_counter() - start, reply.score)


def without_rasa(row: Row) -> Result:
    """What is answered when Rasa is down: the same rules, act model and search, in this process."""
    start = time.perf_counter()
    language = language_of(Turn("evaluate", row.text, "web"))
    outcome = decide_without_engine(row.text, None, None, language)[0]
    found = _found(outcome.article, outcome.candidates)
    return Result(row, outcome.kind, language, found, time.perf_counter() - start, outcome.score)


def _found(article: str | None, candidates: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(([article] if article else []) + list(candidates)))
