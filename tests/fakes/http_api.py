"""An HTTP server on loopback that stands in for a provider's API, so that the provider's real client talks to it."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    """A request that arrived."""

    method: str
    path: str
    query: dict[str, str]
    fields: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What the API says. ``status`` 0 closes the connection without a word."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class FakeHttpApi:
    """Subclasses say what the API answers. Tests plan failures, which come before it in the order planned.

    hold: while set, an answer is worked out (the message counts as taken) but not given.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.planned: deque[Answer] = deque()
        self.hold = threading.Event()
        self.held = threading.Event()
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def answer(self, call: Call) -> Answer:
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def plan(self, *answers: Answer) -> None:
        self.planned.extend(answers)

    def release(self) -> None:
        """Gives the answers that were held back."""
        self.hold.clear()
        self._released.set()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def take(self, call: Call) -> Answer:
        self.calls.append(call)
        given = self.planned.popleft() if self.planned else self.answer(call)
        if self.hold.is_set():
            self.held.set()
            self._released.wait(timeout=60)
        return given

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                given = api.take(self._call())
                if given.status == 0:
                    self.close_connection = True
                    return
                body = given.body if isinstance(given.body, bytes) else json.dumps(given.body).encode()
                self.send_response(given.status)
                for name, value in {"Content-Type": "application/json", **given.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _call(self) -> Call:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8")
                split = urlsplit(self.path)
                if "json" in (self.headers.get("Content-Type") or ""):
                    fields = {name: str(value) for name, value in json.loads(body).items()}
                else:
                    fields = dict(parse_qsl(body, keep_blank_values=True))
                return Call(
                    self.command, split.path, dict(parse_qsl(split.query)), fields, dict(self.headers)
                )

            def log_message(self, format: str, *args: Any) -> None:
                """Silent: pytest's output is for the tests."""

        return Handler
