from __future__ import annotations

from pathlib import Path

import pytest

from bot.replies import ReplyKind
from config.evaluation import BadRows, Result, Row, RowKind, as_table, by_language, figures, read_rows


def result(kind: RowKind, got: ReplyKind, *found: str, language: str = "ur", seconds: float = 0.01) -> Result:
    return Result(Row("x", "text", "ur", kind, ("sa/passport",)), got, language, found, seconds)


def test_figures_count_each_kind_of_row_apart() -> None:
    table = figures(
        [
            result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/passport"),
            result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/wages", "sa/passport"),
            result(RowKind.ANSWER, ReplyKind.UNKNOWN),
            result(RowKind.ANSWER, ReplyKind.URGENT, language="sd"),
            result(RowKind.URGENT, ReplyKind.URGENT),
            result(RowKind.OUT_OF_SCOPE, ReplyKind.UNKNOWN),
        ]
    )
    assert table["top1"] == 0.25
    assert table["top3"] == 0.5
    assert table["false_declined"] == 0.25
    assert table["urgent_recall"] == 1
    assert table["false_urgent"] == 0.2
    assert table["declined"] == 1
    assert table["clarify"] is None
    assert table["language"] == pytest.approx(5 / 6)


def test_the_right_article_offered_among_several_is_top_3_and_not_top_1() -> None:
    table = figures([result(RowKind.ANSWER, ReplyKind.WHICH, "sa/passport", "sa/wages")])
    assert (table["top1"], table["top3"]) == (0, 1)


def test_table_has_a_line_for_each_language_and_for_all() -> None:
    lines = as_table(by_language([result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/passport")])).splitlines()
    assert [line.split()[0] for line in lines] == ["language", "ur", "all"]


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(
        '{"id":"1","text":"a","language":"xx","kind":"answer"}\nnot json\n{"id":"3","text":"a","language":"ur","kind":"odd"}\n'
    )
    with pytest.raises(BadRows) as bad:
        read_rows(path)
    assert [line.split(": ")[0] for line in str(bad.value).splitlines()] == [
        "rows.jsonl:1",
        "rows.jsonl:2",
        "rows.jsonl:3",
    ]


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("\n")
    with pytest.raises(BadRows, match="has no rows"):
        read_rows(tmp_path / "rows.jsonl")
