from __future__ import annotations

import pytest

from bot.lookup import (
    MOST_CHOICES,
    PERHAPS_DANGER,
    act_now,
    answer_now,
    answers_now,
    false_alarm_now,
    page,
    same_topic_in,
    worth_offering,
)
from bot.replies import ReplyKind
from knowledge_base.content import Library
from knowledge_base.search.current import current_searcher
from knowledge_base.search.decision import Candidate
from nlu.acts import Act, quick_act
from nlu.urgency import detect_urgency


def test_a_list_leaves_out_what_is_far_fetched() -> None:
    candidates = [
        Candidate("ae/wages", 0.69),
        Candidate("ae/leaving", 0.07),
        Candidate("health/suicide-crisis", 0.03),
    ]
    assert worth_offering(candidates) == tuple(candidates[:2])
    assert worth_offering([]) == ()


def test_the_same_topic_in_another_country(library: Library) -> None:
    assert same_topic_in(library, "sa/passport", "ae") == "ae/passport"
    assert same_topic_in(library, "sa/passport", "th") is None
    assert same_topic_in(library, "departure/protector", "ae") is None
    assert same_topic_in(library, None, "ae") is None


def test_a_long_group_is_shown_page_by_page_and_nothing_is_left_out() -> None:
    articles = [f"departure/a{number:02}" for number in range(24)]
    pages = [page(articles, number) for number in (1, 2, 3)]
    assert [further for _, further in pages] == [True, True, False]
    assert [article for shown, _ in pages for article in shown] == articles
    assert all(len(shown) + further <= MOST_CHOICES for shown, further in pages)


def test_a_group_that_fits_one_list_has_one_page() -> None:
    articles = [f"health/a{number}" for number in range(MOST_CHOICES)]
    assert page(articles, 1) == (tuple(articles), False)


@pytest.mark.model
@pytest.mark.usefixtures("searchable")
@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("they keep us in a hall and give electric shocks when we miss the target", Act.URGENT),
        ("could an officer of yours talk with me on the phone", Act.HUMAN),
        ("کل لاہور میں بارش ہو گی؟", Act.OUT_OF_SCOPE),
        ("how do i get my passport back from the kafeel", Act.QUESTION),
        ("کفیل تنخواہ نہیں دے رہا", Act.QUESTION),
        ("how many years in prison for traffickers under the law", Act.QUESTION),
    ],
)
def test_what_no_rule_recognises_is_told_apart_by_the_act_model(text: str, act: Act) -> None:
    assert quick_act(text) is None
    assert detect_urgency(text) is None
    assert act_now(text) is act


@pytest.mark.model
@pytest.mark.usefixtures("searchable")
@pytest.mark.parametrize(
    ("text", "act"),
    [
        (
            "We paid an agent in Swabi for a visa to Oman. The first camp was clean and the work was easy. Then they moved us. "
            "Now the gate is chained, the guard beats whoever asks for food. I write from under the blanket.",
            Act.URGENT,
        ),
        (
            "pichle ramzan mein malaysia aya tha. kaam theek tha tankhwah bhi milti thi. phir boss badla. ab usne hum sab ko "
            "godown mein band kar diya hai aur danday se marta hai. ghar walon ko mat batana.",
            Act.URGENT,
        ),
        (
            "Six years back I drove a taxi in Kuwait. The owner used to slap me and once locked me in the garage. The embassy got me "
            "out and I flew home. Life is good now. Is there a way to get my last four salaries?",
            Act.QUESTION,
        ),
        (
            "میرا بھائی سات سال پہلے ملائیشیا میں تھا۔ مالک مارتا تھا اور کمرے میں بند کر دیتا تھا۔ پھر سفارت خانے نے گھر بھیج دیا۔ "
            "اب وہ خوش ہے۔ کیا وہ دوبارہ باہر جا سکتا ہے؟",
            Act.QUESTION,
        ),
    ],
)
def test_in_a_story_one_sentence_may_be_the_emergency(text: str, act: Act) -> None:
    assert act_now(text) is act


@pytest.mark.model
@pytest.mark.usefixtures("searchable")
@pytest.mark.parametrize(
    ("text", "language", "articles"),
    [
        (
            "total protector fee please. how do i check that my agent has a licence?",
            "en",
            ["departure/protector-fees", "departure/registered-agents"],
        ),
        (
            "oman mein malik ne passport rakh liya aur 2 mahine ki tankhwah bhi rok li",
            "ur-Latn",
            ["om/passport", "om/wages"],
        ),
        ("my sponsor in Muscat has my passport and my iqama card", "en", ["om/passport"]),
    ],
)
def test_two_questions_in_one_message_get_both_answers(text: str, language: str, articles: list[str]) -> None:
    assert [found.outcome.article for found in answers_now(text, language, None)] == articles


@pytest.mark.model
@pytest.mark.usefixtures("searchable")
def test_two_questions_that_wait_for_one_country_ask_for_it_once() -> None:
    text = "malik ne passport rakh liya aur 2 mahine ki tankhwah bhi rok li"
    (waiting,) = answers_now(text, "ur-Latn", None)
    assert (waiting.question, waiting.outcome.kind, waiting.outcome.topic) == (text, ReplyKind.COUNTRY, None)
    assert len(answers_now(text, "ur-Latn", "bh")) == 2


@pytest.mark.model
@pytest.mark.usefixtures("searchable")
def test_an_and_between_two_things_makes_no_second_question() -> None:
    assert len(answers_now("ایجنٹ نے پیسے اور پاسپورٹ دونوں لے لیے", "ur", None)) == 1


@pytest.mark.model
@pytest.mark.usefixtures("searchable")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my uncle is in jail abroad since 5 years, is there a treaty to move prisoners to pakistan", True),
        ("help they locked me in a room in Dubai and beat me", False),
        ("they are beating me", False),
        ("danger", False),
        ("خطرہ", False),
        ("مجھے کمرے میں بند کر دیا ہے", False),
        ("I went to Qatar. The first year was good. Now they lock us in a room and beat us.", False),
    ],
)
def test_an_alarm_of_the_rules_is_set_aside_only_for_what_is_surely_a_question(
    text: str, expected: bool
) -> None:
    assert detect_urgency(text)
    assert false_alarm_now(text) is expected


@pytest.mark.model
@pytest.mark.usefixtures("searchable")
@pytest.mark.parametrize(("chance", "cautious"), [(PERHAPS_DANGER, True), (PERHAPS_DANGER / 2, False)])
def test_a_question_that_may_be_an_emergency_says_whom_to_call(
    chance: float, cautious: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current_searcher(), "acts", lambda _: {Act.URGENT: chance})
    assert answer_now("passport", "en", "sa").cautious is cautious
