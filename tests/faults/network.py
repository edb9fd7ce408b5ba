"""What a network does to requests, in no time: between the client and the simulator."""

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

    from tests.control_plane.scripted import Time

Deed = Callable[["Network", httpx.Request], httpx.Response]


@dataclass
class Disturbance:
    """Which requests are disturbed, and how; as `Simulator.fail` has it."""

    method: str
    path: str
    deed: Deed
    times: int = 1
    skip: int = 0

    def hits(self, request: httpx.Request) -> bool:
        if self.times == 0 or self.method != request.method:
            return False
        if not fnmatchcase(request.url.path, self.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


class Network(httpx.BaseTransport):
    """Passes requests on, but for those that are disturbed. Time is what the test's clock says."""

    def __init__(self, time: Time) -> None:
        self.time = time
        self.sent = 0
        self.disturbances: list[Disturbance] = []
        # Loading the certificates of the world takes longer than a test.
        self._inner = httpx.HTTPTransport(verify=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        for disturbance in self.disturbances:
            if disturbance.hits(request):
                return disturbance.deed(self, request)
        return self.pass_on(request)

    def pass_on(self, request: httpx.Request) -> httpx.Response:
        return self._inner.handle_request(request)

    def carry_out(self, request: httpx.Request) -> httpx.Response:
        response = self.pass_on(request)
        response.read()
        response.close()
        return response

    def close(self) -> None:
        """Stay open for the next session: a connection for each takes time and proves nothing."""

    def shut(self) -> None:
        self._inner.close()


def refused(network: Network, request: httpx.Request) -> httpx.Response:
    """Nobody listens at that port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    nowhere = request.url.copy_with(port=port)
    return network.pass_on(httpx.Request(request.method, nowhere, headers=request.headers))


def silence(network: Network, request: httpx.Request) -> httpx.Response:
    """The request gets lost, and nothing comes."""
    network.time.sleep(request.extensions["timeout"]["read"])
    raise httpx.ReadTimeout("timed out", request=request)


def silence_after(network: Network, request: httpx.Request) -> httpx.Response:
    """The request is carried out, and nothing comes."""
    network.carry_out(request)
    return silence(network, request)


def drip(network: Network, request: httpx.Request) -> httpx.Response:
    """The answer comes byte by byte, one every five seconds."""
    whole = network.carry_out(request)
    return httpx.Response(whole.status_code, headers=_plain(whole), stream=_Drops(network, whole))


class _Drops(httpx.SyncByteStream):
    def __init__(self, network: Network, whole: httpx.Response) -> None:
        self._network = network
        self._content = whole.content

    def __iter__(self) -> Iterator[bytes]:
        for position in range(len(self._content)):
            self._network.time.sleep(5)
            yield self._content[position : position + 1]


def rewritten(change: Callable[[dict[str, Any]], None]) -> Deed:
    """The request is carried out, and the answer is of another version of the service."""

    def deed(network: Network, request: httpx.Request) -> httpx.Response:
        whole = network.carry_out(request)
        if not whole.content:
            return httpx.Response(whole.status_code, headers=_plain(whole))
        answer = whole.json()
        change(answer)
        content = json.dumps(answer).encode()
        return httpx.Response(whole.status_code, headers=_plain(whole), content=content)

    return deed


def _plain(whole: httpx.Response) -> dict[str, str]:
    return {"date": whole.headers["date"], "content-type": "application/json"}
