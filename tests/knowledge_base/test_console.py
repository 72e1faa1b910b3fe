"""The console as staff use it: pages are opened, their forms are filled in and sent."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.test.utils.form_data import querydict_from_html

from knowledge_base import models
from knowledge_base.content import Library
from knowledge_base.importing import import_library
from knowledge_base.rows import library_from_rows
from nlu.languages import LANGUAGES

pytestmark = pytest.mark.django_db

ALL_MODELS = [models.Article, models.ArticleText, models.Fact, models.Contact, models.Source]


@pytest.fixture
def staff(sample: Library) -> Client:
    with disable_reference_index_auto_update():  # half of the time of an import; no test here counts usages
        import_library(sample)
    client = Client(HTTP_HOST="localhost")
    client.force_login(get_user_model().objects.create_superuser("editor", "editor@example.org"))
    return client


def url_of(row: Any, view: str = "edit") -> str:
    return reverse(row.snippet_viewset.get_url_name(view), args=[row.pk])


def form_of(staff: Client, url: str) -> QueryDict:
    """The main form of a page, as the browser would send it."""
    page = staff.get(url)
    assert page.status_code == 200
    forms = [
        querydict_from_html(page.content.decode(), form_index=index)
        for index in range(8)
        if _has(page, index)
    ]
    return max(forms, key=len)


def _has(page: Any, index: int) -> bool:
    return page.content.decode().count("<form") > index


def sent(staff: Client, url: str, changes: dict[str, str], **action: str) -> Any:
    data = dict(form_of(staff, url).lists()) | {name: [value] for name, value in (changes | action).items()}
    ticked = {name: ["on"] for name in data if name.endswith("-whatsapp")}  # the page writes a bare "checked"
    return staff.post(url, data | ticked)


def text_row(article: str = "ae/passport", tag: str = "en") -> models.ArticleText:
    return models.ArticleText.objects.get(article__key=article, language=tag)


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return dict(response.context["form"].errors)


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("view", ["list", "add"])
def test_every_list_and_new_form_opens(model: Any, view: str, staff: Client) -> None:
    assert staff.get(reverse(model.snippet_viewset.get_url_name(view))).status_code == 200


@pytest.mark.parametrize("model", ALL_MODELS)
@pytest.mark.parametrize("view", ["edit", "history", "usage", "delete"])
def test_every_page_of_an_entry_opens(model: Any, view: str, staff: Client) -> None:
    assert staff.get(url_of(model.objects.first(), view)).status_code == 200


@pytest.mark.parametrize("model", ALL_MODELS)
def test_saving_an_unchanged_form_changes_nothing(model: Any, staff: Client) -> None:
    before = library_from_rows()
    for row in model.objects.all():
        assert sent(staff, url_of(row), {}, **{"action-publish": "1"}).status_code == 302
    assert library_from_rows() == before


def test_the_list_of_texts_can_be_filtered_by_state(staff: Client) -> None:
    url = reverse(models.ArticleText.snippet_viewset.get_url_name("list"))
    page = staff.get(url, {"state": "machine draft"})
    masters = {
        text.pk for text in models.ArticleText.objects.filter(language="en")
    }  # not approved by anybody yet
    assert {row.pk for row in page.context["object_list"]} == masters | {text_row("sa/passport", "ur").pk}


def test_overdue_articles_can_be_listed(staff: Client) -> None:
    row = models.Article.objects.get(key="ae/passport")
    row.last_review = date(2020, 1, 1)
    row.save()
    for model, expected in ((models.Article, row.pk), (models.ArticleText, text_row().pk)):
        page = staff.get(reverse(model.snippet_viewset.get_url_name("list")), {"overdue": "true"})
        assert [one.pk for one in page.context["object_list"]] == [expected]
        assert "overdue since 2020-06-29" in page.content.decode()


def test_an_articles_page_leads_to_its_texts_and_facts(staff: Client) -> None:
    article = models.Article.objects.get(key="departure/fees")
    page = staff.get(url_of(article)).content.decode()
    for text in article.texts.all():
        assert url_of(text) in page
    for fact in article.facts.all():
        assert url_of(fact) in page
    assert f"?article={article.pk}&amp;language=ur-Latn" in page


def test_adding_a_missing_language_starts_with_article_and_language(staff: Client) -> None:
    article = models.Article.objects.get(key="departure/fees")
    url = reverse(models.ArticleText.snippet_viewset.get_url_name("add"))
    form = form_of(staff, f"{url}?article={article.pk}&language=ur-Latn")
    assert (form["article"], form["language"]) == (str(article.pk), "ur-Latn")


def test_a_text_is_written_in_its_own_direction(staff: Client) -> None:
    page = staff.get(url_of(text_row("sa/passport", "ur"))).content.decode()
    assert page.count('dir="rtl" lang="ur"') == 4
    assert 'dir="rtl" lang="ur"' not in staff.get(url_of(text_row())).content.decode()


def test_a_published_text_is_what_people_get(staff: Client) -> None:
    response = sent(
        staff, url_of(text_row()), {"title": "Passport kept in the Emirates"}, **{"action-publish": "1"}
    )
    assert response.status_code == 302
    assert library_from_rows().title("ae/passport", "en") == "Passport kept in the Emirates"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "word " * 13, "at most 60"),
        ("questions", "only one", "at least 8"),
        ("short", "Pay 500 now.", "figures in prose: 500"),
        ("short", "Too long. " * 40, "at most 2"),
        ("short", "Call {phone:nobody}.", "unknown contact"),
        ("more", "See https://example.org", "an address"),
        ("more", "سب", "letters are Latn"),
    ],
)
def test_a_text_that_breaks_a_rule_is_not_published_and_the_field_says_why(
    field: str, value: str, message: str, staff: Client
) -> None:
    before = library_from_rows()
    found = errors_of(sent(staff, url_of(text_row()), {field: value}, **{"action-publish": "1"}))
    assert list(found) == [field]
    assert message in found[field][0]
    assert library_from_rows() == before


def test_a_draft_may_be_unfinished(staff: Client) -> None:
    before = library_from_rows()
    assert (
        sent(staff, url_of(text_row()), {"short": "Pay 500, to be looked up", "questions": "one"}).status_code
        == 302
    )
    assert library_from_rows() == before
    draft = text_row().get_latest_revision_as_object()
    assert draft.short == "Pay 500, to be looked up"


def test_ticking_same_as_english_makes_a_translation_current(staff: Client) -> None:
    master, urdu = text_row("sa/passport", "en"), text_row("sa/passport", "ur")
    sent(
        staff,
        url_of(master),
        {"more": master.more.replace("a copy", "two copies")},
        **{"action-publish": "1"},
    )
    assert library_from_rows().articles["sa/passport"].state("ur").value == "outdated"
    sent(staff, url_of(urdu), {"same_as_english": "on"}, **{"action-publish": "1"})
    assert library_from_rows().articles["sa/passport"].state("ur").value == "machine draft"


def test_the_preview_shows_the_figures_and_the_length(staff: Client) -> None:
    row = text_row("sa/passport", "ur")
    url = reverse(models.ArticleText.snippet_viewset.get_url_name("preview_on_edit"), args=[row.pk])
    form = form_of(staff, url_of(row))
    assert staff.post(url, form).json()["is_valid"]
    page = staff.get(url).content.decode()
    assert 'dir="rtl"' in page
    assert "1,000 ریال" in page
    assert "2 SMS parts, 97 units" in page


def test_a_contact_has_one_field_per_language_and_keeps_them(staff: Client) -> None:
    row = models.Contact.objects.get(key="sa-test-embassy")
    form = form_of(staff, url_of(row))
    assert {f"name_{tag.lower().replace('-', '_')}" for tag in LANGUAGES} <= set(form)
    assert sent(staff, url_of(row), {"name_ps": "د ازمېښت سفارت", "urgent_danger": "3"}).status_code == 302
    row.refresh_from_db()
    assert row.name == {"en": "Test embassy", "ur": "آزمائشی سفارت خانہ", "ps": "د ازمېښت سفارت"}
    assert row.urgent == {"danger": 3, "detained": 1}


def test_a_phone_that_cannot_be_right_is_refused_at_the_phone(staff: Client) -> None:
    row = models.Contact.objects.get(key="sa-test-embassy")
    response = sent(staff, url_of(row), {"phones-0-number": "12"})
    assert response.status_code == 302  # a short code of two digits, such as 15
    response = sent(staff, url_of(row), {"phones-0-number": "0114887"})
    (phone,) = response.context["form"].formsets["phones"].forms
    assert "not a valid number in &#x27;sa&#x27;" in str(phone.errors["number"])
    assert models.ContactPhone.objects.get(contact=row).number == "12"


def test_a_doubtful_contact_cannot_be_urgent(staff: Client) -> None:
    row = models.Contact.objects.get(key="sa-test-police")
    assert "confidence is shown first" in str(errors_of(sent(staff, url_of(row), {"confidence": "low"})))


@pytest.mark.parametrize(
    ("value", "unit", "message"),
    [
        ("about 9000", "PKR", "no value"),
        ("31 December", "date", "no value"),
        ("25:00", "time", "needs a time"),
    ],
)
def test_a_figure_that_does_not_fit_its_unit_is_refused(
    value: str, unit: str, message: str, staff: Client
) -> None:
    row = models.Fact.objects.get(key="pk_test_fee")
    response = sent(staff, url_of(row), {"periods-0-value": value, "periods-0-unit": unit})
    (period,) = response.context["form"].formsets["periods"].forms
    assert message in str(period.errors["value"])


def test_a_new_value_of_a_fact_is_used_at_once(staff: Client) -> None:
    row = models.Fact.objects.get(key="pk_test_fee")
    assert sent(staff, url_of(row), {"periods-0-value": "9500"}).status_code == 302
    assert library_from_rows().facts["pk_test_fee"].periods[0].value == 9500


def test_a_source_in_use_cannot_be_deleted(staff: Client) -> None:
    call_command("rebuild_references_index", stdout=StringIO())  # what an import outside a test leaves behind
    source = models.Source.objects.get(key="sa-test-law")
    staff.post(url_of(source, "delete"))
    assert models.Source.objects.filter(pk=source.pk).exists()


@pytest.mark.parametrize("model", [models.Article, models.Fact, models.Contact, models.Source])
def test_a_key_that_others_use_cannot_be_changed(model: Any, staff: Client) -> None:
    row = model.objects.first()
    new_key = f"{row.key}_x" if model is models.Fact else f"{row.key}-x"
    assert "make a new entry" in str(errors_of(sent(staff, url_of(row), {"key": new_key})))


def test_a_visitor_gets_the_login_page(sample: Library) -> None:
    response = Client(HTTP_HOST="localhost").get(reverse(models.Fact.snippet_viewset.get_url_name("list")))
    assert response.status_code == 302
    assert "login" in response["Location"]
