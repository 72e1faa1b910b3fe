from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.content import Library, TranslationState
from knowledge_base.files import load_library
from knowledge_base.stamp import NotStampable, stamp, stamped

DIGEST = "3f9c1a7b2e40"
BODY = "---\nShort, of: nothing.\n\n<!-- more -->\n\ntranslation: {method: none}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("translation: {method: machine}\n", f"translation: {{method: machine, of: {DIGEST}}}\n"),
        (
            "translation: {method: human, of: 000000000000}\n",
            f"translation: {{method: human, of: {DIGEST}}}\n",
        ),
        (
            "translation: {of: '000000000000', method: human}\n",
            f"translation: {{of: {DIGEST}, method: human}}\n",
        ),
        ("translation:\n  method: human\n", f"translation:\n  method: human\n  of: {DIGEST}\n"),
        (
            "translation:\n  of: 000000000000\n  method: human\n",
            f"translation:\n  of: {DIGEST}\n  method: human\n",
        ),
    ],
)
def test_only_the_stamp_changes(before: str, after: str) -> None:
    head = "---\ntitle:   'odd   spacing'   # a comment\n"
    assert stamped(head + before + BODY, DIGEST) == head + after + BODY


def test_a_digest_of_digits_alone_stays_text() -> None:
    assert "of: '123456789012'" in stamped("---\ntranslation: {method: human}\n---\n", "123456789012")


def test_a_text_without_translation_is_refused() -> None:
    with pytest.raises(NotStampable, match="add it first"):
        stamped("---\ntitle: x\n" + BODY, DIGEST)


def test_stamping_makes_outdated_translations_current_and_touches_no_other_byte(
    content_root: Path, today: date
) -> None:
    folder = content_root / "articles/sa/passport"
    master = folder / "en.md"
    master.write_text(
        master.read_text(encoding="utf-8").replace("keep a copy", "keep two copies"), encoding="utf-8"
    )
    urdu = folder / "ur.md"
    urdu.write_bytes(urdu.read_bytes().replace(b"\n", b"\r\n"))
    before = urdu.read_bytes()
    assert _state(content_root, today) is TranslationState.OUTDATED

    lines = list(stamp(content_root, ["sa/passport"], today))

    digest = load_library(content_root, today).articles["sa/passport"].texts["en"].digest
    assert sorted(lines) == [f"sa/passport/{tag}.md: stamped {digest}" for tag in ("ur-Latn", "ur")]
    assert urdu.read_bytes() == before.replace(b"8310d13afa39", digest.encode())
    assert _state(content_root, today) is TranslationState.MACHINE
    assert list(stamp(content_root, [], today)) == []


def test_an_unknown_article_is_named(content_root: Path, today: date) -> None:
    assert list(stamp(content_root, ["sa/nothing"], today)) == ["sa/nothing: no such article"]


def _state(root: Path, today: date) -> TranslationState:
    library: Library = load_library(root, today)
    return library.articles["sa/passport"].state("ur")
