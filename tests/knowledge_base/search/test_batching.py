from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge_base.search.batching import Batcher

PATIENCE = 10.0


class Work:
    """Upper case; the first call waits until ``gate`` opens. "bad" cannot be worked on."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.begun = threading.Event()
        self.gate = threading.Event()

    def __call__(self, texts: Sequence[str]) -> list[str]:
        self.batches.append(list(texts))
        self.begun.set()
        assert self.gate.wait(PATIENCE)
        if "bad" in texts:
            raise ValueError("bad")
        return [text.upper() for text in texts]


def ask_while_one_is_at_work(work: Work, batcher: Batcher[str], texts: Sequence[str]) -> list[object]:
    """Results or errors of ``texts``, all asked while the batcher works on another one."""

    def ask(text: str) -> object:
        try:
            return batcher(text)
        except ValueError as error:
            return error

    with ThreadPoolExecutor(len(texts) + 1) as threads:
        first = threads.submit(ask, "first")
        assert work.begun.wait(PATIENCE)
        others = [threads.submit(ask, text) for text in texts]
        while len(batcher._waiting) < len(texts):
            threading.Event().wait(0.001)
        work.gate.set()
        assert first.result(PATIENCE) == "FIRST"
        return [other.result(PATIENCE) for other in others]


def test_those_who_wait_share_a_call() -> None:
    work = Work()
    assert ask_while_one_is_at_work(work, Batcher(work), ["a", "b", "c"]) == ["A", "B", "C"]
    assert [sorted(batch) for batch in work.batches] == [["first"], ["a", "b", "c"]]


def test_a_call_has_a_largest_size() -> None:
    work = Work()
    texts = [str(i) for i in range(7)]
    assert ask_while_one_is_at_work(work, Batcher(work, largest=3), texts) == texts
    assert [len(batch) for batch in work.batches] == [1, 3, 3, 1]


def test_an_error_reaches_only_the_one_who_caused_it() -> None:
    work = Work()
    a, bad, c = ask_while_one_is_at_work(work, Batcher(work), ["a", "bad", "c"])
    assert (a, c) == ("A", "C")
    assert isinstance(bad, ValueError)


def test_after_an_error_there_is_a_next_time() -> None:
    work = Work()
    work.gate.set()
    batcher = Batcher(work)
    with pytest.raises(ValueError, match="bad"):
        batcher("bad")
    assert batcher("good") == "GOOD"


def test_an_interrupted_leader_leaves_nobody_behind() -> None:
    interrupted = threading.Event()

    def work(texts: Sequence[str]) -> list[str]:
        if not interrupted.is_set():
            while len(batcher._waiting) < 2:
                threading.Event().wait(0.001)
            interrupted.set()
            raise KeyboardInterrupt
        return [text.upper() for text in texts]

    batcher = Batcher(work)
    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(batcher, text) for text in "abc"]
        errors = [future.exception(PATIENCE) for future in asked]
        assert sorted(type(error) for error in errors if error) == [KeyboardInterrupt]
        assert sum(future.exception() is None for future in asked) == 2
    assert batcher("d") == "D"


def test_many_threads_get_their_own_answers() -> None:
    batcher = Batcher(lambda texts: [text.upper() for text in texts])
    texts = [f"text {i}" for i in range(2_000)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(batcher, texts)) == [text.upper() for text in texts]
