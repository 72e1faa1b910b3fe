from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.languages import LANGUAGES
from nlu.places import (
    COUNTRIES,
    DESTINATIONS,
    MAX_PLACES,
    Place,
    country_name,
    country_of_place,
    destinations_in,
    find_places,
    only_places,
)

ONE_PLACE = [
    # (text, country, city)
    ("my sponsor took my passport in Riyadh, what can I do?", "sa", "Riyadh"),
    ("KSA", "sa", None),
    ("saudia mein job", "sa", None),
    ("soudia arab", "sa", None),
    ("سعودی عرب جانا ہے", "sa", None),
    ("سعودیہ وچ", "sa", None),
    ("سعودي ۾", "sa", None),
    ("په رياض کې", "sa", "Riyadh"),
    ("الرياض", "sa", "Riyadh"),
    ("جدې کې", "sa", "Jeddah"),
    ("jaddah", "sa", "Jeddah"),
    ("dubai se", "ae", "Dubai"),
    ("dubai wala agent", "ae", "Dubai"),
    ("dubaiwala", "ae", "Dubai"),
    ("دبئی\u200cمیں", "ae", "Dubai"),
    ("دبئ", "ae", "Dubai"),
    ("دبئی ائیرپورٹ پر روک لیا", "ae", "Dubai"),
    ("دوبۍ ته ځم", "ae", "Dubai"),
    ("دٻئي ۾", "ae", "Dubai"),
    ("دبي", "ae", "Dubai"),
    ("U.A.E. visa", "ae", None),
    ("متحدہ عرب امارات", "ae", None),
    ("Emirates labour law", "ae", None),
    ("sharja", "ae", "Sharjah"),
    ("شارجہ", "ae", "Sharjah"),
    ("abu zabi", "ae", "Abu Dhabi"),
    ("ابو ظہبی", "ae", "Abu Dhabi"),
    ("doha qatar", "qa", "Doha"),
    ("katar ka visa", "qa", None),
    ("قطر وچ", "qa", None),
    ("kowait", "kw", None),
    ("ڪويت ۾", "kw", None),
    ("کوېټ", "kw", None),
    ("mascat", "om", "Muscat"),
    ("مسقط", "om", "Muscat"),
    ("oman", "om", None),
    ("عمان میں", "om", None),
    ("behrain", "bh", None),
    ("منامہ", "bh", "Manama"),
    ("malaysiaa", "my", None),
    ("مالیزیا", "my", None),
    ("ملائيشيا", "my", None),
    ("KL mein", "my", "Kuala Lumpur"),
    ("kualalumpur", "my", "Kuala Lumpur"),
    ("libia se", "ly", None),
    ("لیبیا کے راستے", "ly", None),
    ("irani border", "ir", None),
    ("ترکیہ", "tr", None),
    ("یونان", "gr", None),
    ("itly jana hai", "it", None),
    ("kambodia", "kh", None),
    ("KK park", "mm", "KK Park"),
    ("تھائی لینڈ", "th", None),
    ("thiland job", "th", None),
    ("کراچی", "pk", "Karachi"),
    ("په پېښور کې", "pk", "Peshawar"),
    ("south korea eps", "kr", None),
    ("riyadhh", "sa", "Riyadh"),
    ("malaisia", "my", None),
    ("امارات میڈیکل فیل ہو گیا", "ae", None),
    ("jida ka konsulate", "sa", "Jeddah"),
    ("kuwat ka visa", "kw", None),
    ("ملیشیا میں تنخواہ نہیں ملی", "my", None),
    ("stuck in Jebel Ali", "ae", "Dubai"),
    ("فحاحیل وچ کم", "kw", "Fahaheel"),
    ("دقم ۾ ٺيڪيدار", "om", "Duqm"),
    ("مدینہ حمد تھانے وچوں", "bh", "Hamad Town"),
]
NO_PLACE = [
    "om", "my salary", "is it legal", "la", "de do", "man", "aman", "iman", "roman urdu", "woman", "human rights", "italic",
    "insan", "safari", "muharram", "mahram", "medical", "charge", "sharif", "dubious", "hungry", "sodium", "qatal", "katra",
    "riyal", "canada", "panama", "master", "are you there", "me in he", "th kh mm", "passport wapas nahi", "imran khan",
    "میں کیا کروں", "امانت", "رومن", "انسان", "عوام", "جدا", "درجہ", "بحر", "قطرہ", "لیبر آفس", "پاسپورٹ", "کوئی", "ما ته ووايه",
    "منهنجو پاسپورٽ", "سپین رنگ", "کیا حال اے", "", "12345", "😀", "bhai ki koi khabar nahi", "3 mahine se salary nahi",
    "aakhri mahina", "har maheene paise", "munafa", "palang", "نوکری لبھدے مہینے مکے",
]  # fmt: skip


@pytest.mark.parametrize(("text", "country", "city"), ONE_PLACE)
def test_place_is_found(text: str, country: str, city: str | None) -> None:
    places = find_places(text)
    assert places, "nothing found"
    assert {place.country for place in places} == {country}
    assert city in {place.city for place in places}


@pytest.mark.parametrize("text", NO_PLACE)
def test_ordinary_words_are_no_place(text: str) -> None:
    assert find_places(text) == ()


@pytest.mark.parametrize("destination", DESTINATIONS)
def test_destinations_are_found_by_every_name_we_show(destination: str) -> None:
    for tag in LANGUAGES:
        assert country_of_place(country_name(destination, tag)) == destination, tag


def test_every_country_has_a_name_in_every_language() -> None:
    assert {"sa", "ae", "qa", "kw", "om", "bh", "my"} == set(DESTINATIONS) <= set(COUNTRIES)
    for code in COUNTRIES:
        for tag in LANGUAGES:
            assert country_name(code, tag)
    with pytest.raises(KeyError, match=r"places\.yml"):
        country_name("xx", "en")


def test_offsets_point_into_the_original() -> None:
    text = "  مجھے دُبئی\u200cمیں کام ملا، then Saudi  Arabia"
    places = find_places(text)
    assert [place.country for place in places] == ["ae", "sa"]
    assert [text[place.start : place.end] for place in places] == [place.text for place in places]
    assert places[1] == Place("sa", None, "Saudi  Arabia", text.index("Saudi"), len(text))


def test_destinations_are_told_once_in_order_and_other_countries_not() -> None:
    assert destinations_in("from Italy to Dubai, then Doha and back to Abu Dhabi") == ("ae", "qa")
    assert destinations_in("my passport") == ()


def test_two_countries_come_in_order() -> None:
    assert [place.country for place in find_places("qatar se saudi transfer")] == ["qa", "sa"]
    assert country_of_place("qatar se saudi") is None


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("دبئی", True),
        ("dubai mein", True),
        ("in saudi arabia", True),
        ("په قطر کې", True),
        ("and what about in Oman then", True),
        ("acha or bahrain me bhi yehi hai?", True),
        ("اور کویت والوں کے لیے؟", True),
        ("او په عمان کې څنګه؟", True),
        ("۽ ملائيشيا ۾ به ائين آهي؟", True),
        ("تے بحرین وچ وی ایہو اے؟", True),
        ("dubai visa fee kitni hai", False),
        ("salary in qatar", False),
        ("qatar embassy", False),
        ("is it safe in qatar", False),
        ("", False),
    ],
)
def test_messages_of_a_place_only(text: str, only: bool) -> None:
    assert bool(only_places(text)) is only


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    for place in find_places(text):
        assert text[place.start : place.end] == place.text
        assert place.country in COUNTRIES


def test_places_of_a_huge_text_are_bounded() -> None:
    assert len(find_places("dubai " * 1_000_000)) == MAX_PLACES
