"""Keys that an installation needs but that nobody should have to invent: made once, kept in ``var/keys`` with mode 600."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_key(directory: Path, name: str) -> str:
    """The key of that name, created on first use. Safe when several processes start at once."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / name
    if not path.exists():
        draft = directory / f".{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)  # fails when another process was first: then theirs counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
