"""Makes the two Python environments that Safar needs, once; again only when their pinned lists change.

Standard library only: it runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / ".venv"
DIALOGUE = ROOT / ".venv-rasa"
NO_PYTHON_310 = (
    "Python 3.10 was not found. Rasa open source ends at 3.10, so Safar needs it beside 3.11. "
    "Get it with `uv python install 3.10`, `pyenv install 3.10`, or your system's package `python3.10`, and run this again."
)


def works(python: str | Path, version: str) -> bool:
    """True if this interpreter starts and is of that version (a pyenv shim may exist and still refuse)."""
    try:
        found = subprocess.run(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
        )
    except OSError:
        return False
    return found.returncode == 0 and found.stdout.strip() == version


def candidates(version: str) -> Iterator[str | Path]:
    yield f"python{version}"
    yield from sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"), reverse=True)
    for uv in (shutil.which("uv"), WEB / "bin" / "uv"):
        if uv and Path(uv).exists():
            found = subprocess.run(
                [uv, "python", "find", "--no-python-downloads", version], capture_output=True, text=True
            )
            if found.returncode == 0:
                yield found.stdout.strip()


def find_python(version: str) -> str | Path | None:
    return next((python for python in candidates(version) if works(python, version)), None)


def stamp(pins: Path) -> str:
    return hashlib.sha256(pins.read_bytes()).hexdigest()


def installed(environment: Path, pins: Path) -> bool:
    mark = environment / ".installed"
    return mark.exists() and mark.read_text() == stamp(pins)


def install(environment: Path, pins: Path, python: str | Path, command: list[str | Path]) -> None:
    """Create the environment if it is missing, run `command`, and remember the list it was made from."""
    print(f"• {environment.name}: installing {pins.relative_to(ROOT)} (a few minutes, once)", flush=True)
    start = time.monotonic()
    if not (environment / "bin" / "python").exists():
        subprocess.run([python, "-m", "venv", environment], check=True)
    failed = subprocess.run(command).returncode
    if failed:
        sys.exit(
            f"Installing {pins.relative_to(ROOT)} failed; the lines above say why. Run the command again when it is mended."
        )
    (environment / ".installed").write_text(stamp(pins))
    print(f"  {environment.name}: ready after {time.monotonic() - start:.0f} s", flush=True)


def main() -> None:
    if sys.version_info[:2] != (3, 11):
        sys.exit(
            f"This needs Python 3.11, not {sys.version.split()[0]}. Name it: make PYTHON=/path/to/python3.11"
        )
    web_pins, dialogue_pins = ROOT / "requirements" / "web.txt", ROOT / "requirements" / "dialogue.txt"
    if not installed(WEB, web_pins):
        pip = [WEB / "bin" / "python", "-m", "pip", "install", "-r", web_pins]
        install(WEB, web_pins, sys.executable, pip)
    if not installed(DIALOGUE, dialogue_pins):
        python = find_python("3.10")
        if python is None:
            sys.exit(NO_PYTHON_310)
        uv = [
            WEB / "bin" / "uv",
            "pip",
            "install",
            "--python",
            DIALOGUE / "bin" / "python",
            "-r",
            dialogue_pins,
        ]
        install(DIALOGUE, dialogue_pins, python, uv)


if __name__ == "__main__":
    main()
