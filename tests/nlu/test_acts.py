from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import nlu
from nlu.acts import Act, act_by_rule, likely_act, quick_act, requested_language
from nlu.urgency import detect_urgency

TRAINING = Path(nlu.__file__).parent / "training"


@pytest.mark.parametrize(
    ("act", "messages"),
    [
        (Act.WHO_ARE_YOU, ["Who are you?", "r u a robot", "bhai ap kon ho", "آپ کون ہیں؟", "تاسو څوک یئ؟", "توهان ڪير آهيو", "تسیں کون او جی"]),
        (Act.GREET, ["hello", "Hi!", "AoA", "aslam o alikum", "Assalam-o-Alaikum", "سلام", "السلام علیکم!", "سلام ورور", "ڪيئن آهيو", "سلام جی", "salam bhai kese ho"]),
        (Act.MORE, ["more", "MORE", "mazeed", "aur batao", "or btao", "مزید", "نور", "وڌيڪ", "ہور دسو", "tafseel se batao plz"]),
        (Act.MENU, ["menu", "Menu please", "مینو", "فهرست", "what can you do"]),
        (Act.THANKS, ["thanks", "thank you so much!!", "shukriya bhai", "🙏🙏", "❤️", "شکریہ", "مننه", "مهرباني", "بہت شکریہ"]),
        (Act.GOODBYE, ["bye", "khuda hafiz", "اللہ حافظ", "رب راکھا", "الله واهي", "thanks bye"]),
        (Act.HUMAN, ["talk to a human", "insan se baat karni hai", "counsellor se baat", "انسان سے بات کرنی ہے", "بندے نال گل کرنی اے", "ماڻهو سان ڳالهائڻو آهي", "له انسان سره خبرې کول غواړم"]),
        (Act.AFFIRM, ["yes", "haan", "ji haan", "ہاں", "جی", "هو", "ها", "آہو", "ok"]),
        (Act.DENY, ["no", "nahi", "نہیں", "نه", "نئیں", "no thanks"]),
        (Act.HELPFUL, ["helpful", "samajh gaya", "سمجھ گیا", "پوه شوم", "سمجهي ويس"]),
        (Act.NOT_HELPFUL, ["not helpful", "galat jawab", "غلط", "پوه نه شوم", "mufeed nahi", "👎", "سمجھ نئیں آئی"]),
        (Act.CHANGE_LANGUAGE, ["change language", "زبان بدلیں", "sindhi", "اردو", "ٻولي بدلايو", "ژبه بدله کړه"]),
    ],
)  # fmt: skip
def test_whole_messages_are_acts(act: Act, messages: list[str]) -> None:
    assert {message: quick_act(message) for message in messages} == dict.fromkeys(messages, act)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "😀",
        "passport",
        "more than 3 months no salary",
        "thanks but my kafeel has my passport",
        "hello how much is protector fee",
        "is it ok to work on visit visa",
        "no salary",
        "help me my boss beats me",
        "کفیل پاسپورٹ نہیں دے رہا",
        "yes " * 200,
    ],
)
def test_other_messages_are_left_to_the_classifier(message: str) -> None:
    assert quick_act(message) is None


@pytest.mark.parametrize(
    ("message", "tag"),
    [
        ("urdu mein batao", "ur"),
        ("Urdu", "ur"),
        ("roman urdu", "ur-Latn"),
        ("roman urdu mein likho", "ur-Latn"),
        ("english please", "en"),
        ("پښتو کې ووایه", "ps"),
        ("پشتو میں بتائیں", "ps"),
        ("change language to sindhi", "sd"),
        ("سنڌي ۾ ڳالهايو", "sd"),
        ("پنجابی وچ دسو", "pa-Arab"),
        ("انگریزی میں جواب دیں", "en"),
        ("not english, urdu", "ur"),
        ("can you speak pashto?", "ps"),
        ("do I need english for Korea", None),
        ("english test for uk visa", None),
        ("is urdu spoken in dubai", None),
        ("punjabi driver job", None),
        ("کیا کوریا کے لیے انگریزی ضروری ہے", None),
        ("embassy mein urdu bolne wala koi hai", None),
        ("زبان بدلیں", None),
        ("", None),
    ],
)
def test_requested_language(message: str, tag: str | None) -> None:
    assert requested_language(message) == tag
    if tag:
        assert quick_act(message) is Act.CHANGE_LANGUAGE


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("menu", Act.MENU),
        ("قطر", Act.INFORM_COUNTRY),
        ("قطر میں تنخواہ", Act.QUESTION),
        ("whatever", Act.QUESTION),
        ("", Act.QUESTION),
        ("👍", Act.HELPFUL),
    ],
)
def test_rules_know_whole_messages_and_leave_the_rest_as_questions(text: str, act: Act) -> None:
    assert act_by_rule(text) is act


@pytest.mark.parametrize(
    ("chances", "act"),
    [
        ({Act.THANKS: 0.6, Act.QUESTION: 0.4}, Act.THANKS),
        ({Act.HELPFUL: 0.4, Act.QUESTION: 0.3, Act.THANKS: 0.3}, Act.QUESTION),
        ({Act.URGENT: 0.26, Act.QUESTION: 0.74}, Act.URGENT),
        ({Act.URGENT: 0.2, Act.QUESTION: 0.4, Act.HUMAN: 0.3}, Act.QUESTION),
        ({Act.NOT_HELPFUL: 0.7, Act.QUESTION: 0.3}, Act.QUESTION),
        ({Act.NOT_HELPFUL: 0.9, Act.QUESTION: 0.1}, Act.NOT_HELPFUL),
        ({}, Act.QUESTION),
    ],
)
def test_the_model_must_be_sure_and_surer_of_a_word_on_the_last_answer(
    chances: dict[Act, float], act: Act
) -> None:
    assert likely_act(chances) is act


def test_after_an_answer_a_follow_up_takes_over_from_an_act_that_is_not_sure_enough() -> None:
    chances = {Act.WHO_ARE_YOU: 0.7, Act.HUMAN: 0.2, Act.FOLLOW_UP: 0.07, Act.QUESTION: 0.03}
    assert likely_act(chances, after_answer=True) is Act.FOLLOW_UP
    assert likely_act(chances) is Act.QUESTION


@pytest.mark.parametrize(
    ("chances", "act"),
    [
        ({Act.FOLLOW_UP: 0.3, Act.QUESTION: 0.7}, Act.FOLLOW_UP),
        ({Act.FOLLOW_UP: 0.3, Act.OUT_OF_SCOPE: 0.7}, Act.FOLLOW_UP),
        ({Act.FOLLOW_UP: 0.1, Act.QUESTION: 0.9}, Act.QUESTION),
        ({Act.FOLLOW_UP: 0.3, Act.URGENT: 0.7}, Act.URGENT),
        ({Act.FOLLOW_UP: 0.3, Act.HUMAN: 0.7}, Act.HUMAN),
    ],
)
def test_a_follow_up_is_expected_after_an_answer_and_is_none_before(
    chances: dict[Act, float], act: Act
) -> None:
    assert likely_act(chances, after_answer=True) is act
    assert likely_act(chances) is not Act.FOLLOW_UP


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    assert quick_act(text) in {None, *Act}
    requested_language(text)


def training_rows() -> list[tuple[str, str]]:
    rows = []
    for path in sorted(TRAINING.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            rows += [
                (block["intent"], line) for line in re.findall(r"^- (.*)$", block["examples"], re.MULTILINE)
            ]
    return rows


def test_training_examples_have_one_intent_each_and_name_acts() -> None:
    intents = defaultdict(set)
    for intent, text in training_rows():
        intents[text.strip().casefold()].add(intent)
    assert {text: sorted(found) for text, found in intents.items() if len(found) > 1} == {}
    trained = {intent for found in intents.values() for intent in found}
    assert trained == {act.value for act in Act} - {"choose", "media", "start"}


def test_keywords_do_not_contradict_the_training_examples() -> None:
    rows = [(intent, text, quick_act(text)) for intent, text in training_rows()]
    wrong = [row for row in rows if row[2] and row[2].value != row[0] and row[0] != "urgent"]
    assert len(wrong) <= 0.005 * len(rows), wrong


def test_emergency_rules_find_many_training_examples_and_raise_few_false_alarms() -> None:
    """The examples were written apart from the rules: many emergencies without an alarming word, and questions full of such
    words. The act model learns those; here count the other acts."""
    rows = [(intent, text, detect_urgency(text)) for intent, text in training_rows()]
    emergencies = [row for row in rows if row[0] == "urgent"]
    others = [row for row in rows if row[0] not in ("urgent", "question")]
    missed = [text for _, text, urgency in emergencies if urgency is None]
    alarms = [row for row in others if row[2]]
    assert len(missed) <= 2 / 3 * len(emergencies), missed
    assert len(alarms) <= 0.01 * len(others), alarms
