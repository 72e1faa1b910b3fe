"""One form of a text for matching: never for showing, never for telling languages apart.

Every function is pure, total (any `str`, lone surrogates included) and linear in the length of its input.

What `normalise` unifies, and why:

- **Marks.** Text is decomposed canonically and non-spacing marks of the Latin and Arabic blocks go: vowel signs are
  optional in all our languages, and phones often leave out the hamza and the madda (أ إ آ -> ا, ؤ -> و, ئ -> ی, ۂ -> ہ,
  ۓ -> ے). Marks of other scripts stay: in Devanagari they are the vowels.
- **Yeh.** ي ى -> ی, and ئ as above, so that two of them are one: دبئی, دبي and دبی are one word. ے, ې and ۍ stay: in Urdu
  کے/کی, and in Pashto ې/ي, differ in meaning. `fold` merges them where recall matters more.
- **Kaf and gaf.** ك ڪ -> ک, ګ -> گ. Sindhi writes k as ڪ and kh as ک, but Sindhi typed on an Urdu keyboard has ک for both;
  Pashto ګ is گ on Pakistani keyboards.
- **Heh.** ه ە ة ۃ ۀ -> ہ: the same letter of different keyboards, and ta marbuta is written ہ in Urdu names (جدة, جدہ).
  ھ stays after a consonant, where it is Urdu's aspiration (کھانا is not کہانا); elsewhere it is only a way to write ہ.
- **Digits** of every script -> ASCII. **Punctuation** of the Arabic block and typographic quotes and dashes -> ASCII.
- **Invisible characters** go (tatweel, joiners, direction marks, controls, lone surrogates), except the zero-width
  non-joiner and the zero-width space: people who cannot type those type a space, so they become one.
- **Compatibility forms** (Arabic presentation forms, full-width and styled Latin letters) -> plain letters.
- **Case** is folded, white space is one space.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache
from types import MappingProxyType

import regex

_LETTERS = {
    "ي": "ی",
    "ى": "ی",
    "ێ": "ی",
    "ك": "ک",
    "ڪ": "ک",
    "ګ": "گ",
    "ه": "ہ",
    "ە": "ہ",
    "ة": "ہ",
    "ۃ": "ہ",
    "ٱ": "ا",
}
_PUNCTUATION = {
    "،": ",",
    "؛": ";",
    "؟": "?",
    "۔": ".",
    "٪": "%",
    "٫": ".",
    "٬": ",",
    "…": "...",
    "«": '"',
    "»": '"',
    **dict.fromkeys("‘’‚‛ʼ`´′", "'"),
    **dict.fromkeys("“”„‟″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}
# Written-out honorifics would be 18 letters for one character; people who type them out use the abbreviation.
_HONORIFICS = {"\ufdfa": "صلعم", "\ufdfb": "ج"}
_COMPATIBILITY_BLOCKS = (
    range(0x2070, 0x20A0),  # superscripts and subscripts
    range(0x2100, 0x2150),  # letter-like symbols
    range(0xFB00, 0xFB07),  # Latin ligatures
    range(0xFB50, 0xFE00),  # Arabic presentation forms A
    range(0xFE70, 0xFF00),  # Arabic presentation forms B
    range(0xFF01, 0xFF5F),  # full-width ASCII
    range(0x1D400, 0x1D800),  # mathematical alphabets, used as "fonts"
)
_JOINED_BY_HEH_DOACHASHMEE = "بپتٹثجچدڈرڑزسشکگلمنوٻڀٺٽٿڄڃڇڏڊڌڍڦڳڱڻ"


def _single_characters() -> dict[int, str | None]:
    """Code point -> what it becomes after decomposition; None where it goes."""
    table: dict[int, str | None] = {}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        if category in {"Cf", "Cs", "Co"} or character == "ـ":
            table[code] = None
        elif category in {"Cc", "Zl", "Zp", "Zs"}:
            table[code] = " "
        elif category == "Nd":
            table[code] = str(unicodedata.digit(character))
        elif category == "Mn" and (
            code < 0x370 or 0x600 <= code < 0x700 or 0x8D3 <= code < 0x900 or code >= 0xFE00
        ):
            table[code] = None
    table.update({ord(character): " " for character in "\u200b\u200c"})
    for plain in (_LETTERS, _PUNCTUATION):
        table.update({ord(character): form for character, form in plain.items()})
    return table


def _compatibility_forms() -> dict[int, str]:
    forms = {
        code: unicodedata.normalize("NFKC", chr(code)).strip() or " "
        for block in _COMPATIBILITY_BLOCKS
        for code in block
    }
    forms.update({ord(character): form for character, form in _HONORIFICS.items()})
    return {code: form for code, form in forms.items() if form != chr(code)}


_TABLE = MappingProxyType(_single_characters())
_COMPATIBLE = MappingProxyType(_compatibility_forms())
_HEH_WITHOUT_CONSONANT = regex.compile(rf"(?<![{_JOINED_BY_HEH_DOACHASHMEE}])ھ+")
_SPACES = regex.compile(r"\s+")
_TOKEN = regex.compile(
    r"[\p{L}\p{M}\p{N}۽۾]+(?:'[\p{L}\p{M}\p{N}]+)*"
)  # ۽ (and), ۾ (in): Sindhi words, to Unicode signs


def normalise(text: str) -> str:
    """The matching form of ``text`` (see the module's docstring). Idempotent; at most four times as long."""
    return _remembered(text) if len(text) <= _REMEMBERED_LENGTH else _normalised(text)


_REMEMBERED_LENGTH = 2000  # characters; every part of a turn asks for the same message's form


@lru_cache(maxsize=256)
def _remembered(text: str) -> str:
    return _normalised(text)


def _normalised(text: str) -> str:
    text = text.translate(_COMPATIBLE)
    text = unicodedata.normalize("NFD", text).translate(_TABLE).casefold()
    text = unicodedata.normalize("NFD", text).translate(_TABLE)
    text = regex.sub(r"ی{2,}", "ی", _HEH_WITHOUT_CONSONANT.sub("ہ", text))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def tokens(text: str) -> list[str]:
    """The words and numbers of ``text``, normalised, apostrophes dropped (``don't`` is ``dont``)."""
    return [token.replace("'", "") for token in _TOKEN.findall(normalise(text))]


# --- folding: several spellings, one key --------------------------------------------------------------------------

_ROMAN_STEPS = tuple(
    (regex.compile(pattern), form)
    for pattern, form in (
        # Digraphs of aspirates and of sounds that Urdu speakers do not keep apart in Latin letters.
        (r"ph", "f"),
        (r"kh|q|ck", "k"),
        (r"gh", "g"),
        (r"zh|dz", "z"),
        (r"([bdjt])h", r"\1"),
        (r"[vw]+", "v"),
        # Vowels: three classes, as in the script's own long vowels. y counts as a vowel except before one.
        (r"y(?=[aeiou])", "Y"),
        (r"a[iey]|e[aeiy]|ie|[ey]", "i"),
        (r"a[uv](?![aeiou])|o[ouv]|o[ua]|o", "u"),
        (r"Y", "i"),
        (r"(.)\1+", r"\1"),
        # A last h after a vowel, and a last n of four letters and more, are nasal or silent: nahin, nahi; tankhwah, tankhwa.
        (r"(?<=[aiu])h$", ""),
        (r"(?<=..[aiu])n$", ""),
    )
)


_SHORTHAND = {"k": "ke", "h": "hai", "hn": "hain", "n": "ne", "m": "mein", "mn": "mein", "b": "bhi"}


@lru_cache(maxsize=65536)
def fold_roman(token: str) -> str:
    """Spelling fold of one lower-case Latin token: ``mujhay mujhy mujhe`` -> ``muji``, ``kaisay kese`` -> ``kisi``.

    Meant for equality of two folded words. It is lossy (``din`` and ``dein`` meet), so a word list that is folded
    must not hold words whose neighbours mean something else.
    """
    folded = _SHORTHAND.get(token, token)
    for pattern, form in _ROMAN_STEPS:
        folded = pattern.sub(form, folded)
    return folded or token


_ARABIC_FOLD = str.maketrans(
    {
        **dict.fromkeys("یېۍے", "ی"),
        **dict.fromkeys("ټٽ", "ٹ"),
        "ٺ": "ٹہ",
        "ٿ": "تہ",
        "ڀ": "بہ",
        "ٻ": "ب",
        **dict.fromkeys("ډڊڏݙ", "ڈ"),
        "ڍ": "ڈہ",
        "ڌ": "دہ",
        **dict.fromkeys("ړڙ", "ڑ"),
        **dict.fromkeys("ڼڻݨں", "ن"),
        "ڱ": "نگ",
        "ڳ": "گ",
        "ڃ": "ج",
        "ڄ": "ج",
        "ڇ": "چہ",
        "ڦ": "پہ",
        "څ": "س",
        "ځ": "ز",
        "ږ": "گ",
        "ښ": "خ",
        "ژ": "ز",
        "ھ": "ہ",
        "ء": "",
    }
)
_REPEATED = regex.compile(r"(.)\1+")


@lru_cache(maxsize=65536)
def fold_arabic(token: str) -> str:
    """Keyboard fold of one normalised Arabic-script token: the letters that Pashto, Sindhi and Punjabi have of their
    own become those that people type when their keyboard is Urdu (``ټ ٽ`` -> ``ٹ``, ``ډ ڊ`` -> ``ڈ``, ``ې ۍ ے`` -> ``ی``).
    """
    return _REPEATED.sub(r"\1", token.translate(_ARABIC_FOLD)) or token


def is_arabic(token: str) -> bool:
    """Whether the first letter of a token is of the Arabic script."""
    return "\u0600" <= token[:1] <= "\u08ff"


def fold(token: str) -> str:
    """`fold_arabic` or `fold_roman`, by the token's script; the token must be normalised."""
    return fold_arabic(token) if is_arabic(token) else fold_roman(token)


# --- a key across scripts -----------------------------------------------------------------------------------------

_SOUNDS = {
    **dict.fromkeys("بٻڀ", "b"),
    "پ": "p",
    **dict.fromkeys("تطٹټٽٿٺ", "t"),
    **dict.fromkeys("ثسصڅ", "s"),
    **dict.fromkeys("جڄڃ", "j"),
    **dict.fromkeys("چڇ", "c"),
    **dict.fromkeys("خقک", "k"),
    **dict.fromkeys("دڈډڊڏڌڍݙ", "d"),
    **dict.fromkeys("ذزضظژځږ", "z"),
    **dict.fromkeys("رڑړڙ", "r"),
    **dict.fromkeys("شښ", "x"),
    **dict.fromkeys("غگڳ", "g"),
    **dict.fromkeys("فڦ", "f"),
    "ل": "l",
    "م": "m",
    **dict.fromkeys("نڻڼݨ", "n"),
    "ڱ": "ng",
    "و": "w",
    **dict.fromkeys("یېۍے", "y"),
    **dict.fromkeys("ہحھ", "h"),
    **dict.fromkeys("اع", "a"),
    **dict.fromkeys("ںء", ""),
}
_ARABIC_SOUNDS = str.maketrans(_SOUNDS)
_LATIN_SOUNDS = tuple(
    (regex.compile(pattern), form)
    for pattern, form in (
        (r"sh|tio(?=n)|ssio(?=n)", "X"),
        (r"ch", "C"),
        (r"ph", "f"),
        (r"zh", "z"),
        (r"x", "ks"),
        (r"kh|q|c(?![eiy])", "k"),
        (r"c", "s"),
        (r"gh", "g"),
        (r"v", "w"),
        (r"(?<=..[eiou])n$", ""),
        (r"^[aeiou]", "A"),
        (r"[aeiou]", ""),
    )
)
_WEAK = regex.compile(r"(?<=.)[awyhA]+")


@lru_cache(maxsize=65536)
def phonetic_key(token: str) -> str:
    """Consonant skeleton in one Latin alphabet: ``تنخواہ``, ``tankhwah``, ``tnkhwah`` and ``tankha`` all give ``tnk``.

    One key letter per group of sounds that the scripts, or their writers, do not keep apart (t/ٹ/ط, s/ث/ص, k/kh/q,
    z/ذ/ض/ظ); ``x`` is sh, ``c`` is ch, a first vowel is ``a``; w, y and h count only at the beginning. Empty for a
    token without letters of either script.
    """
    if is_arabic(token):
        sounds = "".join(letter for letter in token.translate(_ARABIC_SOUNDS) if letter.isascii())
    else:
        sounds = token
        for pattern, form in _LATIN_SOUNDS:
            sounds = pattern.sub(form, sounds)
    return _REPEATED.sub(r"\1", _WEAK.sub("", sounds).lower())
