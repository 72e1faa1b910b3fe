"""No channel's rendering goes beyond its limits, whatever the reply; and what a number means is what the list shows."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
import regex
from hypothesis import given

from bot.replies import Button, Message, Reply, ReplyKind
from channels.choices import resolve
from channels.contract import Limits, Payload
from channels.registry import RENDERINGS
from channels.sms.rendering import LIMITS as SMS
from channels.splitting import utf16_units
from channels.telegram.rendering import CALLBACK_DATA_BYTES
from channels.telegram.rendering import LIMITS as TELEGRAM
from channels.web.rendering import LIMITS as WEB
from channels.whatsapp.rendering import LIMITS as WHATSAPP
from knowledge_base.sms_length import sms_parts
from tests.channels.texts import replies
from tests.fakes.dialogue import SOURCE

LIMITS: dict[str, Limits] = {"telegram": TELEGRAM, "whatsapp": WHATSAPP, "sms": SMS, "web": WEB}


def spoken(reply: Reply) -> Reply:
    """A reply whose messages say something: the bot sends no others."""
    return replace(
        reply, messages=tuple(replace(one, text=one.text.strip() or "x") for one in reply.messages)
    )


def test_limits_are_known_for_every_rendering() -> None:
    assert set(LIMITS) == set(RENDERINGS)


@pytest.mark.parametrize("name", sorted(LIMITS))
@given(reply=replies())
def test_rendering_never_goes_beyond_the_limits(name: str, reply: Reply) -> None:
    limits = LIMITS[name]
    for payload in RENDERINGS[name](spoken(reply)):
        assert payload.text.strip()
        assert utf16_units(payload.text) <= limits.text_units
        assert len(payload.buttons) <= limits.choices
        assert all(0 < len(button.title) <= limits.title_units for button in payload.choices)
        assert all(len(button.payload.encode()) <= CALLBACK_DATA_BYTES for button in payload.buttons)
        if limits.sms_parts:
            assert sms_parts(payload.text) <= limits.sms_parts


@pytest.mark.parametrize("name", sorted(LIMITS))
@given(reply=replies())
def test_every_word_of_the_reply_is_shown(name: str, reply: Reply) -> None:
    def letters(text: str) -> str:
        return regex.sub(r"[^\p{L}\p{Nd}]", "", text)

    shown = letters("".join(payload.text for payload in RENDERINGS[name](spoken(reply))))
    for message in spoken(reply).messages:
        assert letters(message.text) in shown
        if not (name == "web" and reply.sources):
            assert letters(message.footer) in shown


@pytest.mark.parametrize("name", ["whatsapp", "sms"])
@given(reply=replies())
def test_shown_number_means_the_choice_beside_it(name: str, reply: Reply) -> None:
    payloads = RENDERINGS[name](
        replace(reply, messages=tuple(Message("Which?", "", one.buttons) for one in reply.messages))
    )
    choices = tuple(choice for payload in payloads for choice in payload.choices)
    rows = [
        line.split(" ", 1)
        for payload in payloads
        for line in payload.text.split("\n")
        if regex.match(r"\d+ ", line)
    ]
    assert [title for _, title in rows] == [choice.title for choice in choices]
    assert [resolve(number, choices) for number, _ in rows] == [choice.payload for choice in choices]


def sms(kind: ReplyKind, *messages: Message, language: str = "en") -> list[Payload]:
    return list(RENDERINGS["sms"](Reply(kind, language, messages)))


FEEDBACK = (
    Button("Tell me more", "/more"),
    Button("Helpful", "/helpful"),
    Button("Not helpful", "/not_helpful"),
)


def test_sms_answer_offers_more_and_what_costs_no_further_part() -> None:
    (payload,) = sms(
        ReplyKind.ANSWER, Message("Short answer.", "Source: BEOE, checked 22 Nov 2026", FEEDBACK)
    )
    assert payload.text == (
        "Short answer.\nSource: BEOE, checked 22 Nov 2026\nReply:\n1 Tell me more\n2 Helpful\n3 Not helpful"
    )
    (payload,) = sms(ReplyKind.ANSWER, Message("x" * 280, "", FEEDBACK))
    assert payload.text.endswith("x\nReply:\n1 Tell me more")
    assert [choice.payload for choice in payload.choices] == ["/more"]


def test_sms_question_shows_every_choice_whatever_it_costs() -> None:
    (payload,) = sms(ReplyKind.WHICH, Message("x" * 280, "", FEEDBACK))
    assert len(payload.choices) == 3


def test_sms_punctuation_does_not_double_the_price() -> None:
    (payload,) = sms(ReplyKind.ANSWER, Message("Don’t pay – it is “free”…"))
    assert payload.text == 'Don\'t pay - it is "free"...'
    assert sms_parts(payload.text) == 1


def test_telegram_drops_a_button_it_cannot_carry_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    reply = Reply(
        ReplyKind.WHICH, "en", (Message("Which?", "", (Button("Long", "x" * 65), Button("Fine", "y"))),)
    )
    with caplog.at_level(logging.WARNING):
        (payload,) = RENDERINGS["telegram"](reply)
    assert payload.buttons == (Button("Fine", "y"),)
    assert "65 bytes" in caplog.text


def test_choices_beyond_the_limit_are_dropped_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    many = tuple(Button(f"Row {n}", f"/{n}") for n in range(14))
    with caplog.at_level(logging.WARNING):
        (payload,) = RENDERINGS["whatsapp"](Reply(ReplyKind.MENU, "ur", (Message("؟", "", many),)))
    assert len(payload.choices) == 12
    assert "dropped 2 of 14 choices" in caplog.text


def test_long_title_is_cut_with_an_ellipsis() -> None:
    reply = Reply(ReplyKind.WHICH, "en", (Message("Which?", "", (Button("word " * 40, "/x"),)),))
    (payload,) = RENDERINGS["sms"](reply)
    assert payload.choices[0].title == "word word word word word word word word…"[: SMS.title_units]


def test_web_leaves_the_source_line_to_the_links() -> None:
    message = Message("Answer.", "Source: BEOE")
    cited = Reply(ReplyKind.ANSWER, "en", (message,), sources=(SOURCE,))
    assert [payload.text for payload in RENDERINGS["web"](cited)] == ["Answer."]
    assert [payload.text for payload in RENDERINGS["web"](replace(cited, sources=()))] == [
        "Answer.\n\nSource: BEOE"
    ]
