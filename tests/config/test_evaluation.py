from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from django.core.management import CommandError, call_command

from bot.replies import ReplyKind
from config.evaluation.charts import languages_chart, peers_chart, reliability_chart
from config.evaluation.figures import Result, as_table, by_language, confusions, figures, mistaken
from config.evaluation.peers import Comparison
from config.evaluation.reliability import Bin, calibration_error, reliability
from config.evaluation.rows import BadRows, Row, RowKind, read_rows

SVG = "{http://www.w3.org/2000/svg}"


def result(
    kind: RowKind,
    got: ReplyKind,
    *found: str,
    language: str = "ur",
    seconds: float = 0.01,
    score: float | None = None,
) -> Result:
    row = Row("x", "text", "ur", kind, ("sa/passport",) if kind is RowKind.ANSWER else ())
    return Result(row, got, language, found, seconds, score)


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


def test_the_language_of_a_message_without_letters_does_not_count() -> None:
    thumb = Result(Row("x", "👍", "ps", RowKind.SMALLTALK), ReplyKind.FEEDBACK, "ur", (), 0.01, None)
    assert figures([thumb])["language"] is None
    assert figures([thumb, result(RowKind.SMALLTALK, ReplyKind.SMALLTALK)])["language"] == 1


def test_the_right_article_offered_among_several_is_top_3_and_not_top_1() -> None:
    table = figures([result(RowKind.ANSWER, ReplyKind.WHICH, "sa/passport", "sa/wages")])
    assert (table["top1"], table["top3"]) == (0, 1)


def test_table_has_a_line_for_the_targets_for_each_language_and_for_all() -> None:
    lines = as_table(by_language([result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/passport")])).splitlines()
    assert [line.split()[0] for line in lines] == ["language", "target", "ur", "all"]


def test_table_marks_what_meets_its_target() -> None:
    rows = [
        result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/passport"),
        result(RowKind.OUT_OF_SCOPE, ReplyKind.ANSWER, "sa/wages"),
        result(RowKind.NOT_URGENT, ReplyKind.URGENT),
    ]
    line = as_table(by_language(rows)).splitlines()[-1]
    assert "100.0 ✓" in line  # right article first
    assert "33.3 ✗" in line  # rows falsely called urgent
    assert "0.0 ✗" in line  # off-topic declined


def test_what_went_wrong_is_counted_without_a_text() -> None:
    rows = [
        result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/passport"),
        result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/wages"),
        result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/wages"),
        result(RowKind.URGENT, ReplyKind.ANSWER, "sa/wages"),
    ]
    assert confusions(rows) == {("ur", "answer", "answer"): 2, ("ur", "urgent", "answer"): 1}
    assert mistaken(rows) == {("sa/passport", "sa/wages"): 2}


@pytest.mark.parametrize("path", ["tests/evaluation/test", "tests/evaluation/test/ur.jsonl"])
def test_the_misses_of_the_blind_half_are_not_shown(path: str) -> None:
    with pytest.raises(CommandError, match="stay unseen"):
        call_command("evaluate", path, "--misses")


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


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    rows = [
        result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/passport" if hit else "sa/wages", score=0.75)
        for hit in (True, True, True, False)
    ]
    bins = reliability(rows)
    assert bins == [Bin(4, 0.75, 0.75)]
    assert calibration_error(bins) == 0


def test_calibration_error_is_the_mean_distance_by_count() -> None:
    assert calibration_error([Bin(3, 0.9, 0.5), Bin(1, 0.2, 0.2)]) == pytest.approx(0.3)


def test_what_the_search_was_not_asked_has_no_reliability() -> None:
    assert (
        reliability([result(RowKind.ANSWER, ReplyKind.URGENT), result(RowKind.HANDOFF, ReplyKind.ANSWER)])
        == []
    )


def test_an_answer_to_what_no_article_answers_counts_as_wrong() -> None:
    assert reliability([result(RowKind.OUT_OF_SCOPE, ReplyKind.ANSWER, "sa/wages", score=0.6)]) == [
        Bin(1, 0.6, 0.0)
    ]


def test_the_drawing_has_a_dot_for_each_language_and_measure_with_a_figure() -> None:
    drawn = fromstring(
        languages_chart(by_language([result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/passport")]))
    )
    legend, measures = 1, 5  # right first, among three, no false alarm, not declined, language
    assert len(drawn.findall(f"{SVG}circle")) == legend + measures


def test_the_drawing_of_the_peers_has_two_bars_for_each_language_and_the_names_as_they_are() -> None:
    answers = by_language([result(RowKind.ANSWER, ReplyKind.ANSWER, "sa/passport")])
    drawn = fromstring(peers_chart([Comparison("BM25 & <co>", answers)]))
    ground, legend = 1, 1
    assert len(drawn.findall(f"{SVG}rect")) == ground + legend + 2 * len(answers)
    assert "BM25 & <co>" in [text.text for text in drawn.findall(f"{SVG}text")]


def test_the_drawing_of_reliability_names_each_set_with_its_error() -> None:
    drawn = fromstring(reliability_chart({"dev": [Bin(4, 0.75, 0.5)], "test": []}))
    words = [text.text for text in drawn.findall(f"{SVG}text")]
    assert "dev: 4 questions, calibration error 25.0 points" in words
    assert "test: no questions" in words
