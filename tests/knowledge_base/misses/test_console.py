"""The page of unanswered questions as staff use it: opened, filtered, its forms sent."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from wagtail.signal_handlers import disable_reference_index_auto_update
from wagtail.test.utils.form_data import querydict_from_html

from knowledge_base.content import Library
from knowledge_base.importing import import_library
from knowledge_base.misses import profiles
from knowledge_base.misses.grouping import STORED
from knowledge_base.misses.models import Miss
from knowledge_base.models import ArticleText
from knowledge_base.rows import library_from_rows
from knowledge_base.search.index import IndexMissing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_index")]
LIST = "/console/unanswered/"


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no search: profiles are what a test gives."""

    def missing() -> None:
        raise IndexMissing("there is no index")

    monkeypatch.setattr(profiles, "current_searcher", missing)


def client_of(**user: Any) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(get_user_model().objects.create_user(**user))
    return client


@pytest.fixture
def staff(sample: Library) -> Client:
    with disable_reference_index_auto_update():
        import_library(sample)
    return client_of(username="chief", is_superuser=True)


@pytest.fixture
def editor() -> Client:
    """One of Wagtail's own group, with nothing granted by hand."""
    client = client_of(username="editor")
    get_user_model().objects.get(username="editor").groups.add(Group.objects.get(name="Editors"))
    return client


def miss(text: str, direction: int = 0, **values: Any) -> Miss:
    profile = np.eye(8)[direction].astype(STORED).tobytes()
    given = {"language": "en", "kind": "declined", "day": timezone.localdate(), "profile_of": "an index"}
    return Miss.objects.create(text=text, profile=profile, **(given | values))


def texts_on(page: Any) -> list[list[str]]:
    assert page.status_code == 200
    return [[one.text for one in group.misses] for group in page.context["object_list"]]


def send(client: Client, action: str, *chosen: Miss, **data: Any) -> Any:
    """What a button of a group sends, when all of it is meant."""
    ids = ",".join(str(one.pk) for one in chosen)
    return client.post(f"{LIST}{action}/", {"misses": ids, "next": LIST, **data})


def said(response: Any, client: Client) -> str:
    page = client.get(response["Location"])
    return " ".join(str(message) for message in page.context["messages"])


def test_alike_questions_stand_together_with_what_staff_need_to_know(staff: Client) -> None:
    miss("my licence", nearest=[["sa/passport", 0.5]], country="sa")
    miss("میرا لائسنس", language="ur", kind="not-helpful", article="sa/passport")
    miss("something else", 1)
    page = staff.get(LIST)
    assert texts_on(page) == [["میرا لائسنس", "my licence"], ["something else"]]
    shown = page.content.decode()
    assert '<bdi dir="auto" lang="ur">میرا لائسنس</bdi>' in shown
    for words in (
        "2 questions",
        "Saudi Arabia",
        "The answer did not help 1",
        "Nearest articles",
        "Answered with",
    ):
        assert words in shown
    article = ArticleText.objects.get(article__key="sa/passport", language="en")
    assert article.title in shown
    assert reverse(article.article.snippet_viewset.get_url_name("edit"), args=[article.article_id]) in shown


def test_an_article_that_is_gone_is_only_named(staff: Client) -> None:
    miss("q", nearest=[["no/such", 0.5]])
    assert "no/such" in staff.get(LIST).content.decode()


def test_what_people_wrote_cannot_break_the_page(staff: Client) -> None:
    miss("<script>alert(1)</script>\u202e")
    assert "<script>alert" not in staff.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"en", "ur", "old"}),
        ({"language": "ur"}, {"ur"}),
        ({"country": "qa"}, {"ur"}),
        ({"kind": "not-helpful"}, {"en"}),
        ({"days": "7"}, {"en", "ur"}),
        ({"state": "dropped"}, {"closed"}),
        ({"state": "all"}, {"en", "ur", "old", "closed"}),
        ({"language": "sd"}, set()),
    ],
)
def test_the_list_can_be_filtered(query: dict[str, str], expected: set[str], staff: Client) -> None:
    miss("en", 0, kind="not-helpful")
    miss("ur", 1, language="ur", country="qa")
    miss("old", 2, day=timezone.localdate() - timedelta(days=8))
    miss("closed", 3, state="dropped")
    for address in (LIST, f"{LIST}results/"):
        assert {text for group in texts_on(staff.get(address, query)) for text in group} == expected


def test_an_empty_list_says_what_comes_here(staff: Client) -> None:
    assert "Nothing is open" in staff.get(LIST).content.decode()
    assert "No question fits" in staff.get(LIST, {"language": "sd"}).content.decode()


def test_the_page_costs_as_many_queries_for_many_questions_as_for_few(
    staff: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        miss(f"question {number}", number % 8, nearest=[["sa/passport", 0.5]])
    staff.get(LIST)
    with django_assert_max_num_queries(20):
        staff.get(LIST)


def test_nothing_to_do_closes_and_can_be_undone(staff: Client) -> None:
    both = miss("a"), miss("b")
    response = send(staff, "drop", *both)
    assert response["Location"] == LIST
    assert texts_on(staff.get(LIST)) == []
    closed = Miss.objects.first()
    assert closed is not None
    assert (closed.state, str(closed.closed_by), closed.closed_on) == (
        "dropped",
        "chief",
        timezone.localdate(),
    )
    send(staff, "reopen", *both)
    assert texts_on(staff.get(LIST)) == [["b", "a"]]
    assert Miss.objects.filter(closed_by=None, closed_on=None).count() == 2


def test_what_is_ticked_is_meant_alone(staff: Client) -> None:
    one, other = miss("a"), miss("b")
    send(staff, "drop", one, other, ticked=[str(other.pk)])
    assert texts_on(staff.get(LIST)) == [["a"]]


def test_only_what_is_ticked_is_deleted(staff: Client) -> None:
    one, other = miss("my name is hidden in a riddle"), miss("b")
    assert "Tick" in said(send(staff, "delete", one, other), staff)
    assert Miss.objects.count() == 2
    send(staff, "delete", one, other, ticked=[str(one.pk)])
    assert Miss.objects.get() == other


def adding(staff: Client, *chosen: Miss, **changes: Any) -> Any:
    """Opens the page that "Add to an article's questions" leads to, and sends its form."""
    page = send(staff, "add", *chosen)
    assert page.status_code == 200
    forms = (
        querydict_from_html(page.content.decode(), form_index=index)
        for index in range(page.content.count(b"<form"))
    )
    form = dict(max(forms, key=len).lists())
    ticked = {name: ["on"] for name in form if name.endswith("-use")}  # the page writes a bare "checked"
    return staff.post(f"{LIST}add/", {**form, **ticked, "save": "1", **changes})


def text_row(article: str, tag: str) -> ArticleText:
    return ArticleText.objects.get(article__key=article, language=tag)


def test_wordings_become_a_draft_of_the_articles_text_in_their_language(staff: Client) -> None:
    before = library_from_rows()
    asked = [miss("boss locked my passport away"), miss("پاسپورٹ تالے میں ہے", language="ur")]
    asked.append(miss("boss locked my passport up"))  # a second one of a language is not ticked beforehand
    response = adding(staff, *asked, article="sa/passport")
    told = said(response, staff)
    for tag, text in (("en", "boss locked my passport up"), ("ur", "پاسپورٹ تالے میں ہے")):
        row = text_row("sa/passport", tag)
        draft = row.get_latest_revision_as_object()
        assert draft.questions.splitlines() == [*row.questions.splitlines(), text]
        assert row.has_unpublished_changes
        assert str(row.latest_revision.user) == "chief"
        assert reverse(row.snippet_viewset.get_url_name("edit"), args=[row.pk]) in told
    assert library_from_rows() == before
    assert {(one.state, one.added_to) for one in Miss.objects.all()} == {("added", "sa/passport")}


def test_a_published_draft_is_what_is_searched(staff: Client) -> None:
    adding(staff, miss("boss locked my passport away"), article="sa/passport")
    text_row("sa/passport", "en").latest_revision.publish()
    assert "boss locked my passport away" in library_from_rows().questions("sa/passport")["en"]


def test_an_unpublished_draft_of_somebody_is_added_to_not_lost(staff: Client) -> None:
    row = text_row("sa/passport", "en")
    row.title = "A draft title"
    row.save_revision()
    adding(staff, miss("boss locked my passport away"), article="sa/passport")
    draft = text_row("sa/passport", "en").get_latest_revision_as_object()
    assert draft.title == "A draft title"
    assert draft.questions.endswith("boss locked my passport away")


def test_a_question_that_is_there_already_is_closed_without_a_draft(staff: Client) -> None:
    row = text_row("sa/passport", "en")
    asked = miss(row.questions.splitlines()[0].upper() + "?!")
    assert "there already" in said(adding(staff, asked, article="sa/passport"), staff)
    assert text_row("sa/passport", "en").latest_revision == row.latest_revision
    assert Miss.objects.get().state == "added"


@pytest.mark.parametrize(
    ("article", "tag", "changes", "message"),
    [
        ("sa/passport", "sd", {}, "has no text in Sindhi"),
        ("", "en", {}, "This field is required"),
        ("sa/passport", "en", {"form-0-use": []}, "Tick at least one"),
        ("sa/passport", "en", {"form-0-text": " ? "}, "Write the question"),
        ("sa/passport", "en", {"form-0-text": "mera naam [name] hai"}, "no hidden word"),
        ("sa/passport", "en", {"form-0-language": "xx"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_added_says_why_and_changes_nothing(
    article: str, tag: str, changes: dict[str, Any], message: str, staff: Client
) -> None:
    page = adding(staff, miss("boss locked my passport away", language=tag), article=article, **changes)
    assert page.status_code == 200
    assert message in page.content.decode()
    assert Miss.objects.get().state == "open"
    assert not ArticleText.objects.filter(has_unpublished_changes=True).exists()


def test_of_several_languages_all_or_none_is_added(staff: Client) -> None:
    adding(staff, miss("q in english here"), miss("سنڌي", language="sd"), article="sa/passport")
    assert not ArticleText.objects.filter(has_unpublished_changes=True).exists()


def test_a_locked_text_is_left_alone(staff: Client) -> None:
    ArticleText.objects.filter(article__key="sa/passport", language="en").update(locked=True)
    page = adding(staff, miss("boss locked my passport away"), article="sa/passport")
    assert "is locked" in page.content.decode()


def test_marks_are_left_out_of_what_is_proposed(staff: Client) -> None:
    page = send(staff, "add", miss("my name is [name] call [phone] about my passport"))
    assert "my name is call about my passport</textarea>" in page.content.decode()


@pytest.mark.parametrize("action", ["drop", "reopen", "delete", "add"])
def test_nobody_acts_by_a_link_or_on_nothing(action: str, staff: Client) -> None:
    assert staff.get(f"{LIST}{action}/").status_code == 405
    assert staff.post(f"{LIST}{action}/", {"misses": "x,99999,,"})["Location"] == LIST


def test_nobody_is_sent_to_another_site(staff: Client) -> None:
    response = staff.post(f"{LIST}drop/", {"misses": "", "next": "https://example.org/"})
    assert response["Location"] == LIST


def test_wagtails_editors_may_handle_questions_but_not_edit_texts(editor: Client) -> None:
    asked = miss("q")
    assert "Add to an article" not in editor.get(LIST).content.decode()
    assert send(editor, "add", asked)["Location"] == "/console/"
    assert send(editor, "drop", asked)["Location"] == LIST
    assert Miss.objects.get().state == "dropped"


def test_an_editor_who_may_change_texts_may_add(editor: Client, sample: Library) -> None:
    with disable_reference_index_auto_update():
        import_library(sample)
    group = Group.objects.get(name="Editors")
    group.permissions.add(Permission.objects.get(codename="change_articletext"))
    adding(editor, miss("boss locked my passport away"), article="sa/passport")
    assert text_row("sa/passport", "en").has_unpublished_changes


def test_without_the_permission_nothing_is_seen_or_done() -> None:
    client = client_of(username="guest")
    user = get_user_model().objects.get(username="guest")
    user.user_permissions.add(Permission.objects.get(codename="access_admin"))
    asked = miss("a secret")
    assert "unanswered" not in client.get("/console/").content.decode().lower()
    for response in (
        client.get(LIST),
        send(client, "drop", asked),
        send(client, "delete", asked, ticked=[asked.pk]),
    ):
        assert response["Location"] == "/console/"
    assert Miss.objects.get().state == "open"


def test_a_visitor_gets_the_login_page() -> None:
    assert "login" in Client(HTTP_HOST="localhost").get(LIST)["Location"]


def test_the_consoles_first_page_counts_what_is_open(staff: Client) -> None:
    miss("a")
    miss("b", state="dropped")
    assert "1 unanswered question<" in staff.get("/console/").content.decode()


def test_groups_can_be_given_the_permission_in_the_console(staff: Client) -> None:
    assert "handle unanswered questions" in staff.get("/console/groups/new/").content.decode()


def test_without_an_index_the_command_says_what_to_do() -> None:
    miss("q")
    with pytest.raises(CommandError, match="there is no index"):
        call_command("profile_misses", stdout=StringIO())
