"""The actions that look something up: question, emergency, country, choice, menu group, more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot import lookup
from bot.actions.service import Helpful, Language, NotHelpful
from bot.actions.telling import Events, entity, tell
from bot.outcomes import OF_ACT, Outcome
from bot.payloads import payload
from bot.replies import ReplyKind
from knowledge_base.published import acurrent_library
from nlu.acts import Act
from nlu.aspects import aspect_of
from nlu.corrections import meant_instead
from nlu.normalisation import tokens
from nlu.places import DESTINATIONS, only_places
from nlu.urgency import likely_kind

FEW_WORDS = 3  # of a correction: "the agent" is who took the money, not who is to answer


def remembered(outcome: Outcome, question: str) -> Events:
    """What the next message may refer to; after a double question, its second part."""
    asked_back = outcome.kind in (ReplyKind.COUNTRY, ReplyKind.WHICH)
    return [
        SlotSet("pending_question", question if asked_back else None),
        SlotSet("pending_topic", outcome.topic),
        SlotSet("last_question", question),
        SlotSet("last_article", outcome.article),
    ]


class Answer(Action):
    """A message that no rule recognised: another act if the act model is sure of one, else a question, in the country named
    in it or known from before. What only makes sense after an answer ("how much?") is answered from the last article."""

    def name(self) -> str:
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        question = tracker.latest_message.get("text") or ""
        if tracker.get_slot("last_question") and (meant := meant_instead(question)):
            return await correct(dispatcher, tracker, meant)
        return await respond(dispatcher, tracker, question)


async def respond(dispatcher: CollectingDispatcher, tracker: Tracker, question: str) -> Events:
    act = await lookup.act(question, after_answer=tracker.get_slot("last_article") is not None)
    if act in OF_ACT:
        tell(dispatcher, OF_ACT[act])
        return []
    if act in OTHER_ACTIONS:
        events: Events = await OTHER_ACTIONS[act].run(dispatcher, tracker, {})
        return events
    return await look_up(dispatcher, tracker, question)


async def correct(dispatcher: CollectingDispatcher, tracker: Tracker, meant: str) -> Events:
    """What was meant instead: the last subject elsewhere, a person, or another search without the last article.

    If the correction says too little by itself, it is looked up beside the question that it corrects.
    """
    if only_places(meant):
        return await Country().run(dispatcher, tracker, {})
    few = len(tokens(meant)) <= FEW_WORDS
    if not few and await lookup.act(meant) in (Act.HUMAN, Act.URGENT):
        return await respond(dispatcher, tracker, meant)
    last_article = tracker.get_slot("last_article")
    known = {
        "language": tracker.get_slot("language"),
        "country": tracker.get_slot("country"),
        "without": (last_article,) if last_article else (),
    }
    outcome = await lookup.answer(meant, **known)
    if outcome.kind is ReplyKind.UNKNOWN:
        outcome = await lookup.answer(f"{meant}. {tracker.get_slot('last_question')}", **known)
    tell(dispatcher, outcome)
    return remembered(outcome, meant)


class FollowUp(Action):
    """What the last article says of what is asked; the same article of another country if the question names one."""

    def name(self) -> str:
        return "action_follow_up"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        question = tracker.latest_message.get("text") or ""
        last_article = tracker.get_slot("last_article")
        if last_article is None:
            return await look_up(dispatcher, tracker, question)
        moved = lookup.same_topic_in(await acurrent_library(), last_article, entity(tracker, "country"))
        article = moved or last_article
        aspect = aspect_of(question)
        tell(dispatcher, Outcome(ReplyKind.FOLLOW_UP, article=article, aspect=aspect, earlier=True))
        return [SlotSet("last_article", article)]


class Urgent(Action):
    """Whom to call, in the country the person is in; if unknown, the numbers at home and a question.

    A question that only sounds like an emergency is answered, with a line on what to do in danger.
    """

    def name(self) -> str:
        return "action_urgent"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        text = tracker.latest_message.get("text") or ""
        if await lookup.false_alarm(text):
            return await look_up(dispatcher, tracker, text, cautious=True)
        kind = entity(tracker, "urgency_kind") or likely_kind(text).value
        country = tracker.get_slot("country")
        tell(dispatcher, Outcome(ReplyKind.URGENT, urgency=kind, country=country))
        return [
            SlotSet("pending_urgency", None if country else kind),
            SlotSet("pending_question", None),
            SlotSet("last_question", None),
            SlotSet("last_article", None),  # what follows is about the emergency
        ]


async def look_up(
    dispatcher: CollectingDispatcher, tracker: Tracker, question: str, *, cautious: bool = False
) -> Events:
    """Tell what the search finds: one outcome, or two for a double question."""
    *before, last = await lookup.answers(question, tracker.get_slot("language"), tracker.get_slot("country"))
    for found in before:
        tell(dispatcher, found.outcome)
    tell(dispatcher, replace(last.outcome, cautious=cautious or last.outcome.cautious))
    return remembered(last.outcome, last.question)


class Country(Action):
    """A country was named: answer what waits for it, or give the last topic for that country."""

    def name(self) -> str:
        return "action_country"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        country = entity(tracker, "country") or tracker.get_slot("country")
        if urgency := tracker.get_slot("pending_urgency"):
            tell(dispatcher, Outcome(ReplyKind.URGENT, urgency=urgency, country=country))
            return [SlotSet("pending_urgency", None)]
        question = tracker.get_slot("pending_question")
        if question:
            return await self._answer(dispatcher, tracker, question, country)
        moved = lookup.same_topic_in(await acurrent_library(), tracker.get_slot("last_article"), country)
        if moved:
            tell(dispatcher, Outcome(ReplyKind.ANSWER, article=moved, country=country, earlier=True))
            return [SlotSet("last_article", moved)]
        tell(dispatcher, Outcome(ReplyKind.SMALLTALK, phrase="country_noted", country=country))
        return []

    async def _answer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, question: str, country: str | None
    ) -> Events:
        """What waited for a country: on the topic that it is known to be about, else whatever is found, for both of two questions."""
        language, topic = tracker.get_slot("language"), tracker.get_slot("pending_topic")
        if topic:
            found: tuple[lookup.Found, ...] = (
                lookup.Found(question, await lookup.answer(question, language, country, topic)),
            )
        else:
            found = await lookup.answers(question, language, country)
        for each in found:
            tell(dispatcher, replace(each.outcome, earlier=True))
        return remembered(found[-1].outcome, found[-1].question)


class Choose(Action):
    """An article was chosen from buttons."""

    def name(self) -> str:
        return "action_choose"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        article = entity(tracker, "article")
        if article not in (await acurrent_library()).articles:
            tell(dispatcher, Outcome(ReplyKind.UNKNOWN, earlier=True))
            return []
        tell(dispatcher, Outcome(ReplyKind.ANSWER, article=article, earlier=True))
        return [
            SlotSet("last_article", article),
            SlotSet("last_question", None),
            SlotSet("pending_question", None),
        ]


class Browse(Action):
    """A group of the menu was chosen; working abroad needs a country first."""

    def name(self) -> str:
        return "action_browse"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        group = entity(tracker, "group") or ""
        country = entity(tracker, "country") or tracker.get_slot("country")
        if group == "abroad" and country not in DESTINATIONS:
            tell(dispatcher, Outcome(ReplyKind.MENU, phrase="menu_abroad_country"))
            return []
        place = {"country": country} if group == "abroad" and country else {}
        articles = lookup.articles_under(await acurrent_library(), place.get("country", group))
        number = int(entity(tracker, "page") or 1)
        shown, more_follow = lookup.page(articles, number)
        further = payload("browse", group=group, **place, page=str(number + 1)) if more_follow else None
        tell(dispatcher, Outcome(ReplyKind.MENU, candidates=shown, further=further))
        return []


class More(Action):
    """The longer part of the last answer, or of the one whose button was tapped."""

    def name(self) -> str:
        return "action_more"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        article = entity(tracker, "article") or tracker.get_slot("last_article")
        tell(dispatcher, Outcome(ReplyKind.MORE, article=article, earlier=True))
        return [SlotSet("last_article", article)]


OTHER_ACTIONS: dict[Act, Action] = {
    Act.AFFIRM: More(),
    Act.MORE: More(),
    Act.FOLLOW_UP: FollowUp(),
    Act.INFORM_COUNTRY: Country(),
    Act.URGENT: Urgent(),
    Act.CHANGE_LANGUAGE: Language(),
    Act.HELPFUL: Helpful(),
    Act.NOT_HELPFUL: NotHelpful(),
}
