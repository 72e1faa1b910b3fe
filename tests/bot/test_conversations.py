"""Conversations played through the real Rasa and the real search: ``tests/conversations/<tag>.yml``."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.replies import Reply
from bot.turn import Turn, take_turn
from nlu.languages import LANGUAGES

DIRECTORY = Path(__file__).parent.parent / "conversations"
FIELDS = {
    "say",
    "tap",
    "media",
    "kind",
    "kinds",
    "not_kind",
    "article",
    "country",
    "language",
    "contains",
    "pin",
    "handoff",
    "first",
}


def conversations() -> list[Any]:
    return [
        pytest.param(conversation["steps"], id=f"{path.stem}: {conversation['name']}")
        for path in sorted(DIRECTORY.glob("*.yml"))
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def test_every_language_has_conversations() -> None:
    assert {path.stem for path in DIRECTORY.glob("*.yml")} == set(LANGUAGES)


@pytest.mark.rasa
@pytest.mark.model
@pytest.mark.parametrize("steps", conversations())
async def test_conversation(steps: list[dict[str, Any]], engine: None) -> None:
    turn = Turn(f"test-{secrets.token_hex(8)}", "", "web", first_contact=True)
    for step in steps:
        assert set(step) <= FIELDS, f"unknown fields in {step}"
        reply = await take_turn(
            replace(turn, text=step.get("say", ""), payload=step.get("tap"), media=step.get("media"))
        )
        expect(step, reply)
        language = reply.pin_language or (turn.language if turn.pinned else reply.language)
        turn = replace(
            turn, language=language, pinned=turn.pinned or bool(reply.pin_language), first_contact=False
        )


def expect(step: dict[str, Any], reply: Reply) -> None:
    said = f"{step} got {reply}"
    text = "\n".join(message.text for message in reply.messages)
    assert not reply.degraded, said
    assert text.strip(), said
    assert reply.kind == step.get("kind", reply.kind), said
    assert reply.kind in step.get("kinds", [reply.kind]), said
    assert reply.kind != step.get("not_kind"), said
    assert reply.article == step.get("article", reply.article), said
    assert reply.country == step.get("country", reply.country), said
    assert reply.language == step.get("language", reply.language), said
    assert step.get("first") in (None, reply.article, *reply.candidates[:1]), said
    assert reply.pin_language == step.get("pin"), said
    assert reply.handoff == step.get("handoff", False), said
    for part in step.get("contains", []):
        assert part in text, said
    if reply.kind == "answer":
        assert reply.sources, said
