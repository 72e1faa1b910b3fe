"""Content files read into a `Library`, with every problem of every file collected on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from knowledge_base import schema
from knowledge_base.canonical import formattable
from knowledge_base.checks import check_article, check_contact, check_fact_check, check_source, check_text
from knowledge_base.collection_checks import repeated_questions, unused_facts, unused_sources
from knowledge_base.content import Article, ArticleText, Contact, Fact, Library, Source
from knowledge_base.entries import FactCheck
from knowledge_base.problems import ContentErrors, Finding, Level, Problem, errors, warning
from knowledge_base.rendering import CONTACT_KEY
from knowledge_base.text_format import NotAnArticleText, Parts, split_text
from knowledge_base.yaml_style import read_yaml
from nlu.languages import LANGUAGES

CONTENT_ROOT = Path(__file__).parent
_KEYS: dict[type[BaseModel], tuple[re.Pattern[str], str]] = {
    schema.FactCheckEntry: (schema.ARTICLE_ID, "sa/passport")
}
_Entry = TypeVar("_Entry", bound=BaseModel)
_ENTRY_KEY = re.compile(r"^([a-z][a-z0-9-]*):", re.MULTILINE)


@dataclass
class Reading:
    """Content as far as it could be read, and what was wrong. ``library`` leaves out what could not be read."""

    root: Path
    sources: dict[str, Source] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    fact_checks: dict[str, FactCheck] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    """Keys of sources and contacts that stand in a file, readable or not: a broken entry is not also "unknown"."""

    @property
    def library(self) -> Library:
        return Library(articles=self.articles, contacts=self.contacts, sources=self.sources, facts=self.facts)

    def report(self, path: Path, place: str, message: str, remedy: str) -> None:
        name = path.relative_to(self.root).as_posix()
        self.problems.append(Problem(name, place, message, remedy, shape=True))


def load_library(root: Path, today: date | None = None) -> Library:
    """The content under ``root`` (holding articles/, contacts/, sources/). Raises `ContentErrors` with all errors."""
    reading = read_content(root, today or date.today())  # noqa: DTZ011  reviews are dated by calendar day
    found = errors(reading.problems)
    if found:
        raise ContentErrors(found)
    return reading.library


def read_content(root: Path, today: date) -> Reading:
    """Everything that can be read, and every problem, errors and warnings, sorted by file."""
    reading = Reading(root)
    for path in sorted((root / "sources").glob("*.yml")):
        _read_area(reading, path, schema.SourceEntry, reading.sources)
    for path in sorted((root / "contacts").glob("*.yml")):
        _read_area(reading, path, schema.ContactEntry, reading.contacts)
    for path in sorted((root / "fact_checks").glob("*.yml")):
        _read_area(reading, path, schema.FactCheckEntry, reading.fact_checks)
    for folder in article_folders(root):
        _read_article(reading, folder)
    reading.problems += _rule_problems(reading, today)
    reading.problems += _layout_problems(reading)
    reading.problems.sort(key=lambda problem: (problem.path, problem.level is Level.WARNING))
    return reading


def article_folders(root: Path) -> list[Path]:
    """Folders under articles/ that hold any file of an article."""
    files = [path for path in (root / "articles").rglob("*") if path.suffix in (".yml", ".md")]
    return sorted({path.parent for path in files} - {root / "articles"})


def _read_area(
    reading: Reading,
    path: Path,
    model: type[schema.SourceEntry] | type[schema.ContactEntry] | type[schema.FactCheckEntry],
    into: dict[str, Any],
) -> None:
    text = _content(reading, path)
    reading.named.update(_ENTRY_KEY.findall(text))
    data = _yaml(reading, path, text)
    if data is None:
        return
    if not isinstance(data, dict):
        reading.report(
            path, "", "the file is no mapping of keys to entries", "write key: and its fields below"
        )
        return
    for key, value in data.items():
        pattern, example = _KEYS.get(model, (CONTACT_KEY, "sa-embassy-riyadh"))
        if not isinstance(key, str) or not pattern.fullmatch(key):
            reading.report(
                path, str(key), "not a key", f"use small letters, digits and hyphens, such as {example}"
            )
        elif key in into:
            reading.report(path, key, f"also defined in {into[key].area}.yml", "keep one, or rename one")
        elif entry := _entry(reading, path, model, value, prefix=key):
            into[key] = entry.plain(key, path.stem)


def _read_article(reading: Reading, folder: Path) -> None:
    article_id = folder.relative_to(reading.root / "articles").as_posix()
    path = folder / "article.yml"
    texts = {text.language: text for text in _texts(reading, folder, article_id)}
    if not path.exists():
        reading.report(path, "", "the file is missing", "write article.yml beside the texts")
        return
    data = _yaml(reading, path, _content(reading, path))
    entry = _entry(reading, path, schema.ArticleEntry, data)
    if entry is None:
        return
    if entry.id != article_id:
        reading.report(
            path, "id", f"{entry.id!r} does not match the folder", f"write {article_id}, or move the folder"
        )
        entry = entry.model_copy(update={"id": article_id})
    reading.articles[article_id] = entry.plain(texts)
    for key, fact in entry.plain_facts().items():
        if key in reading.facts:
            owner = reading.facts[key].article_id
            reading.report(
                path, f"facts.{key}", f"also defined by {owner}", "define it once; every article may use it"
            )
        else:
            reading.facts[key] = fact


def _texts(reading: Reading, folder: Path, article_id: str) -> Iterator[ArticleText]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() or path.name == "article.yml":
            continue
        if path.suffix != ".md" or path.stem not in LANGUAGES:
            known = ", ".join(f"{tag}.md" for tag in LANGUAGES)
            reading.report(
                path, "", "not a file of an article", f"an article has article.yml and any of {known}"
            )
        elif text := _text(reading, path, article_id):
            yield text


def _content(reading: Reading, path: Path) -> str:
    """The text of a file; "" after reporting bytes that are not UTF-8."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as problem:
        reading.report(path, f"byte {problem.start}", "not UTF-8 text", "save the file as UTF-8")
        return ""


def _text(reading: Reading, path: Path, article_id: str) -> ArticleText | None:
    try:
        parts = split_text(_content(reading, path))
    except NotAnArticleText as problem:
        reading.report(path, "", str(problem), "see docs/content-format.md for the shape of a text")
        return None
    head = _entry(reading, path, schema.FrontMatter, _yaml(reading, path, parts.head, first_line=2))
    return _plain_text(head, parts, article_id, path.stem) if head else None


def _plain_text(head: schema.FrontMatter, parts: Parts, article_id: str, tag: str) -> ArticleText:
    translation = head.translation or schema.TranslationEntry.model_construct(
        method=None, of=None, reviewed=None
    )
    return ArticleText(
        article_id=article_id,
        language=tag,
        title=head.title,
        questions=tuple(head.questions),
        short=parts.short,
        more=parts.more,
        method=translation.method,
        made_from=translation.of,
        reviewed=translation.reviewed,
    )


def _yaml(reading: Reading, path: Path, text: str, first_line: int = 1) -> Any:
    try:
        return read_yaml(text)
    except yaml.MarkedYAMLError as problem:
        line = f"line {problem.problem_mark.line + first_line}" if problem.problem_mark else ""
        reading.report(
            path,
            line,
            problem.problem or "not YAML",
            "correct the YAML; put text with ': ', '#' or '?' in quotes",
        )
    except (yaml.YAMLError, ValueError) as problem:
        reading.report(path, "", str(problem), "correct the YAML")
    return None


def _entry(reading: Reading, path: Path, model: type[_Entry], data: Any, prefix: str = "") -> _Entry | None:
    if data is None and any(
        problem.path == path.relative_to(reading.root).as_posix() for problem in reading.problems
    ):
        return None
    if not isinstance(data, dict):
        reading.report(path, prefix, "no mapping of fields", "write the fields as key: value")
        return None
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        for error in problem.errors(include_url=False):
            _report_shape(reading, path, model, error, prefix)
        return None


def _report_shape(
    reading: Reading, path: Path, model: type[BaseModel], error: ErrorDetails, prefix: str
) -> None:
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in error["loc"] if step != "[key]"]
    place = f"{prefix}{''.join(steps)}".lstrip(".")
    message = error["msg"].removeprefix("Value error, ")
    reading.report(path, place or "whole file", message, _remedy(error, model))


def _remedy(error: ErrorDetails, model: type[BaseModel]) -> str:
    match error["type"]:
        case "extra_forbidden":
            close = get_close_matches(str(error["loc"][-1]), list(model.model_fields), n=1)
            return f"unknown key: did you mean {close[0]}?" if close else "unknown key: remove it"
        case "missing":
            return "add it (null where the format allows nothing)"
        case "string_type":
            return f"write text, in quotes if it looks like a number: {str(error['input'])[:40]!r}"
        case "date_type":
            return "write a date as 2026-11-22, without quotes"
        case "string_pattern_mismatch":
            return f"correct {str(error['input'])[:60]!r}"
        case _:
            return "see docs/content-format.md"


def _rule_problems(reading: Reading, today: date) -> Iterator[Problem]:
    library = reading.library
    for path, prefix, findings in _by_file(reading, today):
        yield from (found.at(path, prefix) for found in findings if found.missing not in reading.named)
    yield from _collection_problems(library)


def _by_file(reading: Reading, today: date) -> Iterator[tuple[str, str, Iterable[Finding]]]:
    library = reading.library
    for source in library.sources.values():
        yield f"sources/{source.area}.yml", source.key, check_source(source)
    for contact in library.contacts.values():
        yield f"contacts/{contact.area}.yml", contact.key, check_contact(contact, library)
    for article in library.articles.values():
        yield f"articles/{article.id}/article.yml", "", check_article(article, library, today)
        for tag, text in article.texts.items():
            yield f"articles/{article.id}/{tag}.md", "", check_text(text, article, library, today)
    for checked in reading.fact_checks.values():
        yield f"fact_checks/{checked.area}.yml", checked.article_id, check_fact_check(checked, library)


def _layout_problems(reading: Reading) -> Iterator[Problem]:
    for path, content in formattable(reading).items():
        if (reading.root / path).read_bytes() != content.encode():
            found = warning("", "not in the canonical layout", "run manage.py format_articles")
            yield found.at(path)


def _collection_problems(library: Library) -> Iterator[Problem]:
    for area, found in unused_sources(library):
        yield found.at(f"sources/{area}.yml")
    for article_id, found in unused_facts(library):
        yield found.at(f"articles/{article_id}/article.yml")
    for article_id, tag, found in repeated_questions(library):
        yield found.at(f"articles/{article_id}/{tag}.md")
