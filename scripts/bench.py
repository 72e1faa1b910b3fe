"""`make bench`: Rasa's stock template against our whole path, in one run on one machine.

The stock template (`rasa init`: DIET, TED, memoisation, rules) answers small talk and looks nothing up. Ours verifies, stores,
understands, searches and words a sourced answer. Both are asked over HTTP by the same client, which shares the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).resolve().parent.parent
RASA = ROOT / ".venv-rasa" / "bin" / "python"
STOCK_MESSAGES = (
    "hello",
    "i am sad",
    "great",
    "are you a bot?",
    "bye",
    "very good",
    "not so well",
    "yes it did help",
)
Build = Callable[[int], tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Load:
    """Messages per second and milliseconds of one load."""

    clients: int
    per_second: float
    p50_ms: float
    p95_ms: float
    failures: int


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def questions() -> list[str]:
    rows = (ROOT / "tests" / "evaluation" / "first.jsonl").read_text(encoding="utf-8").splitlines()
    return [row["text"] for row in map(json.loads, rows) if row["kind"] == "answer"]


async def drive(build: Build, clients: int, messages: int) -> Load:
    """`messages` requests from `clients` concurrent clients, each waiting for its answer before the next."""
    numbers, times, failures = iter(range(messages)), [], count()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=clients)) as session:

        async def client() -> None:
            for number in numbers:
                url, body = build(number)
                start = time.perf_counter()
                async with session.post(url, json=body) as answer:
                    content = await answer.json()
                    if answer.status != 200 or not content:
                        next(failures)
                times.append(time.perf_counter() - start)

        start = time.perf_counter()
        await asyncio.gather(*(client() for _ in range(clients)))
        took = time.perf_counter() - start
    times.sort()
    return Load(
        clients,
        messages / took,
        statistics.median(times) * 1000,
        times[int(len(times) * 0.95)] * 1000,
        next(failures),
    )


def measure(build: Build, messages: int) -> dict[int, Load]:
    asyncio.run(drive(build, 1, 20))  # warm up
    return {clients: asyncio.run(drive(build, clients, messages)) for clients in (1, 8)}


def memory_mb(pid: int) -> float:
    """Proportional set size of a process and its children, in MB: shared pages count once over all."""
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            if int(status.parent.name) == pid or parent == pid:
                rollup = (status.parent / "smaps_rollup").read_text()
                total += (
                    next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
                    / 1024
                )
        except (OSError, StopIteration):
            continue
    return total


@contextmanager
def server(
    command: list[Any], ready: str, cwd: Path, log: Path, **environment: str
) -> Iterator[tuple[int, float]]:
    """Start, wait until `ready` answers 200, yield (pid, seconds to start), stop."""
    start = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        asyncio.run(until_ready(ready, process, log))
        yield process.pid, time.perf_counter() - start
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


async def until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(900):
            if process.poll() is not None:
                sys.exit(f"{process.args!r} ended:\n{log.read_text()[-2000:]}")
            try:
                async with session.get(url, timeout=aiohttp.ClientTimeout(total=10)) as answer:
                    if answer.status == 200:
                        return
            except (TimeoutError, aiohttp.ClientError):
                pass
            await asyncio.sleep(0.2)
    sys.exit(f"{url} did not answer within 180 s; see {log}")


def bench_stock(work: Path, messages: int) -> dict[str, Any]:
    """`rasa init` with its own training, then its REST channel."""
    project = work / "stock"
    project.mkdir()
    quiet = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    start = time.perf_counter()
    made = subprocess.run(
        [RASA, "-m", "rasa", "init", "--no-prompt", "--init-dir", project],
        env=quiet,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        sys.exit(f"rasa init failed:\n{made.stdout[-1000:]}{made.stderr[-1000:]}")
    training = time.perf_counter() - start
    (project / "credentials.yml").write_text("rest:\n")
    port = free_port()
    command = [
        RASA,
        "-m",
        "rasa",
        "run",
        "--port",
        str(port),
        "--interface",
        "127.0.0.1",
        "--credentials",
        "credentials.yml",
    ]
    url = f"http://127.0.0.1:{port}/webhooks/rest/"

    def build(number: int) -> tuple[str, dict[str, Any]]:
        return f"{url}webhook", {
            "sender": f"s{number}-{time.monotonic_ns()}",
            "message": STOCK_MESSAGES[number % len(STOCK_MESSAGES)],
        }

    with server(command, url, project, work / "stock.log", **quiet) as (pid, started):
        loads = measure(build, messages)
        return {
            "training_s": training,
            "start_s": started,
            "memory_mb": {"rasa": memory_mb(pid)},
            "loads": loads,
        }


def bench_ours(work: Path, messages: int) -> dict[str, Any]:
    """Web process, worker and Rasa as the Procfile starts them, on a copy of the var directory."""
    var = work / "var"
    shutil.copytree(
        ROOT / "var", var, ignore=shutil.ignore_patterns("*.log", "run-*", "test.sqlite3*", "static")
    )
    web, dialogue = free_port(), free_port()
    environment = {"SAFAR_VAR_DIR": str(var), "PORT": str(web), "RASA_URL": f"http://127.0.0.1:{dialogue}"}
    base, rest = f"http://127.0.0.1:{web}", f"http://127.0.0.1:{dialogue}/webhooks/rest/"
    texts = questions()
    sequence = count()

    def distinct(number: int) -> str:
        return f"{texts[number % len(texts)]} {next(sequence)}"  # no cache can know it

    def ask(number: int) -> tuple[str, dict[str, Any]]:
        return f"{base}/chat/api", {
            "conversation": f"bench-{time.monotonic_ns()}",
            "text": distinct(number),
            "channel": "web",
        }

    def ask_rasa(number: int) -> tuple[str, dict[str, Any]]:
        return f"{rest}webhook", {
            "sender": f"b{time.monotonic_ns()}",
            "message": distinct(number),
            "metadata": {"language": "en"},
        }

    uvicorn = [
        sys.executable,
        "-m",
        "uvicorn",
        "config.asgi:application",
        "--port",
        str(web),
        "--no-access-log",
        "--log-level",
        "warning",
    ]
    rasa = [RASA, "-m", "bot.assistant.server", "run"]
    worker = [sys.executable, "manage.py", "run_worker"]
    with ExitStack() as stack:
        web_pid, _ = stack.enter_context(
            server(uvicorn, f"{base}/healthz", ROOT, work / "web.log", **environment)
        )
        rasa_pid, _ = stack.enter_context(server(rasa, rest, ROOT, work / "dialogue.log", **environment))
        worker_pid, _ = stack.enter_context(
            server(worker, f"{base}/readyz", ROOT, work / "worker.log", **environment)
        )
        asyncio.run(drive(ask, 1, 30))
        loads = measure(ask, messages)
        through_rasa = asyncio.run(drive(ask_rasa, 1, messages))
        memory = {"web": memory_mb(web_pid), "rasa": memory_mb(rasa_pid), "worker": memory_mb(worker_pid)}
    parts = search_parts([distinct(number) for number in range(messages)])
    return {
        "loads": loads,
        "memory_mb": memory,
        "parts_ms": {"whole turn": loads[1].p50_ms, "rasa with action": through_rasa.p50_ms, **parts},
    }


def search_parts(texts: list[str]) -> dict[str, float]:
    """Milliseconds (p50) of the search and of the encoder within it, in a process of its own set up as the web process is."""
    code = (
        "import django, json, os, statistics, sys, time; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings'); django.setup();"
        "from bot.lookup import answer_now, warm_up; from knowledge_base.search import current_searcher; warm_up();"
        "texts = json.load(sys.stdin); clock = time.perf_counter;"
        "def_ = lambda f, xs: statistics.median([(lambda s: (f(x), (clock() - s) * 1000)[1])(clock()) for x in xs]);"
        "half = len(texts) // 2; encode = current_searcher().encode_query;"
        "print(json.dumps({'search with encoder': def_(lambda t: answer_now(t, None, None), texts[:half]), 'encoder': def_(encode, texts[half:])}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(texts),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    parts: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return parts


def bench_start(work: Path) -> float:
    """Seconds from `make run` to the first answer, everything prepared before."""
    web, dialogue = free_port(), free_port()
    start = time.perf_counter()
    environment = {**os.environ, "PORT": str(web), "RASA_URL": f"http://127.0.0.1:{dialogue}"}
    with (work / "run.log").open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.supervise"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        asyncio.run(until_ready(f"http://127.0.0.1:{web}/readyz", process, work / "run.log"))
        asyncio.run(
            drive(
                lambda _: (
                    f"http://127.0.0.1:{web}/chat/api",
                    {"conversation": "bench-first", "text": "passport", "channel": "web"},
                ),
                1,
                1,
            )
        )
        return time.perf_counter() - start
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def report(stock: dict[str, Any], ours: dict[str, Any], start_s: float) -> str:
    lines = [f"{'':22}{'msg/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'failed':>8}"]
    for name, result in (("stock template", stock), ("ours, whole path", ours)):
        for clients, load in result["loads"].items():
            label = f"{name}, {clients}"
            lines.append(
                f"{label:22}{load.per_second:9.1f}{load.p50_ms:9.1f}{load.p95_ms:9.1f}{load.failures:8d}"
            )
    ratio = {
        clients: ours["loads"][clients].per_second / stock["loads"][clients].per_second for clients in (1, 8)
    }
    lines.append(f"messages per second, ours / stock: {ratio[1]:.2f} at 1 client, {ratio[8]:.2f} at 8")
    for name, result in (("stock", stock), ("ours", ours)):
        parts = ", ".join(f"{part} {megabytes:.0f}" for part, megabytes in result["memory_mb"].items())
        lines.append(f"memory MB, {name}: {sum(result['memory_mb'].values()):.0f} ({parts})")
    lines.append(
        f"start: stock {stock['start_s']:.0f} s (after {stock['training_s']:.0f} s of init and training); ours, make run to first answer {start_s:.0f} s"
    )
    lines.append(
        "of a turn, p50 ms: " + ", ".join(f"{part} {ms:.1f}" for part, ms in ours["parts_ms"].items())
    )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=400, help="messages in each load")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="safar-bench-") as directory:
        work = Path(directory)
        print("Rasa's stock template: init, training, load ...", flush=True)
        stock = bench_stock(work, options.messages)
        print("Our whole path ...", flush=True)
        ours = bench_ours(work, options.messages)
        print("Start time ...", flush=True)
        start_s = bench_start(work)
    print(report(stock, ours, start_s))


if __name__ == "__main__":
    main()
