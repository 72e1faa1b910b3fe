"""The bot's own words: ``bot/responses/<tag>.yml``, one file per language, the same keys in each.

They carry no facts: numbers and names come in by placeholder from the knowledge base.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

import yaml

from nlu.languages import LANGUAGES, fallback_chain

DIRECTORY = Path(__file__).with_name("responses")
MASTER = "en"


class PhraseProblems(ValueError):
    """Phrase files disagree with the master; the message lists every file, key and remedy."""


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def read_phrases(directory: Path) -> Mapping[str, Mapping[str, str]]:
    """{language tag: {key: text}}; raises `PhraseProblems` naming all that is missing or differs."""
    tables: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    for tag in LANGUAGES:
        path = directory / f"{tag}.yml"
        if not path.exists():
            problems.append(f"{path.name}: is missing; copy {MASTER}.yml and translate it")
            continue
        tables[tag] = {
            key: str(text).strip() for key, text in yaml.safe_load(path.read_text(encoding="utf-8")).items()
        }
    problems += [
        line for tag, table in tables.items() for line in _differences(tag, table, tables.get(MASTER, {}))
    ]
    if problems:
        raise PhraseProblems("\n".join(problems))
    return tables


def _differences(tag: str, table: Mapping[str, str], master: Mapping[str, str]) -> list[str]:
    problems = [
        f"{tag}.yml: {key} is missing; translate it from {MASTER}.yml" for key in master.keys() - table.keys()
    ]
    problems += [
        f"{tag}.yml: {key} is not in {MASTER}.yml; remove it or add it there"
        for key in table.keys() - master.keys()
    ]
    problems += [
        f"{tag}.yml: {key} has placeholders {sorted(placeholders(table[key]))}, {MASTER}.yml has {sorted(placeholders(master[key]))}"
        for key in master.keys() & table.keys()
        if placeholders(master[key]) != placeholders(table[key])
    ]
    return sorted(problems)


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    return read_phrases(DIRECTORY)


def say(key: str, language: str, **values: str) -> str:
    """The phrase in `language` (its fallbacks if the tag has none), with its placeholders filled. KeyError: no such key."""
    for tag in fallback_chain(language):
        if tag in _tables():
            return _tables()[tag][key].format(**values)
    raise KeyError(key)


def keys() -> frozenset[str]:
    return frozenset(_tables()[MASTER])
