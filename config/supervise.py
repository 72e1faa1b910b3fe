"""`make run`: prepares what is missing, starts the Procfile under one supervisor, says when it can be used."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import honcho.environ
import honcho.manager

from config.environment import Environment, EnvironmentProblems

ROOT = Path(__file__).resolve().parent.parent


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def refuse_busy_ports(web: int, dialogue: int) -> None:
    if not port_is_free(web):
        sys.exit(f"Port {web} is in use. Stop what uses it, or choose another: make run PORT={web + 1}")
    if not port_is_free(dialogue):
        sys.exit(
            f"Port {dialogue} (dialogue engine) is in use. Stop what uses it, or set RASA_URL=http://127.0.0.1:{dialogue + 1}"
        )


def announce_when_ready(base: str, started: float) -> None:
    """Print the addresses once web, database, index and Rasa all answer."""
    while True:
        time.sleep(0.5)
        try:
            with urllib.request.urlopen(f"{base}/readyz", timeout=5) as answer:  # noqa: S310 (our own loopback address)
                if answer.status == 200:
                    break
        except (urllib.error.URLError, OSError):
            continue
    print(
        f"\n  Safar is ready after {time.monotonic() - started:.0f} s.\n"
        f"    Chat     {base}/\n    Console  {base}/console/   (make an account: .venv/bin/python manage.py createsuperuser)\n"
        f'    Terminal .venv/bin/python manage.py ask "kafeel ne passport rakh liya riyadh mein"\n    Stop     Ctrl-C\n',
        flush=True,
    )


def empty_directory(path: Path) -> Path:
    """Counters of processes that are gone must not be added to those of the new ones."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def main() -> None:
    started = time.monotonic()
    os.chdir(ROOT)
    try:
        port = Environment.read(os.environ).port
    except EnvironmentProblems as problems:
        sys.exit(str(problems))
    rasa = os.environ.setdefault("RASA_URL", "http://127.0.0.1:5005")
    refuse_busy_ports(port, urlsplit(rasa).port or 5005)
    if subprocess.run([sys.executable, "manage.py", "prepare"], check=False).returncode:
        sys.exit(1)
    environment = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    environment["PROMETHEUS_MULTIPROC_DIR"] = str(empty_directory(ROOT / "var" / "metrics"))
    environment.setdefault("SAFAR_PUBLIC_URL", f"http://127.0.0.1:{port}")
    manager = honcho.manager.Manager()
    for name, command in honcho.environ.parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        manager.add_process(name, f"exec {command}", env=environment)
    print("Starting web, worker and dialogue engine (about half a minute) ...", flush=True)
    threading.Thread(
        target=announce_when_ready, args=(f"http://127.0.0.1:{port}", started), daemon=True
    ).start()
    manager.loop()
    sys.exit(manager.returncode)


if __name__ == "__main__":
    main()
