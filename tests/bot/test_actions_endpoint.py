"""`/actions` as Rasa calls it, without Rasa."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from django.conf import settings

from bot.actions.endpoint import LARGEST_CALL, actions_application

CALL = {
    "next_action": "action_media",
    "sender_id": "p",
    "tracker": {"sender_id": "p", "slots": {}, "latest_message": {"entities": []}, "events": []},
}


async def post(content: Any, key: str | None = None, **kwargs: Any) -> httpx.Response:
    transport = httpx.ASGITransport(app=actions_application)  # type: ignore[arg-type]
    headers = {"x-safar-action-key": settings.ACTION_KEY if key is None else key}
    async with httpx.AsyncClient(transport=transport, base_url="http://web") as client:
        return await client.post("/actions", json=content, headers=headers, **kwargs)


async def test_an_action_answers_with_an_outcome() -> None:
    answer = await post(CALL)
    assert answer.status_code == 200
    assert answer.json()["responses"][0]["custom"] == {"kind": "media", "phrase": "media_other"}


@pytest.mark.parametrize("key", ["", "wrong"])
async def test_without_the_key_nothing_runs(key: str) -> None:
    assert (await post(CALL, key=key)).status_code == 403


async def test_unknown_action_is_404_and_named() -> None:
    answer = await post({**CALL, "next_action": "action_nonsense"})
    assert answer.status_code == 404
    assert answer.json()["action_name"] == "action_nonsense"


@pytest.mark.parametrize(
    "content",
    [{}, {"next_action": "action_media"}, [], "text"],
    ids=["empty", "no-tracker", "list", "string"],
)
async def test_malformed_calls_are_400(content: Any) -> None:
    assert (await post(content)).status_code == 400


async def test_a_huge_call_is_413() -> None:
    assert (await post({"x": "y" * (LARGEST_CALL + 1)})).status_code == 413
