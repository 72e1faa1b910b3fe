from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from bot.engine import Engine, EngineUnavailable
from bot.outcomes import Outcome
from bot.replies import ReplyKind

ENGINE = Engine("http://127.0.0.1:1", timeout_s=1)


async def ask(handler: Callable[[httpx.Request], httpx.Response]) -> tuple[Outcome, ...]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as client:
        return await ENGINE.ask(client, "pseudonym", "text", {"language": "ur"})


async def test_outcomes_are_read_in_order() -> None:
    answer = [
        {"recipient_id": "p", "custom": {"kind": "menu"}},
        {"recipient_id": "p", "custom": {"kind": "answer", "article": "sa/wages"}},
    ]
    outcomes = await ask(lambda request: httpx.Response(200, json=answer))
    assert outcomes == (Outcome(ReplyKind.MENU), Outcome(ReplyKind.ANSWER, article="sa/wages"))


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json={"error": "x"}),
        httpx.Response(200, json=[{"custom": {"kind": "no such"}}]),
        httpx.Response(200, json=[{"custom": "text"}]),
    ],
    ids=["server-error", "no-answer", "not-json", "not-a-list", "unknown-kind", "not-an-object"],
)
async def test_anything_else_makes_the_engine_unavailable(response: httpx.Response) -> None:
    with pytest.raises(EngineUnavailable):
        await ask(lambda request: response)


async def test_a_slow_engine_is_unavailable() -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(EngineUnavailable, match="ReadTimeout"):
        await ask(slow)
