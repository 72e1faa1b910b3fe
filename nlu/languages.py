"""The one list of languages, read from ``languages.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml


class UnknownLanguage(KeyError):
    """No such tag in ``nlu/languages.yml``."""


@dataclass(frozen=True)
class Language:
    """A language *in a script*. ``tag`` is BCP 47; ``script`` is ISO 15924 (``Arab`` or ``Latn``)."""

    tag: str
    name: str
    native_name: str
    script: str
    direction: str
    fallbacks: tuple[str, ...]
    names: tuple[str, ...]


def _read(path: Path) -> Mapping[str, Language]:
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    listed = [
        Language(**{**row, "fallbacks": tuple(row["fallbacks"]), "names": tuple(row["names"])})
        for row in rows
    ]
    return MappingProxyType({language.tag: language for language in listed})


LANGUAGES: Mapping[str, Language] = _read(Path(__file__).with_name("languages.yml"))


def language(tag: str) -> Language:
    try:
        return LANGUAGES[tag]
    except KeyError:
        raise UnknownLanguage(
            f"{tag!r} is not in nlu/languages.yml (known: {', '.join(LANGUAGES)})"
        ) from None


def fallback_chain(tag: str) -> tuple[str, ...]:
    """The language itself, then what to try when a text does not exist in it."""
    return (tag, *language(tag).fallbacks)
