"""Makes a text from outside safe to store and to show: no control characters, no lone surrogates, composed letters."""

from __future__ import annotations

import unicodedata

LONGEST_TEXT = 4_000  # characters we read of one message; nobody's question is longer
_KEPT = frozenset("\n\t")
# ZWNJ and ZWJ shape words in our scripts; the directional marks decide where a phone number stands.
_KEPT_FORMATS = frozenset("‌‍‎‏")


def clean_text(text: str) -> str:
    """Without control, private and broken characters; line ends as ``\\n``; trimmed; NFC."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in unified if _is_kept(letter))
    return unicodedata.normalize("NFC", kept).strip()


def _is_kept(letter: str) -> bool:
    if letter in _KEPT or letter in _KEPT_FORMATS:
        return True
    category = unicodedata.category(letter)
    return category not in ("Cc", "Cs", "Co", "Cf")
