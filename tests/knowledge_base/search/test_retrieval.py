from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge_base.search.decision import DecisionKind
from knowledge_base.search.retrieval import Query, Searcher, in_scope
from nlu.acts import Act

pytestmark = pytest.mark.model


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("the sponsor in saudi won't give me my passport", "sa/passport"),
        ("کفیل پاسپورٹ واپس نہیں دے رہا", "sa/passport"),
        ("kafil pasport wapis nai de rha", "sa/passport"),
        ("کفيل مې پاسپورټ نه راکوي", "sa/passport"),
        ("ڪفيل پاسپورٽ واپس نٿو ڏئي", "sa/passport"),
        ("کفیل پاسپورٹ واپس نئیں دیندا", "sa/passport"),
        ("3 months and no wages from my company", "sa/wages"),
        ("tnkhwah nai mili teen mahine", "sa/wages"),
        ("تین ماہ کی تنخواہ باقی ہے", "sa/wages"),
        ("ڪمپني پگهار نٿي ڏئي", "sa/wages"),
        ("شرکت معاش نه راکوي", "sa/wages"),
        ("کمپنی تنخواہ نئیں دیندی", "sa/wages"),
        ("how much may an agent ask for", "departure/agent-fees"),
        ("agent 5 lakh mang rha he vize k liye", "departure/agent-fees"),
        ("ايجنٽ پنج لک گهري ٿو", "departure/agent-fees"),
        ("where can I test for hiv", "health/hiv-pakistan"),
        ("ایچ آئی وی دی دوا کتھوں ملے گی", "health/hiv-pakistan"),
        ("kishti se libya italy", "irregular/risks"),
        ("له ليبيا نه ايټاليا ته په کښتۍ کې", "irregular/risks"),
        ("loan after I come back home", "return/services"),
    ],
)
def test_a_question_finds_its_article_in_every_language(searcher: Searcher, text: str, article: str) -> None:
    decision = searcher.search(Query(text, countries_named=("sa",)))
    assert article in [candidate.article_id for candidate in decision.candidates[:1]]
    assert decision.kind in (DecisionKind.ANSWER, DecisionKind.WHICH)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "😀😀", "؟؟؟!!!", "\x00\x01\x02", "\ud83d", "🇵🇰 ❤️ …"])
def test_text_without_a_word_is_unknown(searcher: Searcher, text: str) -> None:
    decision = searcher.search(Query(text))
    assert (decision.kind, decision.article, decision.candidates) == (DecisionKind.UNKNOWN, None, ())


@pytest.mark.parametrize(
    "text",
    [
        "\x00PNG\r\n\x1a\n\x00IHDR" * 50,
        "'; DROP TABLE articles; --",
        "<script>alert(1)</script>",
        "\ud83d half a pair a",
        "a" * 100_000,
        "</s><s><mask>",
    ],
)
def test_any_text_gets_a_decision(searcher: Searcher, text: str) -> None:
    assert searcher.search(Query(text)).kind in DecisionKind


def test_a_huge_text_takes_no_longer_than_a_long_one(searcher: Searcher) -> None:
    started = time.perf_counter()
    searcher.search(Query("میری تنخواہ نہیں ملی " * 400))
    long = time.perf_counter() - started
    started = time.perf_counter()
    searcher.search(Query("میری تنخواہ نہیں ملی! " * 450_000))
    assert time.perf_counter() - started < 3 * long + 1


def test_without_a_country_the_country_is_asked(searcher: Searcher) -> None:
    decision = searcher.search(Query("my boss has taken my passport"))
    assert (decision.kind, decision.topic) == (DecisionKind.COUNTRY, "passport")
    assert {candidate.article_id for candidate in decision.candidates} == {"sa/passport", "ae/passport"}


def test_the_remembered_question_is_answered_with_the_country(searcher: Searcher) -> None:
    decision = searcher.search(Query("my boss has taken my passport", country="ae"))
    assert (decision.kind, decision.article, decision.country) == (DecisionKind.ANSWER, "ae/passport", "ae")


def test_a_country_in_the_text_counts_more_than_the_conversations(searcher: Searcher) -> None:
    decision = searcher.search(Query("kafeel ne passport rakh liya", country="ae", countries_named=("sa",)))
    assert decision.article == "sa/passport"


def test_a_country_without_articles_does_not_hide_the_conversations(searcher: Searcher) -> None:
    decision = searcher.search(
        Query("kafeel ne passport rakh liya pakistan wapas jana hai", country="sa", countries_named=("pk",))
    )
    assert decision.candidates[0].article_id == "sa/passport"


def test_a_remembered_topic_is_answered_for_the_country(searcher: Searcher) -> None:
    decision = searcher.search(Query("saudi", country="sa", topic="wages"))
    assert (decision.kind, decision.article) == (DecisionKind.ANSWER, "sa/wages")


def test_concurrent_searches_decide_like_single_ones(searcher: Searcher) -> None:
    queries = [
        Query(f"{word} passport salary agent", country="sa")
        for word in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    ]
    alone = [searcher.search(query) for query in queries]
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(searcher.search, queries))
    assert [(d.kind, d.article) for d in alone] == [(d.kind, d.article) for d in together]


def test_an_off_topic_act_is_taken_for_likelier_than_the_model_says() -> None:
    assert in_scope({}) == 1
    assert in_scope({Act.OUT_OF_SCOPE: 1.0}) == 0
    assert 0 < in_scope({Act.OUT_OF_SCOPE: 0.4}) < 0.6
