"""What a newcomer meets: a missing Python, a busy port, a wrong variable, each told in one sentence."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from config.environment import ROOT
from config.supervise import port_is_free, refuse_busy_ports
from scripts import bootstrap


def test_a_busy_port_is_told_with_the_way_out() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert not port_is_free(port)
        with pytest.raises(SystemExit, match=rf"Port {port} is in use.*make run PORT={port + 1}"):
            refuse_busy_ports(port, port)


def test_a_missing_python_3_10_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "candidates", lambda version: iter(["no-such-python"]))
    monkeypatch.setattr(bootstrap, "installed", lambda environment, pins: environment == bootstrap.WEB)
    with pytest.raises(SystemExit, match=r"Python 3\.10 was not found"):
        bootstrap.main()


def test_an_interpreter_of_another_version_does_not_count() -> None:
    assert bootstrap.works(sys.executable, "3.11")
    assert not bootstrap.works(sys.executable, "3.10")
    assert not bootstrap.works("/no/such/python", "3.10")


def test_changed_pins_are_installed_again(tmp_path: pytest.TempPathFactory) -> None:
    pins = ROOT / "requirements" / "web.txt"
    (tmp_path / ".installed").write_text(bootstrap.stamp(pins))  # type: ignore[operator]
    assert bootstrap.installed(tmp_path, pins)  # type: ignore[arg-type]
    assert not bootstrap.installed(tmp_path, ROOT / "requirements" / "dialogue.txt")  # type: ignore[arg-type]


def test_manage_tells_a_wrong_variable_without_a_traceback() -> None:
    environment = {**os.environ, "PORT": "eighty"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "PORT: 'eighty' is not a number" in done.stderr
    assert "Traceback" not in done.stderr
