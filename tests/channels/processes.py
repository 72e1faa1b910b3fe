"""Real web and worker processes over a database file, for tests that kill them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.channels.signing import TELEGRAM_SECRET, signed_headers
from tests.fakes import telegram_api, twilio_api
from tests.fakes.telegram_api import FakeTelegramApi
from tests.fakes.twilio_api import FakeTwilioApi

ROOT = Path(__file__).resolve().parents[2]
PUBLIC_URL = "https://safar.example.org"
LEASE_S = 1.0
SENDER = "+15005550006"


def wait_until(true: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The first true value; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := true():
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """A var directory with its database, and the processes started on it."""

    var: Path
    telegram: FakeTelegramApi
    twilio: FakeTwilioApi
    port: int = field(default_factory=free_port)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def database(self) -> Path:
        return self.var / "safar.sqlite3"

    @property
    def wait_file(self) -> Path:
        """While it exists, no turn ends."""
        return self.var / "wait"

    @property
    def turn_log(self) -> Path:
        return self.var / "turns"

    @property
    def process_log(self) -> Path:
        return self.var / "processes.log"

    def environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.var),
            "PYTHONPATH": os.pathsep.join([str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]),
            "DJANGO_SETTINGS_MODULE": "tests.channels.process_settings",
            "SAFAR_VAR_DIR": str(self.var),
            "SAFAR_PUBLIC_URL": PUBLIC_URL,
            "TELEGRAM_TOKEN": telegram_api.TOKEN,
            "TELEGRAM_SECRET": TELEGRAM_SECRET,
            "TELEGRAM_API_BASE": self.telegram.base,
            "TWILIO_ACCOUNT_SID": twilio_api.ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": twilio_api.AUTH_TOKEN,
            "TWILIO_API_BASE": self.twilio.url,
            "WHATSAPP_FROM": SENDER,
            "SMS_FROM": SENDER,
            "WORKER_LEASE_S": str(LEASE_S),
            "WORKER_SWEEP_S": "0.3",
            "FAKE_TURN_WAIT_FILE": str(self.wait_file),
            "FAKE_TURN_LOG": str(self.turn_log),
        }

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.process_log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.environ(), stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def migrate(self) -> None:
        migrating = self.start("manage.py", "migrate", "--verbosity", "0")
        assert migrating.wait(timeout=120) == 0, self.process_log.read_text()

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start("manage.py", "run_worker")

    def start_web(self) -> None:
        self.start(
            "-m",
            "uvicorn",
            "django.core.asgi:get_asgi_application",
            "--factory",
            "--port",
            str(self.port),
            "--log-level",
            "info",
        )
        wait_until(self._web_answers)

    def _web_answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz").status_code == 200
        except httpx.HTTPError:
            return False

    def deliver(self, channel: str, body: bytes) -> httpx.Response:
        """A webhook as the provider would send it, to the real web process."""
        path = f"/webhooks/{channel}/"
        headers = signed_headers(channel, body, f"{PUBLIC_URL}{path}")
        return httpx.post(f"http://127.0.0.1:{self.port}{path}", content=body, headers=headers)

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(self.database, timeout=20)
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()

    def turns(self) -> list[str]:
        return self.turn_log.read_text(encoding="utf-8").split() if self.turn_log.exists() else []

    def stop_all(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@contextmanager
def installation(var: Path, database: Path | None = None) -> Iterator[Installation]:
    """With a copy of ``database`` and the fakes running; all processes are ended afterwards."""
    with FakeTelegramApi() as telegram, FakeTwilioApi() as twilio:
        made = Installation(var, telegram, twilio)
        try:
            if database is not None:
                shutil.copy(database, made.database)
            yield made
        finally:
            made.stop_all()


def kill(process: subprocess.Popen[bytes]) -> None:
    """What the kernel does when memory runs out: no handler, no clean-up."""
    process.send_signal(signal.SIGKILL)
    process.wait()
