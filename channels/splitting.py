"""Cuts a long text into messages that fit a channel: between paragraphs if possible, else lines, sentences, words.

Never inside a surrogate pair, a combining sequence or a phone number. What fits is the channel's own measure
(UTF-16 units, SMS parts), handed in as a function; it must not fit more as the text grows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

import regex

Fits = Callable[[str], bool]

# Strongest first: a weaker break is used only if a stronger one would leave less than this share of the message.
_LEAST_FILLED = 1 / 3
_BREAKS = (
    regex.compile(r"\n\s*\n"),
    regex.compile(r"\n"),
    regex.compile(r"(?<=[.!?…۔؟।])\s+"),  # Latin, Arabic-script and Devanagari sentence ends
    regex.compile(r"\s+"),
)
_GRAPHEME = regex.compile(r"\X")
# White space with a combining mark behind it is part of that letter.
_SPACE_OF_A_LETTER = regex.compile(r"\s++[\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}]")
# Seven digits or more, also grouped: "+92 51 9107272", "0800-22008", "۰۴۲ ۱۱۱ ۲۲۲".
_PHONE = regex.compile(r"[+(]?\p{Nd}(?:[ \u00a0().\-/]{0,2}\p{Nd}){4,}")


def utf16_units(text: str) -> int:
    """Length in UTF-16 code units, as Telegram and JavaScript count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split_text(text: str, fits: Fits) -> list[str]:
    """Pieces that each fit, in order, without the white space at the cuts; [] for an empty text."""
    pieces = []
    rest = text.strip()
    while rest:
        cut = len(rest) if fits(rest) else _cut(rest, fits)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return pieces


def split_with_footer(text: str, footer: str, fits: Fits, gap: str = "\n\n") -> list[str]:
    """As `split_text`, with the footer at the very end: under the last piece, or alone if there is no room."""
    pieces = split_text(text, fits)
    if not footer:
        return pieces
    if pieces and fits(joined := f"{pieces[-1]}{gap}{footer}"):
        return [*pieces[:-1], joined]
    return [*pieces, *split_text(footer, fits)]


def _cut(text: str, fits: Fits) -> int:
    """Where to cut a text that does not fit: an index above 0."""
    ends = _grapheme_ends(text, fits)
    most = _longest_fitting(text, ends, fits) or _longest_fitting(text, range(1, ends[0] + 1), fits) or 1
    kept_whole = list(_phones(text, most))
    for pattern in _BREAKS:
        cuts = [
            match.start()
            for match in pattern.finditer(text, 0, most + 1)
            if _allowed(match.start(), most, kept_whole) and not _SPACE_OF_A_LETTER.match(text, match.start())
        ]
        if cuts and cuts[-1] >= most * _LEAST_FILLED:
            return cuts[-1]
    return _hard_cut(most, ends, kept_whole)


def _longest_fitting(text: str, ends: Sequence[int], fits: Fits) -> int:
    """The last of the ends up to which the text fits; 0 if it fits up to none."""
    fitting = bisect_right(ends, False, key=lambda end: not fits(text[:end]))
    return ends[fitting - 1] if fitting else 0


def _grapheme_ends(text: str, fits: Fits) -> Sequence[int]:
    """Ends of the letters as people see them, up to one past what fits."""
    ends: list[int] = []
    checked_until = 0
    for match in _GRAPHEME.finditer(text):
        ends.append(match.end())
        if match.end() - checked_until > 512:
            checked_until = match.end()
            if not fits(text[:checked_until]):
                break
    return ends


def _phones(text: str, most: int) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _PHONE.finditer(text) if match.start() < most)


def _allowed(cut: int, most: int, kept_whole: Sequence[tuple[int, int]]) -> bool:
    return 0 < cut <= most and not any(start < cut < end for start, end in kept_whole)


def _hard_cut(most: int, ends: Sequence[int], kept_whole: Sequence[tuple[int, int]]) -> int:
    """No white space in reach: the last letter end that is not inside a phone number, if there is one."""
    for start, end in kept_whole:
        if start < most < end and start > 0:
            return max((stop for stop in ends if stop <= start), default=most)
    return most
