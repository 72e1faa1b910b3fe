"""The one way each content file is written; `export_articles` and `format_articles` write nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from knowledge_base.content import Article, Contact, Fact, FactPeriod, Library, Phone, Source
from knowledge_base.problems import concerns
from knowledge_base.text_format import write_text
from knowledge_base.yaml_style import Flow, write_yaml
from nlu.languages import LANGUAGES

if TYPE_CHECKING:
    from knowledge_base.files import Reading


def canonical_files(library: Library) -> dict[str, str]:
    """Every content file of the library: path relative to the content root -> text."""
    files = {
        path: content
        for article in library.articles.values()
        for path, content in article_files(library, article)
    }
    for area in sorted({source.area for source in library.sources.values()}):
        entries = {key: one for key, one in library.sources.items() if one.area == area}
        files[f"sources/{area}.yml"] = write_area({key: source_data(entries[key]) for key in sorted(entries)})
    for area in sorted({contact.area for contact in library.contacts.values()}):
        found = {key: one for key, one in library.contacts.items() if one.area == area}
        files[f"contacts/{area}.yml"] = write_area({key: contact_data(found[key]) for key in sorted(found)})
    return files


def article_files(library: Library, article: Article) -> Iterable[tuple[str, str]]:
    folder = PurePosixPath("articles") / article.id
    facts = list(library.facts_of(article.id))
    yield str(folder / "article.yml"), write_yaml(article_data(article, facts))
    for tag, text in article.texts.items():
        yield str(folder / f"{tag}.md"), write_text(text)


def write_area(entries: Mapping[str, Mapping[str, Any]]) -> str:
    """Entries sorted by key, an empty line between them."""
    return "\n".join(write_yaml({key: entry}) for key, entry in entries.items())


def _without_empty(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in ("", None, [], {}, ())}


def _partial(day: str | None) -> date | str | None:
    """A full date as a date (written without quotes), "2025-11" as text."""
    return date.fromisoformat(day) if day is not None and len(day) == 10 else day


def source_data(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "publisher": source.publisher,
        "kind": source.kind,
        "url": source.url or None,
        "published": _partial(source.published),
        "seen": source.seen,
        **_without_empty({"note": source.note}),
    }


def _by_language(texts: Mapping[str, str]) -> dict[str, str]:
    return {tag: texts[tag] for tag in LANGUAGES if tag in texts}


def _phone_data(phone: Phone) -> Flow:
    optional: dict[str, Any] = {}
    if phone.whatsapp:
        optional["whatsapp"] = True
    if phone.note:
        optional["note"] = Flow(_by_language(phone.note))
    return Flow({"number": phone.number, **optional})


def contact_data(contact: Contact) -> dict[str, Any]:
    optional = {
        "phones": [_phone_data(phone) for phone in contact.phones],
        "email": contact.email,
        "url": contact.url,
        "hours": _by_language(contact.hours),
        "languages": Flow(contact.languages) if contact.languages else None,
    }
    urgent = {"urgent": Flow(dict(sorted(contact.urgent.items())))} if contact.urgent else {}
    return {
        "name": _by_language(contact.name),
        "country": contact.country,
        "kind": contact.kind,
        **_without_empty(optional),
        "helps_with": Flow(contact.helps_with),
        **urgent,
        "source": contact.source,
        "as_of": _partial(contact.as_of),
        "confidence": contact.confidence,
        **_without_empty({"note": contact.note}),
    }


def _period_data(period: FactPeriod) -> Flow:
    return Flow(
        {
            "value": period.value,
            "unit": period.unit,
            "source": period.source,
            "valid_from": period.valid_from,
            "valid_until": period.valid_until,
            "confidence": period.confidence,
            **_without_empty({"note": period.note}),
        }
    )


def article_data(article: Article, facts: Iterable[Fact]) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": article.id,
        "country": article.country,
        "stages": Flow(article.stages),
        "topics": Flow(article.topics),
        "risk": article.risk,
        "owner": article.owner,
        "review": Flow({"every_days": article.review.every_days, "last": article.review.last}),
        "sources": list(article.sources),
    }
    periods = {
        fact.key: [_period_data(one) for one in fact.periods] for fact in sorted(facts, key=lambda f: f.key)
    }
    if periods:
        data["facts"] = periods
    if article.contacts:
        data["contacts"] = list(article.contacts)
    if article.related:
        data["related"] = list(article.related)
    return data


def content_paths(root: Path) -> list[Path]:
    """Every content file under the root."""
    folders = [("sources", "*.yml"), ("contacts", "*.yml"), ("articles", "**/*.yml"), ("articles", "**/*.md")]
    return sorted(path for folder, pattern in folders for path in (root / folder).glob(pattern))


def write_files(root: Path, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Write what differs. Returns the paths written and those under the root that are not among the files."""
    changed = []
    for name, content in files.items():
        path = root / name
        if not path.exists() or path.read_bytes() != content.encode():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
            changed.append(name)
    there = (path.relative_to(root).as_posix() for path in content_paths(root))
    return changed, [name for name in there if name not in files]


def formattable(reading: Reading) -> dict[str, str]:
    """The canonical text of every file that was read in full. A file with a shape error is left out."""
    broken = {problem.path for problem in reading.problems if problem.shape}
    return {path: content for path, content in canonical_files(reading.library).items() if path not in broken}


def format_files(reading: Reading, ids: Sequence[str]) -> tuple[list[str], list[str]]:
    """Rewrite the chosen files canonically. Returns the paths rewritten and those left because they are broken."""
    canonical = {path: content for path, content in formattable(reading).items() if concerns(path, ids)}
    written, _ = write_files(reading.root, canonical)
    broken = {problem.path for problem in reading.problems if problem.shape and concerns(problem.path, ids)}
    return written, sorted(broken)
