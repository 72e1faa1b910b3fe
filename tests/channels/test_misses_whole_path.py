"""From a signed webhook through a real Rasa and a real search to the page that staff open."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.test import Client

from bot.phrases import say
from bot.turn import take_turn
from channels.models import OutboundMessage
from channels.pseudonyms import pseudonym
from channels.worker.turns import process_conversation
from knowledge_base.misses.models import Miss
from knowledge_base.misses.profiles import note_profiles
from tests.channels.conftest import Deliver

pytestmark = [pytest.mark.django_db, pytest.mark.rasa, pytest.mark.slow]
ADDRESS = "+923000000001"
PRIVATE = ("35202", "1234567", "0300", "Gulrez", ADDRESS)


@pytest.fixture
def staff() -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(get_user_model().objects.create_superuser("chief"))
    return client


def send(deliver: Deliver, *texts: str) -> None:
    for number, text in enumerate(texts):
        body = urlencode({"From": ADDRESS, "MessageSid": f"SM{number}", "Body": text}).encode()
        assert deliver("sms", body).status_code == 200
        async_to_sync(process_conversation)(pseudonym("sms", ADDRESS), take_turn)


def test_an_unanswerable_question_is_on_the_page_without_the_person(
    engine: None, deliver: Deliver, staff: Client
) -> None:
    send(
        deliver,
        "my name is Gulrez, cnic 35202-1234567-1, call 0300-1234567: who can flurbish the gnorbal wexing in qatar?",
    )
    assert OutboundMessage.objects.exists()
    page = staff.get("/console/unanswered/").content.decode()
    assert (
        "my name is [name], cnic [document], call [phone]: who can flurbish the gnorbal wexing in qatar?"
        in page
    )
    assert not any(words in page for words in PRIVATE)
    (miss,) = Miss.objects.values()
    assert not any(words in str(miss) for words in (*PRIVATE, pseudonym("sms", ADDRESS)))
    assert (miss["country"], miss["channel"], miss["language"]) == ("qa", "sms", "en")
    assert miss["profile"]
    assert note_profiles() == 0  # the page has seen to it


def test_when_the_person_is_told_that_staff_will_see_it_they_do(
    engine: None, deliver: Deliver, staff: Client
) -> None:
    send(deliver, "my sponsor took my passport AB1234567 in Riyadh, what can I do?", "not helpful")
    told = OutboundMessage.objects.latest("id").payload["text"]
    assert told.startswith(say("feedback_sorry", "en", contact="").split(";")[0])
    page = staff.get("/console/unanswered/").content.decode()
    assert "my sponsor took my passport [document] in Riyadh, what can I do?" in page
    assert "The answer did not help" in page
    assert [miss.article for miss in Miss.objects.all()] == ["sa/passport"]
