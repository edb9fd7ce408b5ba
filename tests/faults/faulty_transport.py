"""A transport between client and simulator that injects network faults without real waiting."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.control_plane.fake_server import FakeClock

Handler = Callable[["FaultyTransport", httpx.Request], httpx.Response]


@dataclass
class TransportFault:
    """Which requests fail on the network, and how; the fields are those of `Simulator.fail`."""

    method: str
    path: str
    handler: Handler
    times: int = 1
    skip: int = 0

    def matches(self, request: httpx.Request) -> bool:
        if self.times == 0 or self.method != request.method:
            return False
        if not fnmatchcase(request.url.path, self.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


class FaultyTransport(httpx.BaseTransport):
    """Forwards requests, except those with a fault; time is the test's clock."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.request_count = 0
        self.faults: list[TransportFault] = []
        # Loading the root certificates takes longer than a test.
        self._inner = httpx.HTTPTransport(verify=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.request_count += 1
        for fault in self.faults:
            if fault.matches(request):
                return fault.handler(self, request)
        return self.forward(request)

    def forward(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)

    def forward_and_read(self, request: httpx.Request) -> httpx.Response:
        response = self.forward(request)
        response.read()
        response.close()
        return response

    def close(self) -> None:
        """Keep the connections: each session would open its own, which is slow."""

    def close_connections(self) -> None:
        self._inner.close()


def refuse_connection(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
    """Send the request to a port on which nothing listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    nowhere = request.url.copy_with(port=port)
    return transport.forward(httpx.Request(request.method, nowhere, headers=request.headers))


def time_out(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
    """Drop the request and time out."""
    transport.clock.sleep(request.extensions["timeout"]["read"])
    raise httpx.ReadTimeout("timed out", request=request)


def time_out_after_request(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
    """Execute the request and time out."""
    transport.forward_and_read(request)
    return time_out(transport, request)


def respond_slowly(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
    """Execute the request and return the response byte by byte, one every five seconds."""
    response = transport.forward_and_read(request)
    return httpx.Response(
        response.status_code, headers=_headers(response), stream=_SlowStream(transport, response)
    )


class _SlowStream(httpx.SyncByteStream):
    def __init__(self, transport: FaultyTransport, response: httpx.Response) -> None:
        self._network = transport
        self._content = response.content

    def __iter__(self) -> Iterator[bytes]:
        for position in range(len(self._content)):
            self._network.clock.sleep(5)
            yield self._content[position : position + 1]


def rewrite_response(change: Callable[[dict[str, Any]], None]) -> Handler:
    """Return a handler that executes the request and changes the JSON of the response."""

    def handler(transport: FaultyTransport, request: httpx.Request) -> httpx.Response:
        response = transport.forward_and_read(request)
        if not response.content:
            return httpx.Response(response.status_code, headers=_headers(response))
        answer = response.json()
        change(answer)
        content = json.dumps(answer).encode()
        return httpx.Response(response.status_code, headers=_headers(response), content=content)

    return handler


def _headers(response: httpx.Response) -> dict[str, str]:
    return {"date": response.headers["date"], "content-type": "application/json"}
