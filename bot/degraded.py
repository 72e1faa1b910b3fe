"""What is decided when Rasa cannot be asked: emergency first, then buttons, then the search. No memory, but never silence."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.lookup import act_now, answer_now, false_alarm_now
from bot.outcomes import OF_ACT, Outcome
from bot.payloads import Tapped, parse_payload
from bot.replies import ReplyKind
from knowledge_base.published import current_library
from nlu.acts import Act, quick_act, requested_language
from nlu.places import find_places
from nlu.urgency import detect_urgency, likely_kind

logger = logging.getLogger(__name__)

FEEDBACK = {
    Act.HELPFUL: Outcome(ReplyKind.FEEDBACK, phrase="feedback_thanks"),
    Act.NOT_HELPFUL: Outcome(ReplyKind.FEEDBACK, phrase="feedback_sorry"),
}
# Without a memory a "yes" has nothing to go on with.
BY_ACT = {**OF_ACT, **FEEDBACK, Act.AFFIRM: OF_ACT[Act.DENY]}


def decide_without_engine(
    text: str, payload: str | None, media: str | None, language: str
) -> tuple[Outcome, ...]:
    """The outcomes of one turn, from the message alone."""
    if payload and (tapped := parse_payload(payload)):
        return (_tapped(tapped),)
    if not text.strip():
        return (Outcome(ReplyKind.MEDIA, phrase="media_voice" if media == "voice" else "media_other"),)
    alarm = detect_urgency(text)
    cautious = alarm is not None and _false_alarm(text)
    if alarm and not cautious:
        return (Outcome(ReplyKind.URGENT, urgency=alarm.kind.value, country=_first_country(text)),)
    if tag := requested_language(text):
        return (Outcome(ReplyKind.LANGUAGE, language=tag),)
    act = quick_act(text) or _likely_act(text)
    if act is Act.URGENT:
        return (Outcome(ReplyKind.URGENT, urgency=likely_kind(text).value, country=_first_country(text)),)
    if act in BY_ACT:
        return (BY_ACT[act],)
    try:
        outcome = answer_now(text, language, None)
        return (replace(outcome, cautious=cautious or outcome.cautious),)
    except (
        RuntimeError
    ) as error:  # the search's IndexUnusable and EncoderUnavailable, whose modules load the model's libraries
        logger.error("The search cannot be used: %s", error)
        return (Outcome(ReplyKind.UNKNOWN, phrase="unavailable", country=_first_country(text)),)


def _likely_act(text: str) -> Act:
    try:
        return act_now(text)
    except RuntimeError:  # no search, no act model; what follows says so
        return Act.QUESTION


def _false_alarm(text: str) -> bool:
    try:
        return false_alarm_now(text)
    except RuntimeError:  # nobody to doubt the rules
        return False


def _first_country(text: str) -> str | None:
    return next((place.country for place in find_places(text)), None)


def _tapped(tapped: Tapped) -> Outcome:
    """Without a memory only buttons that say everything themselves can be followed; the others lead to the menu."""
    article = tapped.entities.get("article")
    if article is not None:
        known = article in current_library().articles
        return Outcome(ReplyKind.ANSWER if known else ReplyKind.UNKNOWN, article=article, earlier=True)
    if tapped.intent == "change_language":
        return Outcome(ReplyKind.LANGUAGE, language=tapped.entities.get("requested_language"))
    if tapped.intent == "human":
        return Outcome(ReplyKind.HANDOFF)
    if tapped.intent in (Act.HELPFUL, Act.NOT_HELPFUL):
        return FEEDBACK[Act(tapped.intent)]
    return Outcome(ReplyKind.MENU)
