"""Measure the encoder: `python -m knowledge_base.search.measure [NAME]`. All texts are distinct."""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

_VOCABULARY = (
    "my sponsor took passport in riyadh what can i do salary not paid three months agent visa fee employer contract leave "
    "kafeel ne mera rakh liya hai kya karun tankhwah nahi mili paise wapas company dubai protector medical test unfit "
    "کفیل نے میرا پاسپورٹ رکھ لیا ہے تنخواہ نہیں ملی کیا کروں ایجنٹ پیسے مانگ رہا ویزا زما پاسپورټ منهنجي پگهار"
)
_QUERY_WORDS = 20
_BATCH_WORDS = 12
_QUERIES = 100
_BATCH_TEXTS = 1_000
_CLIENTS = 8


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", default=None, help="encoder, as in KB_ENCODER")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    chosen = parser.parse_args(arguments)
    before = _resident_mb()
    started = time.perf_counter()
    import torch

    from knowledge_base.search.encoder import PACKAGED, Encoder

    _say(
        "importing sentence-transformers",
        f"{time.perf_counter() - started:.1f} s, {_resident_mb() - before} MB",
    )
    started = time.perf_counter()
    encoder = Encoder.load(chosen.name or PACKAGED)
    _say(f"loading {encoder.name}", f"{time.perf_counter() - started:.2f} s, {_resident_mb()} MB in all")
    for threads in chosen.threads:
        torch.set_num_threads(threads)
        _measure(encoder, threads)


def _measure(encoder: Any, threads: int) -> None:
    texts = random.Random(threads)  # noqa: S311  test data
    encoder.query("warm up")
    queries = [_timed(lambda: encoder.query(_text(texts, _QUERY_WORDS))) for _ in range(_QUERIES)]
    _say(f"question of {_QUERY_WORDS} words, {threads} thread(s), p50 / p95", _milliseconds(queries))
    together = [_text(texts, _QUERY_WORDS) for _ in range(_QUERIES * 2)]
    with ThreadPoolExecutor(_CLIENTS) as clients:
        each = _timed(lambda: list(clients.map(encoder.query, together))) / len(together)
    _say(f"the same from {_CLIENTS} clients at once, {threads} thread(s)", f"{1e3 * each:.2f} ms each")
    batch = [_text(texts, _BATCH_WORDS) for _ in range(_BATCH_TEXTS)]
    each = _timed(lambda: encoder.passages(batch)) / len(batch)
    _say(
        f"texts of {_BATCH_WORDS} words in batches, {threads} thread(s)",
        f"{1e3 * each:.2f} ms each, {1 / each:.0f} a second",
    )
    _say("resident memory", f"{_resident_mb()} MB")


def _text(source: random.Random, words: int) -> str:
    return " ".join(source.choices(_VOCABULARY.split(), k=words))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _milliseconds(seconds: Sequence[float]) -> str:
    median, high = np.quantile(seconds, [0.5, 0.95]) * 1e3
    return f"{median:.1f} / {high:.1f} ms"


def _resident_mb() -> int:
    """Linux only; 0 elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def _say(what: str, value: str) -> None:
    sys.stdout.write(f"{what:<62} {value}\n")


if __name__ == "__main__":
    main()
