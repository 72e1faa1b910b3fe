"""What the dialogue decided, without a word of text.

Rasa (its rules and our actions) yields `Outcome`s; `bot.composing` puts them into the person's language. So no answer text
and no language logic goes through Rasa, and its tracker keeps decisions instead of texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.replies import ReplyKind
from nlu.acts import Act

LEAST_SHARE = 0.1  # of the best candidate's, to be offered beside it


class MalformedOutcome(ValueError):
    """The dialogue engine sent something that is no outcome."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One decision.

    kind: what the reply will be.
    phrase: key in ``bot/responses/<tag>.yml`` for replies that are a fixed phrase.
    article, country, candidates, score: what the search found; candidates are article ids or, for kind
        ``country``, country codes; for kind ``menu`` groups or article ids. shares: of each candidate in the likelihood, if
        they are articles that a search found.
    earlier: it answers the question asked before this message (which named a country, or chose from a list).
    topic: what a question is about while its country is still unknown (`passport` of `sa/passport`).
    urgency: kind of emergency (`nlu.urgency.UrgencyKind` values).
    aspect: what a follow-up asks of the article (`nlu.aspects.Aspect` values); none if nothing that we know.
    language: tag that the person asked for, for kind ``language``.
    cautious: the message sounded like an emergency; the reply says what to do if it is one.
    further: payload that brings the next candidates, for a menu with more of them than one list holds.
    """

    kind: ReplyKind
    phrase: str | None = None
    article: str | None = None
    country: str | None = None
    candidates: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    earlier: bool = False
    score: float | None = None
    topic: str | None = None
    urgency: str | None = None
    aspect: str | None = None
    language: str | None = None
    cautious: bool = False
    further: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what is set, to keep Rasa's tracker small."""
        return {key: value for key, value in asdict(self).items() if value not in (None, (), False)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Outcome:
        known = {field.name for field in fields(cls)}
        if unknown := set(raw) - known:
            raise MalformedOutcome(f"unknown outcome fields: {', '.join(sorted(unknown))}")
        try:
            kind = ReplyKind(raw["kind"])
        except (KeyError, ValueError):
            raise MalformedOutcome(f"outcome kind {raw.get('kind')!r} is not one of ReplyKind") from None
        lists = {name: tuple(raw.get(name, ())) for name in ("candidates", "shares")}
        return cls(**{**raw, **lists, "kind": kind})


OF_ACT: Mapping[Act, Outcome] = {
    Act.GREET: Outcome(ReplyKind.SMALLTALK, phrase="greet"),
    Act.WHO_ARE_YOU: Outcome(ReplyKind.SMALLTALK, phrase="welcome"),
    Act.THANKS: Outcome(ReplyKind.SMALLTALK, phrase="thanks"),
    Act.GOODBYE: Outcome(ReplyKind.SMALLTALK, phrase="goodbye"),
    Act.DENY: Outcome(ReplyKind.SMALLTALK, phrase="acknowledged"),
    Act.MENU: Outcome(ReplyKind.MENU),
    Act.HUMAN: Outcome(ReplyKind.HANDOFF),
    Act.OUT_OF_SCOPE: Outcome(ReplyKind.OUT_OF_SCOPE, phrase="out_of_scope"),
}
"""The acts that need neither a search nor the conversation's memory."""
