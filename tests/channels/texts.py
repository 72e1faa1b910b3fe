"""Hypothesis strategies: texts as people and articles write them, in the scripts of all launch languages."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from bot.replies import Button, CitedSource, Message, Reply, ReplyKind
from nlu.languages import LANGUAGES

_LETTERS = {
    "en": "abcdefghijklmnopqrstuvwxyz'ABCXYZ",
    "ur": "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیےئؤآ",
    "ur-Latn": "abcdefghijklmnopqrstuvwxyz",
    "ps": "ابپتټثجځچڅحخدډذرړزژږسشښصضطظعغفقکګلمنڼوهيېۍئ",
    "sd": "ابٻپڀتٿٽٺثجڄجهڃچڇحخدڌڊڏڍذرڙزسشصضطظعغفڦقڪکگڳڱلمنڻوهءي",
    "pa-Arab": "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھءیے\u0670\u064b",
}
_STOPS = {"en": ". ", "ur": "۔ ", "ur-Latn": ". ", "ps": ". ", "sd": ". ", "pa-Arab": "۔ "}
# What breaks splitters: pairs of surrogates, marks on letters, joiners, flags, wide and zero-width characters, markup.
AWKWARD = [
    "😭",
    "👨‍👩‍👧",
    "🇵🇰",
    "👍🏽",
    "ا\u064b\u0651",
    "ک\u200cت",
    "e\u0301",
    "\u00a0",
    "€",
    "{",
    "<b>",
    "' OR 1=1 --",
    "؟",
    "…",
    "\n",
    "\n\n",
    "1. ",
]
PHONES = ["+92 51 9107272", "0800-22008", "۰۴۲ ۱۱۱ ۲۲۲ ۳۳۳", "+966 (11) 488 7272", "111247786"]


def words(tag: str) -> st.SearchStrategy[str]:
    return st.text(alphabet=_LETTERS[tag], min_size=1, max_size=14)


def prose(tag: str, longest: int = 60) -> st.SearchStrategy[str]:
    """Words, sentences, paragraphs, phone numbers and awkward characters."""
    piece = st.one_of(
        words(tag),
        words(tag),
        words(tag),
        st.sampled_from([_STOPS[tag].strip(), *PHONES]),
        st.sampled_from(AWKWARD),
    )
    return st.lists(piece, max_size=longest).map(" ".join)


def long_prose(tag: str) -> st.SearchStrategy[str]:
    """Up to some 10,000 characters."""
    return st.tuples(prose(tag), st.integers(1, 40)).map(lambda both: "\n".join([both[0]] * both[1]))


any_prose = st.sampled_from(sorted(LANGUAGES)).flatmap(long_prose)
buttons = st.builds(
    Button,
    st.sampled_from(sorted(LANGUAGES)).flatmap(words),
    st.sampled_from(["/more", "/helpful", '/choose{"article":"sa/passport"}']),
)
sources = st.builds(
    CitedSource,
    st.just("Title"),
    st.just("Publisher"),
    st.just("https://example.org/"),
    st.just(date(2026, 11, 22)),
)


@st.composite
def replies(draw: st.DrawFn) -> Reply:
    tag = draw(st.sampled_from(sorted(LANGUAGES)))
    message = st.builds(
        Message,
        st.one_of(prose(tag), long_prose(tag)),
        st.one_of(st.just(""), prose(tag, 10)),
        st.lists(buttons, max_size=15).map(tuple),
    )
    return Reply(
        kind=draw(st.sampled_from(ReplyKind)),
        language=tag,
        messages=tuple(draw(st.lists(message, min_size=1, max_size=3))),
        sources=tuple(draw(st.lists(sources, max_size=2))),
    )
