"""A dialogue that answers without Rasa and without knowledge: predictable, and as slow or broken as a test wants.

`take_turn` has the signature of `bot.turn.take_turn`; a process of its own uses it through the setting TAKE_TURN.
"""

from __future__ import annotations

import asyncio
import os
from datetime import date
from pathlib import Path

from bot.replies import Button, CitedSource, Message, Reply, ReplyKind
from bot.turn import Turn

MORE = Button("Tell me more", "/more")
HELPFUL = Button("Helpful", "/helpful")
SOURCE = CitedSource(
    "Passports of workers", "Labour Office", "https://example.org/passports", date(2026, 11, 22)
)


async def take_turn(turn: Turn) -> Reply:
    """Answers "You said: ..." in the conversation's language. Waits while the file named by FAKE_TURN_WAIT_FILE exists."""
    note(turn)
    wait_file = os.environ.get("FAKE_TURN_WAIT_FILE")
    while wait_file and Path(wait_file).exists():
        await asyncio.sleep(0.01)
    return answer_to(turn)


def answer_to(turn: Turn) -> Reply:
    said = turn.payload or turn.text or f"[{turn.media}]"
    return Reply(
        kind=ReplyKind.ANSWER,
        language=turn.language or "en",
        messages=(
            Message(
                f"You said: {said}",
                footer="Source: Labour Office, checked 22 Nov 2026",
                buttons=(MORE, HELPFUL),
            ),
        ),
        article="sa/passport",
        country="sa",
        candidates=("sa/passport",),
        score=0.91,
        sources=(SOURCE,),
    )


def note(turn: Turn) -> None:
    """Appends the message's id to the file named by FAKE_TURN_LOG, so that a test can count turns over processes."""
    log = os.environ.get("FAKE_TURN_LOG")
    if log:
        with Path(log).open("a", encoding="utf-8") as lines:
            lines.write(f"{turn.message_id}\n")
