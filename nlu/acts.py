"""Dialogue acts, and the messages that are one of them as they stand ("more", "شکریہ", "insan se baat karni hai").

Only whole messages are decided here; everything else is the act model's work (`knowledge_base.search`). Keywords are ``data/acts.yml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import yaml

from nlu.languages import LANGUAGES
from nlu.normalisation import fold, tokens
from nlu.places import only_places

LONGEST = 12
"""Words in the longest message that can be a bare act; a longer one has something of its own to say."""

_LOOKED_AT = 400

SURE_OF_ACT = 0.5
"""How sure of an act the act model must be: likelier than all others together."""


class Act(str, Enum):
    """What a message does. The values are the intent names of the assistant; the last three come as payloads only."""

    QUESTION = "question"
    FOLLOW_UP = "follow_up"
    GREET = "greet"
    WHO_ARE_YOU = "who_are_you"
    MORE = "more"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    CHANGE_LANGUAGE = "change_language"
    MENU = "menu"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    HUMAN = "human"
    URGENT = "urgent"
    OUT_OF_SCOPE = "out_of_scope"
    AFFIRM = "affirm"
    DENY = "deny"
    INFORM_COUNTRY = "inform_country"
    CHOOSE = "choose"
    MEDIA = "media"
    START = "start"


SURE_OF_URGENT = 0.25
"""So sure of an emergency is enough, even if a question is likelier. With it the rules and the model together find all 204 in
tests/evaluation/dev and first.jsonl (0.3: two fewer) and the model by itself calls 0.8 % of the 1,110 other rows urgent. Of the
training examples, most of them written to be mistaken and each asked of a model that had not learnt it, it finds 91 % and
raises 4 % of false alarms. What is less likely, down to `bot.lookup.PERHAPS_DANGER`, still says whom to call in danger."""

SURE_OF: Mapping[Act, float] = {
    **dict.fromkeys((Act.HELPFUL, Act.NOT_HELPFUL, Act.MORE, Act.AFFIRM, Act.DENY), 0.8),
    Act.WHO_ARE_YOU: 0.8,
}
"""Where `SURE_OF_ACT` is not enough: a word on the last answer is short, and so is many a question ("salary not received"); "who
are you" has few examples and is near to asking for anybody else ("somebody's number, please": 0.7)."""

SURE_OF_FOLLOW_UP = 0.2
"""After an answer, where a follow-up is to be expected: of 109 follow-ups written for the purpose 100 reached this, of 60 questions
none, of the 406 questions in tests/evaluation/dev two."""

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class _Lists:
    exact: Mapping[Phrase, Act]
    folded: Mapping[Phrase, Act]
    signs: Mapping[str, Act]
    filler: frozenset[str]
    language_names: Mapping[Phrase, str]
    request_words: frozenset[str]
    bare_requests: frozenset[Phrase]
    no_request: frozenset[str]


def _folded(words: Iterable[str]) -> Phrase:
    return tuple(fold(word) for word in words)


def _words(entries: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for entry in entries for word in tokens(entry))


def _read(path: Path) -> _Lists:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    exact: dict[Phrase, Act] = {}
    folded: dict[Phrase, Act] = {}
    for name, lines in data["acts"].items():
        for phrase in (tuple(tokens(entry)) for line in lines for entry in line.split(",")):
            exact.setdefault(phrase, Act(name))
            folded.setdefault(_folded(phrase), Act(name))
    request = data["language_request"]
    return _Lists(
        exact=exact,
        folded=folded,
        signs={sign: Act(name) for name, signs in data["signs"].items() for sign in signs},
        filler=frozenset(word for entry in data["filler"] for word in tokens(entry)),
        language_names={_folded(tokens(name)): tag for tag, row in LANGUAGES.items() for name in row.names},
        request_words=_words(request["words"]),
        bare_requests=frozenset(_folded(tokens(entry)) for entry in request["bare"]),
        no_request=_words(data["language_not_request"]),
    )


_LISTS = _read(Path(__file__).parent / "data" / "acts.yml")


def _lookup(words: Phrase) -> Act | None:
    return _LISTS.exact.get(words) or _LISTS.folded.get(_folded(words))


def quick_act(text: str) -> Act | None:
    """The act that the whole message is, or None: nothing of it may be left over but polite words."""
    if len(text) > _LOOKED_AT:
        return None
    words = tuple(tokens(text))
    if not words:
        return _sign(text)
    if len(words) > LONGEST:
        return None
    if requested_language(text) or _folded(words) in _LISTS.bare_requests:
        return Act.CHANGE_LANGUAGE
    without_filler = tuple(word for word in words if word not in _LISTS.filler)
    found = _lookup(words) or (_lookup(without_filler) if without_filler else None)
    return found or _two_acts(without_filler)


def _sign(text: str) -> Act | None:
    """The act of a message without words: the emoji in it, if they are all of one act."""
    acts = {_LISTS.signs[character] for character in text if character in _LISTS.signs}
    return acts.pop() if len(acts) == 1 else None


# Of two acts in one message the later in this order counts; acts that are not in it count most.
_LIGHTEST_FIRST = (Act.AFFIRM, Act.GREET, Act.THANKS, Act.GOODBYE, Act.DENY)


def _weight(act: Act) -> int:
    return _LIGHTEST_FIRST.index(act) if act in _LIGHTEST_FIRST else len(_LIGHTEST_FIRST)


def _two_acts(words: Phrase) -> Act | None:
    """A greeting, thanks or yes beside another act ("salam, menu", "ji shukriya"): the weightier one."""
    for cut in range(1, len(words)):
        pair = _lookup(words[:cut]), _lookup(words[cut:])
        if set(pair) == {Act.HELPFUL, Act.DENY}:
            return Act.NOT_HELPFUL
        if pair[0] and pair[1]:
            return max(pair[0], pair[1], key=_weight)
    return None


def _named_languages(words: Phrase) -> tuple[list[str], list[str]]:
    """Tags of the languages that folded ``words`` name (longest name first), and the words left over."""
    tags, rest, at = [], [], 0
    while at < len(words):
        for length in (2, 1):
            tag = _LISTS.language_names.get(words[at : at + length]) if at + length <= len(words) else None
            if tag:
                tags.append(tag)
                at += length
                break
        else:
            rest.append(words[at])
            at += 1
    return tags, rest


def requested_language(text: str) -> str | None:
    """The language that a message asks to be answered in, or None.

    It is a request if nothing stands in the message but a language's name and words of asking; a question that
    merely mentions a language ("do I need english for Korea") has other words. Of two names the last counts
    ("not english, urdu"; "english to sindhi").
    """
    if len(text) > _LOOKED_AT:
        return None
    words = _folded(tokens(text))
    if not words or len(words) > LONGEST:
        return None
    tags, rest = _named_languages(words)
    if not tags or any(word in _LISTS.no_request for word in rest):
        return None
    fillers = _LISTS.request_words | {fold(word) for word in _LISTS.filler} | _NEGATIONS
    return tags[-1] if all(word in fillers for word in rest) else None


_NEGATIONS = frozenset(fold(word) for word in ("not", "no", "nahi", "نہیں", "نه", "نئیں"))


def act_by_rule(text: str) -> Act:
    """What the rules make of a message that is no emergency: an act as it stands, a bare place, else a question."""
    return quick_act(text) or (Act.INFORM_COUNTRY if only_places(text) else Act.QUESTION)


def likely_act(chances: Mapping[Act, float], *, after_answer: bool = False) -> Act:
    """The act that a model, which gives each its probability, is sure of.

    Unsure means a question: a search that finds nothing says so, a wrong act says nothing. A follow-up is one only
    ``after_answer``.
    """
    if chances.get(Act.URGENT, 0.0) >= SURE_OF_URGENT:
        return Act.URGENT
    guess = max(chances, key=lambda act: chances[act], default=Act.QUESTION)
    act = guess if chances.get(guess, 0.0) >= SURE_OF.get(guess, SURE_OF_ACT) else Act.QUESTION
    if act not in (Act.QUESTION, Act.OUT_OF_SCOPE, Act.FOLLOW_UP):
        return act
    ruled_out = chances.get(guess, 0.0) if guess in SURE_OF else 0.0  # the others share what is left
    if after_answer and chances.get(Act.FOLLOW_UP, 0.0) >= SURE_OF_FOLLOW_UP * (1 - ruled_out):
        return Act.FOLLOW_UP
    return Act.QUESTION if act is Act.FOLLOW_UP else act
