"""A person is known by this everywhere but in the one table that must send to them."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings


def pseudonym(channel: str, address: str, key: str | None = None) -> str:
    """HMAC-SHA256 of channel and address in hex (64 characters); stable, and not reversible without the key."""
    secret = settings.PSEUDONYM_KEY if key is None else key
    return hmac.new(secret.encode("utf-8"), f"{channel}\n{address}".encode(), sha256).hexdigest()
