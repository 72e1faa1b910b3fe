"""``python -m knowledge_base.stamp [ID ...]``: record of which English text each translation was made.

Same as ``manage.py stamp_translations``. Only the ``translation:`` line of the front matter changes; every other
byte of the file stays.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from knowledge_base.entries import Article
from knowledge_base.files import CONTENT_ROOT, read_content
from knowledge_base.vocabulary import MASTER_LANGUAGE

_FLOW = re.compile(r"^translation:[ \t]*\{(?P<inside>[^{}\n]*)\}[ \t]*\r?$", re.MULTILINE)
_BLOCK = re.compile(r"^translation:[ \t]*\r?\n(?P<inside>(?:[ \t]+\S.*\n)+)", re.MULTILINE)
_OF = re.compile(r"\bof:[ \t]*['\"]?[0-9a-f]*['\"]?")


class NotStampable(ValueError):
    """The front matter has no ``translation:`` with a method."""


def stamped(content: str, digest: str) -> str:
    """The file with ``of`` set to the master's digest, all else byte for byte. Raises `NotStampable`."""
    end = content.find("\n---", 4) + 1
    head, body = content[:end], content[end:]
    value = f"of: {digest}" if not digest.isdecimal() else f"of: '{digest}'"
    for pattern in (_FLOW, _BLOCK):
        match = pattern.search(head)
        if match:
            inside = _with_of(match["inside"], value, flow=pattern is _FLOW)
            return head[: match.start("inside")] + inside + head[match.end("inside") :] + body
    raise NotStampable("no translation: {method: ...} in the front matter; add it first")


def _with_of(inside: str, value: str, *, flow: bool) -> str:
    if _OF.search(inside):
        return _OF.sub(value, inside)
    if flow:
        return f"{inside.rstrip()}, {value}" if inside.strip() else value
    indent = re.match(r"[ \t]+", inside)
    newline = "\r\n" if inside.endswith("\r\n") else "\n"
    return f"{inside}{indent.group() if indent else '  '}{value}{newline}"


def stamp(root: Path, ids: Sequence[str], today: date) -> Iterator[str]:
    """Stamp the translations of the articles (all if none named); yields one line per file changed or refused."""
    reading = read_content(root, today)
    for article in reading.articles.values():
        if (not ids or article.id in ids) and article.master is not None:
            yield from _stamp_article(root, article, article.master.digest)
    yield from (f"{one}: no such article" for one in ids if one not in reading.articles)


def _stamp_article(root: Path, article: Article, digest: str) -> Iterator[str]:
    for tag, text in article.texts.items():
        if tag == MASTER_LANGUAGE or text.made_from == digest:
            continue
        path = root / "articles" / article.id / f"{tag}.md"
        try:
            path.write_bytes(stamped(path.read_bytes().decode(), digest).encode())
            yield f"{article.id}/{tag}.md: stamped {digest}"
        except NotStampable as problem:
            yield f"{article.id}/{tag}.md: {problem}"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m knowledge_base.stamp", description="Stamp translations.")
    parser.add_argument("ids", nargs="*", metavar="ID", help="articles (sa/passport); all if none")
    parser.add_argument("--root", type=Path, default=CONTENT_ROOT)
    chosen = parser.parse_args(arguments)
    lines = list(stamp(chosen.root, chosen.ids, date.today()))  # noqa: DTZ011  content is dated by calendar day
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.write(f"{len(lines)} files\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
