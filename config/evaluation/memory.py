"""How much memory processes took at most. Linux only: None elsewhere."""

from __future__ import annotations

import os
from pathlib import Path


def peak_mb_with_children() -> float | None:
    """Of this process and those it started and that still run, in MB; pages that two of them share count twice."""
    own = Path(f"/proc/{os.getpid()}")
    if not own.exists():
        return None
    children = " ".join(path.read_text() for path in own.glob("task/*/children")).split()
    return sum(_peak_mb(Path(f"/proc/{number}")) for number in (os.getpid(), *children))


def _peak_mb(process: Path) -> float:
    line = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
