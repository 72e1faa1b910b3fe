from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from channels.contract import Received
from channels.inbox import accept
from channels.models import OutboundMessage
from channels.worker.delivery import send_due
from channels.worker.turns import process_conversation
from config.environment import Environment
from tests.fakes.channel import FakeChannel
from tests.fakes.dialogue import take_turn

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configured")]


def metrics(client: Client) -> dict[str, float]:
    lines = client.get("/metrics").content.decode().splitlines()
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")
    }


def test_alive(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"alive\n")


def test_not_ready_says_which_part_and_why(
    client: Client, settings: LazySettings, configured: Environment
) -> None:
    settings.SAFAR = replace(configured, rasa_url="http://127.0.0.1:9")
    settings.INDEX_DIR = "/nowhere"
    response = client.get("/readyz")
    parts = json.loads(response.content)
    assert response.status_code == 503
    assert set(parts) == {"database", "dialogue", "index"}
    assert parts["database"] == "ready"
    assert "http://127.0.0.1:9" in parts["dialogue"]
    assert parts["index"] == "no index in /nowhere: run `python manage.py build_index`"


def test_metrics_count_what_happens_and_name_nobody(client: Client) -> None:
    before = metrics(client)
    for number in range(3):
        (name,) = accept("telegram", [Received("987654321", f"m{number}", "private words")])
    assert metrics(client)['safar_queue_depth{queue="inbound"}'] == 3
    async_to_sync(process_conversation)(name, take_turn)
    assert metrics(client)['safar_queue_depth{queue="outbound"}'] == 3
    async_to_sync(send_due)({"telegram": FakeChannel()})
    after = metrics(client)
    for series, by in {
        'safar_messages_in_total{channel="telegram"}': 3,
        'safar_messages_out_total{channel="telegram"}': 3,
        'safar_sends_total{channel="telegram",result="sent"}': 3,
        'safar_turn_seconds_count{kind="answer"}': 3,
    }.items():
        assert after[series] - before.get(series, 0) == by, series
    assert after['safar_queue_depth{queue="outbound"}'] == 0
    assert OutboundMessage.objects.filter(created_at__lte=timezone.now()).count() == 3
    text = client.get("/metrics").content.decode()
    assert all(private not in text for private in ("987654321", "private words", name))


def test_refusals_are_counted(client: Client) -> None:
    series = 'safar_requests_refused_total{door="sms",status="401"}'
    before = metrics(client).get(series, 0)
    client.post("/webhooks/sms/", b"a=1", content_type="text/plain")
    assert metrics(client)[series] == before + 1


def test_metrics_of_several_processes_add_up(tmp_path: Path) -> None:
    """prometheus_client chooses its mode when it is imported, so each process here is a new one."""
    count = "from channels.monitoring import MESSAGES_IN; MESSAGES_IN.labels('sms').inc()"
    show = "from channels.monitoring import processes_text; print(processes_text().decode())"
    environ = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    for code in (count, count):
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, check=True)
    shown = subprocess.run(
        [sys.executable, "-c", show], cwd=ROOT, env=environ, check=True, capture_output=True, text=True
    )
    assert 'safar_messages_in_total{channel="sms"} 2.0' in shown.stdout
