"""Health, readiness and metrics. No label names a person.

The worker is a process of its own: with `PROMETHEUS_MULTIPROC_DIR` set for both, `/metrics` shows the sum of all
processes (prometheus_client's multiprocess mode); without it, those of the web process and what the database knows.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MESSAGES_IN = Counter("safar_messages_in", "Messages received, each once.", ["channel"])
MESSAGES_OUT = Counter("safar_messages_out", "Messages sent or shown.", ["channel"])
SENDS = Counter(
    "safar_sends",
    "Attempts to send, by result: sent, found (an interrupted attempt had), or the failure.",
    ["channel", "result"],
)
TURN_SECONDS = Histogram(
    "safar_turn_seconds",
    "Time from taking a message to its reply.",
    ["kind"],
    buckets=(0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
DEGRADED = Counter("safar_degraded_turns", "Turns answered without the dialogue engine.", ["channel"])
REFUSED = Counter(
    "safar_requests_refused", "Requests refused at the door, by HTTP status.", ["door", "status"]
)


@dataclass
class TurnTimer:
    kind: str = "failed"


@contextmanager
def turn_timer() -> Iterator[TurnTimer]:
    """Times one turn; the caller sets ``kind`` once it is known."""
    timer, begun = TurnTimer(), time.perf_counter()
    try:
        yield timer
    finally:
        TURN_SECONDS.labels(timer.kind).observe(time.perf_counter() - begun)


class QueueDepth(Collector):
    """How many messages wait, read from the rows at the moment of asking."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        from channels.models import InboundMessage, OutboundMessage  # models load after the apps

        waiting_in = InboundMessage.objects.filter(state="received").count()
        waiting_out = OutboundMessage.objects.filter(state__in=["queued", "sending"]).count()
        depth = GaugeMetricFamily("safar_queue_depth", "Messages that wait, by queue.", labels=["queue"])
        depth.add_metric(["inbound"], waiting_in)
        depth.add_metric(["outbound"], waiting_out)
        yield depth


def metrics_text() -> bytes:
    """All metrics in Prometheus' text format."""
    depth = CollectorRegistry()
    depth.register(QueueDepth())
    return processes_text() + generate_latest(depth)


def processes_text() -> bytes:
    """The counters: of all processes if they share a directory, else of this one."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    processes = CollectorRegistry()
    MultiProcessCollector(processes)  # type: ignore[no-untyped-call]
    return generate_latest(processes)
