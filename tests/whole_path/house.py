"""An installation as `make run` starts it: the processes of the Procfile on a var directory of their own, providers faked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import honcho.environ
import httpx
from django.conf import settings

from tests.channels.processes import ROOT, Installation, free_port, wait_until
from tests.channels.signing import TELEGRAM_SECRET
from tests.fakes import telegram_api, twilio_api
from tests.fakes.telegram_api import FakeTelegramApi
from tests.fakes.twilio_api import FakeTwilioApi

PROCFILE = honcho.environ.parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes
PREPARE_S = 600.0  # without a copied index and model everything is made anew
START_S = 180.0
STOP_S = 20.0
TURN_S = 60.0  # on a machine that does other work besides


@dataclass
class House(Installation):
    """``running`` processes by their name in the Procfile; each writes ``<name>.log`` in the var directory.

    said: texts and addresses of people, which no log may hold.
    """

    dialogue_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)

    def environ(self) -> dict[str, str]:
        """The settings of a real installation; the suite of channels/ shortens leases and names a dialogue of its own."""
        theirs = {
            name: value
            for name, value in super().environ().items()
            if not name.startswith(("FAKE_", "DJANGO_", "WORKER_"))
        }
        return theirs | {
            "PORT": str(self.port),
            "RASA_URL": f"http://127.0.0.1:{self.dialogue_port}",
            "RASA_TIMEOUT_S": "30",  # a busy test machine must not turn a slow turn into a degraded one
            "PROMETHEUS_MULTIPROC_DIR": str(self.var / "metrics"),
            "PYTHONUNBUFFERED": "1",
        }

    def log(self, name: str) -> Path:
        return self.var / f"{name}.log"

    def logs(self) -> dict[str, str]:
        """What every process has written so far, by file name."""
        return {
            path.name: path.read_text(encoding="utf-8", errors="replace")
            for path in sorted(self.var.rglob("*.log"))
        }

    def start_named(self, name: str) -> None:
        """Starts a process of the Procfile."""
        command = f"exec {PROCFILE[name]}"
        with self.log(name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                ["sh", "-c", command], cwd=ROOT, env=self.environ(), stdout=log, stderr=log
            )

    def prepare(self) -> None:
        """`manage.py prepare`, on copies of what this checkout has made already; unchanged parts are not made again."""
        _copy(Path(settings.INDEX_DIR), self.var / "index")
        _copy(Path(settings.RASA_MODEL_DIR), self.var / "rasa")
        (self.var / "metrics").mkdir()
        with self.log("prepare").open("wb") as log:
            done = subprocess.run(
                [ROOT / ".venv" / "bin" / "python", "manage.py", "prepare"],
                cwd=ROOT, env=self.environ(), stdout=log, stderr=log, timeout=PREPARE_S, check=False,
            )  # fmt: skip
        assert done.returncode == 0, self.log("prepare").read_text(encoding="utf-8")

    def open(self) -> None:
        """Starts everything and waits until all of it is ready."""
        self.prepare()
        for name in PROCFILE:
            self.start_named(name)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        try:
            wait_until(self._is_ready, START_S)
        except AssertionError:
            ends = "\n".join(f"--- {name}\n{text[-2000:]}" for name, text in self.logs().items())
            raise AssertionError(f"not ready within {START_S} s: {self._readiness()}\n{ends}") from None

    def _is_ready(self) -> bool:
        for name, process in self.processes.items():
            assert process.poll() is None, f"{name} ended with {process.returncode}"
        try:
            return self.get("/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def _readiness(self) -> str:
        """What /readyz says is missing."""
        try:
            return self.get("/readyz").text
        except httpx.HTTPError as error:
            return type(error).__name__

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)

    def post(self, path: str, content: bytes, headers: dict[str, str]) -> httpx.Response:
        return httpx.post(f"http://127.0.0.1:{self.port}{path}", content=content, headers=headers, timeout=30)

    def metric(self, line: str) -> float:
        """The value of one line of /metrics, such as ``safar_sends_total{channel="sms",result="sent"}``; 0 without it."""
        found = [row for row in self.get("/metrics").text.splitlines() if row.startswith(f"{line} ")]
        return float(found[0].rsplit(" ", 1)[1]) if found else 0.0

    def kill_named(self, name: str) -> None:
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop_all(self) -> None:
        """As a supervisor stops them; whoever does not listen is killed."""
        super().stop_all()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def secrets(self) -> set[str]:
        kept = {path.read_text(encoding="ascii").strip() for path in (self.var / "keys").iterdir()}
        return kept | {telegram_api.TOKEN, TELEGRAM_SECRET, twilio_api.AUTH_TOKEN}

    def leaks(self) -> list[str]:
        """What stands in a log and must not, with the log's name."""
        return [
            f"{name}: {private}"
            for name, text in self.logs().items()
            for private in sorted(self.said | self.secrets())
            if private in text
        ]


def _copy(source: Path, target: Path) -> None:
    """Without the logs and trackers of engines that run just now."""
    if source.exists():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.log", "run-*"))


@contextmanager
def open_house(var: Path) -> Iterator[House]:
    """Everything running and ready; all of it is stopped afterwards, and then no log may hold what people said."""
    with FakeTelegramApi() as telegram, FakeTwilioApi() as twilio:
        house = House(var, telegram, twilio)
        try:
            house.open()
            yield house
        finally:
            house.stop_all()
        assert house.leaks() == []
