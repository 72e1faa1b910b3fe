"""The actions that need no search: language, feedback, media."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.telling import Events, entity, tell
from bot.outcomes import Outcome
from bot.replies import ReplyKind
from nlu.languages import LANGUAGES

MEDIA_PHRASES = {"voice": "media_voice", "sticker": "media_sticker"}


class Language(Action):
    """Pin a language, or show them all."""

    def name(self) -> str:
        return "action_language"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        tag = entity(tracker, "requested_language")
        if tag not in LANGUAGES:
            tell(dispatcher, Outcome(ReplyKind.LANGUAGE))
            return []
        tell(dispatcher, Outcome(ReplyKind.LANGUAGE, language=tag))
        return [SlotSet("language", tag)]


class Helpful(Action):
    def name(self) -> str:
        return "action_feedback_helpful"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        tell(
            dispatcher,
            Outcome(ReplyKind.FEEDBACK, phrase="feedback_thanks", article=tracker.get_slot("last_article")),
        )
        return []


class NotHelpful(Action):
    def name(self) -> str:
        return "action_feedback_not_helpful"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        tell(
            dispatcher,
            Outcome(ReplyKind.FEEDBACK, phrase="feedback_sorry", article=tracker.get_slot("last_article")),
        )
        return []


class Media(Action):
    """Voice notes, photos, stickers, places: an honest answer instead of silence."""

    def name(self) -> str:
        return "action_media"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        phrase = MEDIA_PHRASES.get(entity(tracker, "media") or "", "media_other")
        tell(dispatcher, Outcome(ReplyKind.MEDIA, phrase=phrase))
        return []
