"""A real HTTP server on loopback that does what a test says, good or bad."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH = 1_800_000_000.0
"""The server's clock when a test begins."""


@dataclass
class Time:
    """A clock that only sleeping moves; what was slept is recorded."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Reply:
    """What goes out: an answer, or what a broken server does instead."""

    status: int = 200
    body: Any = None
    """JSON, unless it is bytes or text."""
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    """Bytes that were announced and never come."""
    trickle: float = 0.0
    """Seconds between two bytes."""
    from_the_start: bool = False
    """Whether the headers trickle too."""
    silent: bool = False
    """Reset the connection instead of answering."""

    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return b"" if self.body is None else json.dumps(self.body).encode()


RESET = Reply(silent=True)


class Scripted:
    """The server: plays replies in order, or acts as a function says; records every request."""

    def __init__(self, time: Time) -> None:
        self.requests: list[Request] = []
        self._replies: list[Reply] = []
        self._act: Callable[[Request], Reply] | None = None
        self._time = time
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        handler = type("Handler", (_Handler,), {"server_script": self})
        self._http = _Server(("127.0.0.1", 0), handler)
        self.defects = self._http.defects
        """What went wrong in the server itself: a mistake in a test."""
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def plays(self, *replies: Reply) -> None:
        """Answer with these, one after the other, and the last one for ever."""
        self._replies = list(replies)

    def acts(self, act: Callable[[Request], Reply]) -> None:
        """Answer with what a function makes of each request."""
        self._act = act

    @property
    def lines(self) -> list[str]:
        return [request.line for request in self.requests]

    @property
    def connections(self) -> int:
        return self._http.connections

    def stop(self) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()

    def reply_to(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            if self._act:
                return self._act(request)
            return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    def date(self) -> str:
        return formatdate(EPOCH + self._time.now, usegmt=True)

    def pause(self, seconds: float) -> None:
        self._stopped.wait(seconds)


class _Server(ThreadingHTTPServer):
    def __init__(self, *args: Any) -> None:
        self.defects: list[BaseException] = []
        self.connections = 0
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, *_: Any) -> None:
        defect = sys.exc_info()[1]
        if defect is not None and not isinstance(defect, OSError):
            self.defects.append(defect)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_script: ClassVar[Scripted]

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        reply = self.server_script.reply_to(
            Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(raw) if raw else None,
            )
        )
        if reply.silent:
            self._reset()
        else:
            self._answer(reply)

    do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names http.server wants

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _answer(self, reply: Reply) -> None:
        payload = reply.payload()
        self.send_response_only(reply.status)
        headers = {"Content-Type": "application/json", "Date": self.server_script.date()}
        for name, value in {**headers, **reply.headers}.items():
            if value:
                self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(payload) + reply.missing))
        if reply.from_the_start:
            payload = b"".join(self._headers_buffer) + b"\r\n" + payload
            self._headers_buffer: list[bytes] = []
        else:
            self.end_headers()
        self._write(payload, reply.trickle)
        if reply.missing:
            self.close_connection = True

    def _write(self, payload: bytes, trickle: float) -> None:
        try:
            for piece in [payload] if not trickle else [bytes([byte]) for byte in payload]:
                self.wfile.write(piece)
                self.server_script.pause(trickle)
        except OSError:
            self.close_connection = True

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
