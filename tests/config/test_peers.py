"""The comparison with other ways to find an article, with the one peer that needs no model: BM25."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.replies import ReplyKind
from config.evaluation.figures import Result
from config.evaluation.peers import PEERS, Comparison, Peer, PeerFailed, as_table, compare, whole_path
from config.evaluation.rows import Row, RowKind
from knowledge_base.search.documents import Document, Field
from nlu.acts import Act

BM25 = next(peer for peer in PEERS if peer.module == "bm25")
EXAMPLES = [("hello", Act.GREET)]


def document(article: str, text: str) -> Document:
    country, _, topic = article.partition("/")
    return Document(article, topic, country, "en", Field.QUESTION, text)


DOCUMENTS = [
    document("sa/passport", "my sponsor keeps the passport"),
    document("qa/passport", "my sponsor keeps the passport"),
    document("sa/wages", "wages were not paid"),
]


def row(text: str, expect: str, kind: RowKind = RowKind.ANSWER) -> Row:
    return Row("x", text, "en", kind, (expect,))


ROWS = [
    row("who keeps a passport in Qatar", "qa/passport"),
    row("sponsor has the passport, Riyadh", "sa/passport"),
    row("paid no wages", "sa/passport"),
    row("hello", "", RowKind.SMALLTALK),
    row("👍", "", RowKind.SMALLTALK),
]


def compared(directory: Path, documents: list[Document] = DOCUMENTS) -> tuple[Comparison, list[str]]:
    said: list[str] = []
    return compare(ROWS, documents, EXAMPLES, directory, said.append, [BM25])[0], said


def test_only_rows_with_an_answer_are_asked_and_only_articles_of_the_named_country_compete(
    tmp_path: Path,
) -> None:
    figures = compared(tmp_path)[0].answers["en"]
    assert figures["rows"] == 3
    assert figures["top1"] == pytest.approx(2 / 3)  # for one the wages came before the passport
    assert figures["top3"] == 1


def test_a_peer_has_a_process_of_its_own(tmp_path: Path) -> None:
    found, _ = compared(tmp_path)
    assert found.peak_mb
    assert found.training_mb
    assert found.peak_mb < 300  # this test's own process, with torch and Django, takes more


def test_a_peer_learns_again_only_when_its_rows_change(tmp_path: Path) -> None:
    assert [line for line in compared(tmp_path)[1] if "training, about 0.1 minutes" in line]
    assert not [line for line in compared(tmp_path)[1] if "training" in line]
    changed = [*DOCUMENTS, document("qa/wages", "no wages in Doha")]
    assert [line for line in compared(tmp_path, changed)[1] if "training" in line]


def test_no_question_stays_behind(tmp_path: Path) -> None:
    compared(tmp_path)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if ROWS[0].text.encode() in path.read_bytes()]


@pytest.mark.parametrize("module", ["nearest", "ours", "rasa_faq"])
def test_each_peer_learns_the_articles_and_ranks_those_of_the_named_country_only(
    tmp_path: Path, module: str
) -> None:
    peer = next(peer for peer in PEERS if peer.module == module)
    documents = [*DOCUMENTS, document("qa/wages", "wages were not paid")]
    rows = [
        row("my sponsor keeps the passport, Doha", "qa/passport"),
        row("my sponsor keeps the passport, Doha", "sa/passport"),
    ]
    examples = [*EXAMPLES, ("good morning", Act.GREET)]
    (found,) = compare(rows, documents, examples, tmp_path, str, [peer])
    assert found.answers["en"]["top1"] == found.answers["en"]["top3"] == 1 / 2
    assert (found.acts is not None) == (module == "rasa_faq")


def test_a_peer_that_fails_is_named_with_its_log(tmp_path: Path) -> None:
    with pytest.raises(PeerFailed, match=r"Broken.*train\.log"):
        compare(ROWS, DOCUMENTS, EXAMPLES, tmp_path, print, [Peer("Broken", "no_such_peer", 0)])


def test_the_whole_path_is_right_only_when_it_answers() -> None:
    results = [
        Result(ROWS[1], ReplyKind.ANSWER, "en", ("sa/passport",), 0.02),
        Result(ROWS[1], ReplyKind.WHICH, "en", ("sa/passport", "sa/wages"), 0.04),
    ]
    assert as_table([whole_path(results, None)]).splitlines()[-1].split()[3:] == [
        *["50.0/100.0", "50.0/100.0"],  # English, all
        *["-", "0.0", "-"],  # acts
        *["30.0", "40.0"],  # milliseconds
        *["-", "-", "-"],  # memory, training
    ]


def test_a_peer_without_acts_has_no_figures_for_them(tmp_path: Path) -> None:
    assert compared(tmp_path)[0].acts is None
