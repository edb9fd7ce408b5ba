"""A real HTTP server on loopback whose responses, good or broken, a test chooses."""

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
"""The server's clock at the start of a test."""


@dataclass
class FakeClock:
    """A clock that only sleeping advances; it records each sleep."""

    now: float = 0.0
    sleeps: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


@dataclass(frozen=True)
class Request:
    """A request that the server received."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    @property
    def request_line(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Response:
    """A response, or what a broken server does instead."""

    status: int = 200
    body: Any = None
    """Sent as JSON, unless it is bytes or text."""
    headers: dict[str, str] = field(default_factory=dict)
    missing_bytes: int = 0
    """Bytes that Content-Length announces but that are never sent."""
    byte_delay: float = 0.0
    """Seconds between two bytes."""
    delays_headers: bool = False
    """Send the headers byte by byte as well."""
    resets: bool = False
    """Reset the connection instead of answering."""

    @property
    def test_id(self) -> str:
        """A short name in the ids of parametrized tests."""
        if self.resets:
            return "reset"
        cut = " cut off" if self.missing_bytes else ""
        text = ascii(self.payload().decode("utf-8", errors="replace"))[1:-1]
        return f"{self.status}{cut} {text}".strip()

    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return b"" if self.body is None else json.dumps(self.body).encode()


RESET = Response(resets=True)


class FakeServer:
    """Sends responses in order, or as a function decides; records every request."""

    def __init__(self, clock: FakeClock) -> None:
        self.requests: list[Request] = []
        self._responses: list[Response] = []
        self._responder: Callable[[Request], Response] | None = None
        self._clock = clock
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        handler = type("Handler", (_Handler,), {"fake_server": self})
        self._http = _Server(("127.0.0.1", 0), handler)
        self.failures = self._http.failures
        """Exceptions in the server itself, which are mistakes in a test."""
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def respond_with(self, *responses: Response) -> None:
        """Send these responses in order, and the last one for every further request."""
        self._responses = list(responses)

    def respond_using(self, responder: Callable[[Request], Response]) -> None:
        """Send the response that a function returns for each request."""
        self._responder = responder

    @property
    def request_lines(self) -> list[str]:
        return [request.request_line for request in self.requests]

    @property
    def connections(self) -> int:
        return self._http.connections

    def stop(self) -> None:
        self._stopped.set()
        self._http.shutdown()
        self._http.server_close()

    def respond_to(self, request: Request) -> Response:
        with self._lock:
            self.requests.append(request)
            if self._responder:
                return self._responder(request)
            return self._responses.pop(0) if len(self._responses) > 1 else self._responses[0]

    def date(self) -> str:
        return formatdate(EPOCH + self._clock.now, usegmt=True)

    def pause(self, seconds: float) -> None:
        self._stopped.wait(seconds)


class _Server(ThreadingHTTPServer):
    def __init__(self, *args: Any) -> None:
        self.failures: list[BaseException] = []
        self.connections = 0
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, *_: Any) -> None:
        failure = sys.exc_info()[1]
        if failure is not None and not isinstance(failure, OSError):
            self.failures.append(failure)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    fake_server: ClassVar[FakeServer]

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        response = self.fake_server.respond_to(
            Request(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query, keep_blank_values=True)),
                {name.lower(): ", ".join(self.headers.get_all(name, [])) for name in self.headers},
                json.loads(raw) if raw else None,
            )
        )
        if response.resets:
            self._reset()
        else:
            self._answer(response)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 - the names http.server wants

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _answer(self, response: Response) -> None:
        payload = response.payload()
        self.send_response_only(response.status)
        headers = {"Content-Type": "application/json", "Date": self.fake_server.date()}
        for name, value in {**headers, **response.headers}.items():
            if value:
                self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(payload) + response.missing_bytes))
        if response.delays_headers:
            payload = b"".join(self._headers_buffer) + b"\r\n" + payload
            self._headers_buffer: list[bytes] = []
        else:
            self.end_headers()
        self._write(payload, response.byte_delay)
        if response.missing_bytes:
            self.close_connection = True

    def _write(self, payload: bytes, byte_delay: float) -> None:
        try:
            for piece in [payload] if not byte_delay else [bytes([byte]) for byte in payload]:
                self.wfile.write(piece)
                self.fake_server.pause(byte_delay)
        except OSError:
            self.close_connection = True

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    def log_message(self, *_: Any) -> None:
        """Log nothing."""
