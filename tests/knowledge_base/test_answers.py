from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.content import Answer, Article, Library, TranslationState, UnknownArticle, Withheld
from knowledge_base.rendering import LRM


def with_article(library: Library, article: Article) -> Library:
    return replace(library, articles={**library.articles, article.id: article})


def with_text(library: Library, article_id: str, tag: str, **changes: object) -> Library:
    article = library.articles[article_id]
    text = replace(article.texts[tag], **changes)  # type: ignore[arg-type]
    return with_article(library, replace(article, texts={**article.texts, tag: text}))


def answered(library: Library, article_id: str, tag: str, day: date) -> Answer:
    found = library.answer(article_id, tag, day)
    assert isinstance(found, Answer)
    return found


def test_an_answer_has_every_figure_filled_in_and_says_where_it_is_from(sample: Library, today: date) -> None:
    answer = answered(sample, "sa/passport", "ur", today)
    assert answer.language == "ur"
    assert f"{LRM}+966114887272{LRM}" in answer.short
    assert "1,000 ریال" in answer.more
    assert "{" not in answer.short + answer.more
    assert [source.key for source in answer.sources] == ["sa-test-law"]
    assert answer.contacts == ("sa-test-embassy", "sa-test-police")
    assert answer.checked == date(2026, 11, 22)
    assert answer.state is TranslationState.MACHINE
    assert answer.risk == "high"


def test_a_language_without_a_text_gets_the_next_of_its_chain(sample: Library, today: date) -> None:
    answer = answered(sample, "sa/passport", "ps", today)
    assert (answer.language, answer.requested_language) == ("ur", "ps")
    assert answered(sample, "ae/passport", "ps", today).language == "en"


def test_an_outdated_translation_is_passed_over_when_risk_is_high(sample: Library, today: date) -> None:
    changed = with_text(sample, "sa/passport", "en", more="Call {phone:sa-test-embassy} first.")
    assert changed.articles["sa/passport"].state("ur") is TranslationState.OUTDATED
    answer = answered(changed, "sa/passport", "ur", today)
    assert answer.language == "en"


def test_an_outdated_translation_is_served_with_its_state_when_risk_is_normal(
    sample: Library, today: date
) -> None:
    changed = with_text(sample, "departure/fees", "en", title="New title")
    answer = answered(changed, "departure/fees", "ur", today)
    assert (answer.language, answer.state) == ("ur", TranslationState.OUTDATED)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"method": "machine"}, TranslationState.MACHINE),
        ({"method": "machine", "reviewed": date(2026, 11, 1)}, TranslationState.REVIEWED),
        ({"method": "human"}, TranslationState.REVIEWED),
        ({"made_from": None}, TranslationState.OUTDATED),
        ({"made_from": "0" * 12}, TranslationState.OUTDATED),
    ],
)
def test_the_state_of_a_translation(
    changes: dict[str, object], state: TranslationState, sample: Library
) -> None:
    assert with_text(sample, "sa/passport", "ur", **changes).articles["sa/passport"].state("ur") is state


def test_the_master_is_a_draft_until_a_person_approved_it(sample: Library) -> None:
    assert sample.articles["sa/passport"].state("en") is TranslationState.MACHINE
    approved = with_text(sample, "sa/passport", "en", method="human", reviewed=date(2027, 1, 31))
    assert approved.articles["sa/passport"].state("en") is TranslationState.REVIEWED


def test_a_language_without_text_is_missing(sample: Library) -> None:
    assert sample.articles["sa/passport"].state("ps") is TranslationState.MISSING


def test_only_whitespace_changed_in_the_master_leaves_translations_current(sample: Library) -> None:
    master = sample.articles["sa/passport"].texts["en"]
    changed = with_text(sample, "sa/passport", "en", short=master.short.replace(". ", ".\n"))
    assert changed.articles["sa/passport"].state("ur") is TranslationState.MACHINE


def test_an_article_is_withheld_when_a_figure_has_no_value_today(sample: Library) -> None:
    found = sample.answer("departure/fees", "en", date(2027, 1, 1))
    assert found == Withheld("departure/fees", "no value of pk_test_fee holds on 2027-01-01")


def test_the_sources_of_figures_of_other_articles_are_named_too(sample: Library, today: date) -> None:
    changed = with_text(sample, "ae/passport", "en", more="The fee is {pk_test_fee}.")
    keys = [source.key for source in answered(changed, "ae/passport", "en", today).sources]
    assert keys == ["ae-test-law", "pk-test-fees"]


def test_an_article_past_its_review_says_so(sample: Library) -> None:
    assert not answered(sample, "ae/passport", "en", date(2027, 5, 21)).overdue
    assert answered(sample, "ae/passport", "en", date(2027, 5, 22)).overdue


def test_related_articles_that_do_not_exist_are_left_out(sample: Library, today: date) -> None:
    article = replace(sample.articles["ae/passport"], related=("sa/passport", "sa/unwritten"))
    assert answered(with_article(sample, article), "ae/passport", "en", today).related == ("sa/passport",)


def test_an_unknown_article_is_an_error(sample: Library, today: date) -> None:
    with pytest.raises(UnknownArticle, match="no/such"):
        sample.answer("no/such", "en", today)


def test_an_article_without_any_text_is_withheld(sample: Library, today: date) -> None:
    bare = with_article(sample, replace(sample.articles["ae/passport"], texts={}))
    assert isinstance(bare.answer("ae/passport", "ur", today), Withheld)
    assert bare.title("ae/passport", "ur") == ""


def test_articles_of_the_same_topic_are_found_by_country(sample: Library) -> None:
    assert sample.countries_of("passport") == ("ae", "sa")
    assert sample.articles_on("passport")["ae"] == "ae/passport"
    assert sample.topic_of("departure/fees") is None
    assert sample.title("ae/passport", "ur") == "Passport kept (Emirates)"
    assert set(sample.questions("sa/passport")) == {"en", "ur", "ur-Latn"}


def test_the_digest_changes_with_any_word_and_not_with_the_order(sample: Library) -> None:
    turned = replace(sample, articles=dict(reversed(sample.articles.items())))
    assert turned.digest == sample.digest
    assert with_text(sample, "ae/passport", "en", title="Other").digest != sample.digest


def test_an_emergency_gets_the_countrys_own_contacts_first_to_call_first(sample: Library) -> None:
    cards = sample.emergency_contacts("sa", "danger", "ur")
    assert [card.key for card in cards] == ["sa-test-police", "sa-test-embassy"]
    assert cards[0].numbers == ("999",)
    assert cards[1].name == "آزمائشی سفارت خانہ"
    assert cards[1].note == "Sunday to Thursday"


def test_a_country_without_contacts_gets_the_pakistani_numbers_that_work_from_there(sample: Library) -> None:
    cards = sample.emergency_contacts("qa", "trafficking", "en")
    assert [card.key for card in cards] == ["pk-test-helpline"]
    assert cards[0].numbers == ("WhatsApp +923001234567",)  # 1991 cannot be called from Qatar


def test_in_pakistan_the_short_code_is_shown(sample: Library) -> None:
    numbers = sample.emergency_contacts(None, "trafficking", "en")[0].numbers
    assert numbers == ("1991 (from Pakistan)", "WhatsApp +923001234567")


def test_an_emergency_that_nobody_near_serves_gets_the_international_contact(sample: Library) -> None:
    assert [card.key for card in sample.emergency_contacts("qa", "stranded", "en")] == ["un-test-line"]


@pytest.mark.parametrize(("kind", "police_first"), [("medical", True), ("suicide", False)])
def test_police_stand_in_first_only_where_minutes_count(
    kind: str, police_first: bool, sample: Library
) -> None:
    helper = replace(sample.contacts["un-test-line"], urgent={kind: 1})
    changed = replace(sample, contacts={**sample.contacts, helper.key: helper})
    shown = [card.key for card in changed.emergency_contacts("sa", kind, "en")]
    expected = ["sa-test-police", "un-test-line"] if police_first else ["un-test-line", "sa-test-police"]
    assert [key for key in shown if key in expected] == expected


def test_a_kind_of_emergency_that_nobody_serves_gets_the_contacts_for_danger(sample: Library) -> None:
    assert sample.emergency_contacts("sa", "suicide", "en")[0].key == "sa-test-police"


def test_the_local_number_is_followed_by_the_pakistani_one_that_works_from_there(sample: Library) -> None:
    police = replace(sample.contacts["sa-test-police"], urgent={"danger": 1, "trafficking": 1})
    changed = replace(sample, contacts={**sample.contacts, police.key: police})
    assert [card.key for card in changed.emergency_contacts("sa", "trafficking", "en")][:2] == [
        police.key,
        "pk-test-helpline",
    ]


@pytest.mark.parametrize("confidence", ["low", "doubtful"])
def test_a_doubtful_number_is_never_shown_in_an_emergency(confidence: str, sample: Library) -> None:
    police = replace(sample.contacts["sa-test-police"], confidence=confidence)
    changed = replace(sample, contacts={**sample.contacts, police.key: police})
    assert [card.key for card in changed.emergency_contacts("sa", "danger", "en")] == ["sa-test-embassy"]
