"""A dialogue engine for commands and tests: the running one, or one of their own for as long as they last."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import uvicorn
from django.conf import settings
from django.core.management.base import CommandError

from bot.engine import Engine
from bot.lookup import warm_up
from config.environment import ROOT
from config.training import RASA_PYTHON

START_TIMEOUT_S = 180


class DialogueNotStarted(CommandError):
    """Rasa could not be started; the message names its log."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def running() -> bool:
    """True if an engine answers at RASA_URL."""

    async def ready() -> bool:
        async with httpx.AsyncClient() as client:
            return await Engine(settings.SAFAR.rasa_url.rstrip("/"), 2).is_ready(client)

    return asyncio.run(ready())


@contextmanager
def dialogue(say: Callable[[str], object], *, timeout_s: float | None = None) -> Iterator[None]:
    """Within the block, `settings.SAFAR.rasa_url` leads to an engine that answers."""
    if running():
        yield
        return
    say("No dialogue engine is running; starting one for this command (about half a minute) ...")
    before = settings.SAFAR
    with action_server() as actions_url, rasa(actions_url) as rasa_url:
        warm_up()
        settings.SAFAR = replace(before, rasa_url=rasa_url, rasa_timeout_s=timeout_s or before.rasa_timeout_s)
        try:
            yield
        finally:
            settings.SAFAR = before


@contextmanager
def action_server() -> Iterator[str]:
    """`/actions` of this very process on a free port; yields its address."""
    from bot.actions.endpoint import actions_application

    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(actions_application, port=port, log_level="warning", access_log=False, lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/actions"
    finally:
        server.should_exit = True
        thread.join(timeout=5)


@contextmanager
def rasa(actions_url: str) -> Iterator[str]:
    """A Rasa server with the trained model and a tracker store of its own; yields its address."""
    var = Path(settings.VAR_DIR)
    if not (var / "rasa" / "safar.tar.gz").exists():
        raise DialogueNotStarted("There is no dialogue model yet. Run `python manage.py prepare` first.")
    port = free_port()
    log, tracker = var / "rasa" / f"run-{port}.log", var / "rasa" / f"run-{port}.sqlite3"
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "SAFAR_VAR_DIR": str(var),
        "ACTIONS_URL": actions_url,
        "SAFAR_ACTION_KEY": settings.ACTION_KEY,
        "RASA_TRACKER_FILE": str(tracker),
        "RASA_URL": url,
    }
    with log.open("w") as output:
        process = subprocess.Popen(
            [RASA_PYTHON, "-m", "bot.assistant.server", "run"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, url, log)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
        for leftover in (log, tracker):
            leftover.unlink(missing_ok=True)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            lines = "\n".join(log.read_text().splitlines()[-15:])
            raise DialogueNotStarted(f"The dialogue engine ended at once. Its last lines:\n{lines}")
        try:
            if httpx.get(f"{url}/webhooks/rest/", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.3)
    raise DialogueNotStarted(f"The dialogue engine did not answer within {START_TIMEOUT_S} s; see {log}.")
