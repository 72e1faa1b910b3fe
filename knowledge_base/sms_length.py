"""How many SMS parts a text costs.

Source: 3GPP TS 23.038 (GSM 7-bit default alphabet and its extension table) and TS 23.040 (concatenation header).
A single part holds 160 septets or 70 UTF-16 units; in a chain each part holds 153 or 67. A character of the
extension table takes two septets; neither it nor a surrogate pair may be cut in two.
"""

from __future__ import annotations

from collections.abc import Sequence

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")

GSM7_SINGLE, GSM7_CHAINED = 160, 153
UCS2_SINGLE, UCS2_CHAINED = 70, 67


def is_gsm7(text: str) -> bool:
    """Whether every character is in the GSM 7-bit alphabet or its extension."""
    return all(letter in GSM7_BASIC or letter in GSM7_EXTENSION for letter in text)


def not_gsm7(text: str) -> tuple[str, ...]:
    """The characters that force the whole text into UCS-2, each once, in order."""
    return tuple(dict.fromkeys(letter for letter in text if not is_gsm7(letter)))


def sms_units(text: str) -> int:
    """Septets if the text fits GSM-7, else UTF-16 code units."""
    return sum(_sizes(text))


def sms_parts(text: str) -> int:
    """Number of SMS parts; 0 for an empty text."""
    single, chained = (GSM7_SINGLE, GSM7_CHAINED) if is_gsm7(text) else (UCS2_SINGLE, UCS2_CHAINED)
    sizes = _sizes(text)
    if sum(sizes) <= single:
        return 1 if sizes else 0
    return _packed(sizes, chained)


def _sizes(text: str) -> Sequence[int]:
    if is_gsm7(text):
        return [2 if letter in GSM7_EXTENSION else 1 for letter in text]
    return [2 if ord(letter) > 0xFFFF else 1 for letter in text]


def _packed(sizes: Sequence[int], room: int) -> int:
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts
