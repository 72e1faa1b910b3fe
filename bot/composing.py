"""Puts an `Outcome` into words: pure, from the knowledge base and the phrases, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.outcomes import LEAST_SHARE, Outcome
from bot.payloads import GROUPS, payload
from bot.phrases import say
from bot.replies import Button, CitedSource, Message, Reply, ReplyKind
from knowledge_base.answers import Answer, ContactCard, Withheld
from knowledge_base.content import Library
from knowledge_base.excerpts import excerpt
from knowledge_base.misses.kinds import MissKind
from knowledge_base.rendering import comma, contact_line, format_date
from knowledge_base.vocabulary import TranslationState
from nlu.aspects import Aspect
from nlu.languages import LANGUAGES
from nlu.places import DESTINATIONS, country_name

SOURCE_ORDER = ("official", "law-text", "un", "academic", "ngo", "news", "secondary")  # the one to name first
SURE_OF_ANSWER = 0.6  # below, other articles are offered beside the answer
COUNSELLOR = "pk-mrc"  # the Migrant Resource Centres' hotline, in knowledge_base/contacts/pk.yml
MOST_EMERGENCY_CONTACTS = 4
MOST_EMERGENCY_CONTACTS_BRIEF = 2  # where every part of a message costs money
BRIEF_LINES = 3  # of an excerpt, there


@dataclass(frozen=True, slots=True)
class Wording:
    """What every composing function needs: where the words come from and for whom."""

    library: Library
    language: str
    today: date
    first_contact: bool = False
    brief: bool = False

    def say(self, key: str, **values: str) -> str:
        return say(key, self.language, **values)

    def contact(self) -> str:
        """The counsellors' name and number, on one line."""
        return contact_line(self.library.contacts[COUNSELLOR], self.language)


def compose(outcome: Outcome, wording: Wording) -> Reply:
    """The reply to one outcome."""
    reply = _COMPOSERS[outcome.kind](outcome, wording)
    reply = replace(reply, missed=reply.missed or _missed(outcome, reply.kind))
    if outcome.cautious:
        reply = replace(reply, messages=(*reply.messages, _if_in_danger(outcome, wording)))
    return _introduced(reply, wording) if wording.first_contact else reply


def _missed(outcome: Outcome, kind: ReplyKind) -> MissKind | None:
    """What the reply is for staff. A search that cannot be used is the operator's to mend and says nothing of the articles."""
    if kind is ReplyKind.UNKNOWN:
        return None if outcome.phrase == "unavailable" else MissKind.DECLINED
    if kind is ReplyKind.OUT_OF_SCOPE:
        return MissKind.OUT_OF_SCOPE
    return MissKind.NOT_HELPFUL if outcome.phrase == "feedback_sorry" else None


def _introduced(reply: Reply, wording: Wording) -> Reply:
    """On first contact the person learns who writes, after the answer; never in an emergency, where it would be in the way."""
    if reply.kind in (ReplyKind.URGENT, ReplyKind.SMALLTALK, ReplyKind.LANGUAGE):
        return reply
    return replace(
        reply,
        messages=(*reply.messages, Message(wording.say("intro_brief" if wording.brief else "intro_line"))),
    )


def _answer(outcome: Outcome, wording: Wording) -> Reply:
    found = _found(outcome, wording)
    if found is None:
        return _withheld(outcome, wording)
    message = Message(
        _with_notes(found, found.short, wording),
        _source_line(found, wording),
        _answer_buttons(found, wording, _alternatives(outcome)),
    )
    return _cited(outcome, wording, found, (message,))


def _alternatives(outcome: Outcome) -> tuple[str, ...]:
    """What the question may have meant instead, beside an answer that is not sure."""
    if outcome.score is None or outcome.score >= SURE_OF_ANSWER:
        return ()
    least = outcome.shares[0] * LEAST_SHARE
    pairs = zip(outcome.candidates, outcome.shares, strict=True)
    return tuple(article for article, share in pairs if article != outcome.article and share >= least)


def _article_buttons(articles: Iterable[str], wording: Wording) -> tuple[Button, ...]:
    return tuple(
        Button(wording.library.title(article, wording.language), payload("choose", article=article))
        for article in articles
    )


def _more(outcome: Outcome, wording: Wording) -> Reply:
    if outcome.article is None:
        return _phrase(replace(outcome, phrase="more_nothing_yet"), wording)
    found = _found(outcome, wording)
    if found is None:
        return _withheld(outcome, wording)
    if not found.more:
        return _phrase(replace(outcome, phrase="more_none"), wording)
    related = _article_buttons(
        [article for article in found.related[:3] if article in wording.library.articles], wording
    )
    message = Message(found.more, _source_line(found, wording), (*_feedback_buttons(wording), *related))
    return _cited(outcome, wording, found, (message,))


def _follow_up(outcome: Outcome, wording: Wording) -> Reply:
    """The article's own lines on what is asked, under its title; all of it, and whom to ask, if it says nothing of that."""
    found = _found(outcome, wording)
    if found is None:
        return _withheld(outcome, wording)
    buttons = _answer_buttons(found, wording)
    nothing = wording.say("follow_up_nothing", contact=wording.contact())
    lines = _lines_on(outcome, found, wording)
    if not lines and wording.brief:
        return _missed_aspect(_plain(outcome, wording, Message(nothing, buttons=buttons)))
    text = "\n".join([f"{found.title}:", *lines]) if lines else f"{nothing}\n\n{found.more or found.short}"
    reply = _cited(outcome, wording, found, (Message(text, _source_line(found, wording), buttons),))
    return reply if lines else _missed_aspect(reply)


def _missed_aspect(reply: Reply) -> Reply:
    """The article is right, but it lacks what was asked of it: work for its editors."""
    return replace(reply, missed=MissKind.DECLINED)


def _lines_on(outcome: Outcome, found: Answer, wording: Wording) -> Sequence[str]:
    if outcome.aspect is None:
        return ()
    if outcome.aspect == Aspect.SOURCE.value:
        lines = tuple(f"- {source.publisher}: {source.title} {source.url}" for source in found.sources)
    else:
        lines = excerpt(
            wording.library, found.article_id, found.language, wording.today, Aspect(outcome.aspect)
        )
    return lines[:BRIEF_LINES] if wording.brief else lines


def _found(outcome: Outcome, wording: Wording) -> Answer | None:
    if outcome.article is None or outcome.article not in wording.library.articles:
        return None
    found = wording.library.answer(outcome.article, wording.language, wording.today)
    return None if isinstance(found, Withheld) else found


def _withheld(outcome: Outcome, wording: Wording) -> Reply:
    message = Message(wording.say("withheld", contact=wording.contact()))
    return replace(_plain(outcome, wording, message), kind=ReplyKind.UNKNOWN)


def _cited(outcome: Outcome, wording: Wording, found: Answer, messages: tuple[Message, ...]) -> Reply:
    cited = tuple(
        CitedSource(source.title, source.publisher, source.url, found.checked) for source in found.sources
    )
    return replace(_plain(outcome, wording, *messages), sources=cited)


def _with_notes(found: Answer, text: str, wording: Wording) -> str:
    """The answer, and under it what the person must know about the answer itself."""
    notes = []
    if found.language != wording.language:
        notes.append(wording.say("note_fallback"))
    if found.state is not TranslationState.REVIEWED:
        notes.append(wording.say("note_draft"))
    if found.overdue:
        notes.append(wording.say("note_overdue", date=format_date(found.checked, wording.language)))
    return "\n\n".join([text, " ".join(notes)]) if notes else text


def _source_line(found: Answer, wording: Wording) -> str:
    key = "source" if len(found.sources) == 1 else "source_more"
    return wording.say(
        key, publisher=found.sources[0].publisher, date=format_date(found.checked, wording.language)
    )


def _answer_buttons(found: Answer, wording: Wording, alternatives: Iterable[str] = ()) -> tuple[Button, ...]:
    more = (Button(wording.say("button_more"), "/more"),) if found.more else ()
    return (*more, *_article_buttons(alternatives, wording), *_feedback_buttons(wording))


def _feedback_buttons(wording: Wording) -> tuple[Button, ...]:
    return (
        Button(wording.say("button_helpful"), "/helpful"),
        Button(wording.say("button_not_helpful"), "/not_helpful"),
    )


def _which(outcome: Outcome, wording: Wording) -> Reply:
    none = Button(wording.say("which_none"), "/not_helpful")
    buttons = (*_article_buttons(outcome.candidates, wording), none)
    return _plain(outcome, wording, Message(wording.say("which"), buttons=buttons))


def _country(outcome: Outcome, wording: Wording) -> Reply:
    codes = outcome.candidates or DESTINATIONS
    buttons = tuple(
        Button(country_name(code, wording.language), payload("inform_country", country=code))
        for code in codes
    )
    return _plain(outcome, wording, Message(wording.say("ask_country"), buttons=buttons))


def _unknown(outcome: Outcome, wording: Wording) -> Reply:
    if outcome.phrase == "unavailable":
        cards = wording.library.emergency_contacts(outcome.country, "danger", wording.language)
        lines = [
            wording.contact(),
            *(_emergency_line(card, wording) for card in cards[: _most_emergency_contacts(wording)]),
        ]
        return _plain(outcome, wording, Message("\n".join([wording.say("unavailable"), *lines])))
    buttons = (Button(wording.say("button_menu"), "/menu"), Button(wording.say("button_human"), "/human"))
    return _plain(
        outcome, wording, Message(wording.say("unknown", contact=wording.contact()), buttons=buttons)
    )


def _urgent(outcome: Outcome, wording: Wording) -> Reply:
    """Calm words, then whom to call where the person is; the first number comes before anything else could be cut off."""
    kind = outcome.urgency or "danger"
    cards = wording.library.emergency_contacts(outcome.country, kind, wording.language)
    lines = [_emergency_line(card, wording) for card in cards[: _most_emergency_contacts(wording)]]
    opening = wording.say(f"urgent_{kind.replace('-', '_')}")
    if outcome.country:
        return _plain(outcome, wording, Message("\n".join([opening, *lines])))
    text = "\n".join([opening, wording.say("urgent_no_country"), *lines])
    buttons = tuple(
        Button(country_name(code, wording.language), payload("inform_country", country=code))
        for code in DESTINATIONS
    )
    return _plain(outcome, wording, Message(text), Message(wording.say("urgent_country"), buttons=buttons))


def _if_in_danger(outcome: Outcome, wording: Wording) -> Message:
    """What to do if the question was an emergency after all: one number where the person is, and the word that brings all."""
    cards = wording.library.emergency_contacts(outcome.country, "danger", wording.language)
    return Message(wording.say("if_in_danger", contact=_emergency_line(cards[0], wording)))


def _most_emergency_contacts(wording: Wording) -> int:
    return MOST_EMERGENCY_CONTACTS_BRIEF if wording.brief else MOST_EMERGENCY_CONTACTS


def _emergency_line(card: ContactCard, wording: Wording) -> str:
    numbers = card.numbers[:1] if wording.brief else card.numbers
    return wording.say("urgent_contact", name=card.name, numbers=comma(wording.language).join(numbers))


def _handoff(outcome: Outcome, wording: Wording) -> Reply:
    reply = _plain(outcome, wording, Message(wording.say("handoff", contact=wording.contact())))
    return replace(reply, handoff=True)


def _menu(outcome: Outcome, wording: Wording) -> Reply:
    """Groups first; a group's articles when the outcome carries candidates."""
    if outcome.candidates:
        buttons = list(_article_buttons(outcome.candidates, wording))
        if outcome.further:
            buttons.append(Button(wording.say("button_further"), outcome.further))
        return _plain(outcome, wording, Message(wording.say("which"), buttons=tuple(buttons)))
    if outcome.phrase == "menu_abroad_country":
        countries = [
            Button(country_name(code, wording.language), payload("browse", group="abroad", country=code))
            for code in DESTINATIONS
        ]
        return _plain(outcome, wording, Message(wording.say("menu_abroad_country"), buttons=tuple(countries)))
    groups = [Button(wording.say(f"group_{group}"), payload("browse", group=group)) for group in GROUPS]
    groups += [
        Button(wording.say("button_human"), "/human"),
        Button(wording.say("language_choose"), "/change_language"),
    ]
    return _plain(outcome, wording, Message(wording.say("menu"), buttons=tuple(groups)))


def _language(outcome: Outcome, wording: Wording) -> Reply:
    if outcome.language is None:
        buttons = tuple(
            Button(language.native_name, payload("change_language", requested_language=tag))
            for tag, language in LANGUAGES.items()
        )
        return _plain(outcome, wording, Message(wording.say("language_choose"), buttons=buttons))
    chosen = replace(wording, language=outcome.language)
    reply = _plain(outcome, chosen, Message(chosen.say("language_set")))
    return replace(reply, pin_language=outcome.language)


def _phrase(outcome: Outcome, wording: Wording) -> Reply:
    key = outcome.phrase or "acknowledged"
    if key == "greet" and wording.first_contact:
        key = "welcome"
    values = {"contact": wording.contact()}
    if outcome.country:
        values["country"] = country_name(outcome.country, wording.language)
    buttons = (
        (Button(wording.say("button_menu"), "/menu"),) if key in ("welcome", "greet", "out_of_scope") else ()
    )
    return _plain(outcome, wording, Message(wording.say(key, **values), buttons=buttons))


def _plain(outcome: Outcome, wording: Wording, *messages: Message) -> Reply:
    return Reply(
        kind=outcome.kind,
        language=wording.language,
        messages=messages,
        article=outcome.article,
        country=outcome.country,
        candidates=outcome.candidates,
        score=outcome.score,
        nearest=tuple(zip(outcome.candidates, outcome.shares, strict=False)),
        earlier=outcome.earlier,
    )


_COMPOSERS: dict[ReplyKind, Callable[[Outcome, Wording], Reply]] = {
    ReplyKind.ANSWER: _answer,
    ReplyKind.MORE: _more,
    ReplyKind.FOLLOW_UP: _follow_up,
    ReplyKind.WHICH: _which,
    ReplyKind.COUNTRY: _country,
    ReplyKind.UNKNOWN: _unknown,
    ReplyKind.URGENT: _urgent,
    ReplyKind.HANDOFF: _handoff,
    ReplyKind.MENU: _menu,
    ReplyKind.LANGUAGE: _language,
    ReplyKind.SMALLTALK: _phrase,
    ReplyKind.FEEDBACK: _phrase,
    ReplyKind.MEDIA: _phrase,
    ReplyKind.OUT_OF_SCOPE: _phrase,
}
