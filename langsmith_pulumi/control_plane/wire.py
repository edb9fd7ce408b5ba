"""The only place that speaks httpx: one request, its answer read whole, errors made ours."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from langsmith_pulumi._version import __version__

from . import debug
from .deadline import Late, within
from .errors import AnswerLost, AnswerUnreadable, ControlPlaneError, RouteMissing, Unreachable
from .judge import failure_of
from .retrying import Policy, http_date, retried, retry_after
from .scrub import Scrubber
from .settings import is_loopback
from .text import sanitize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from .settings import Settings

T = TypeVar("T")

_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-amzn-requestid", "cf-ray")
_SHORTEST = 1.0
"""Seconds for a request that is sent at the last moment."""
_LARGEST_ANSWER = 32 * 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How long one request may take, in seconds."""

    connect: float = 10.0
    read: float = 60.0
    """Between two pieces of an answer."""
    answer: float = 120.0
    """From the request to the last piece, so that a trickle ends too, of headers or body."""

    def within(self, seconds: float) -> Limits:
        """Return these limits, none of them above so many seconds."""
        return Limits(*(min(limit, seconds) for limit in (self.connect, self.read, self.answer)))

    def for_httpx(self) -> dict[str, Any]:
        """Return them as a request of httpx carries them."""
        return {"timeout": httpx.Timeout(self.read, connect=self.connect).as_dict()}


@dataclass(frozen=True)
class Received:
    """An answer, whatever its status, read whole."""

    request: str
    status: int
    text: str = field(repr=False)
    request_id: str | None = None
    retry_after: float | None = None
    location: str = ""
    date: datetime | None = None
    """The server's clock."""

    @property
    def success(self) -> bool:
        """Whether it is a success by its status."""
        return 200 <= self.status < 300  # noqa: PLR2004 - the 2xx


class Wire:
    """Connections to one control plane. Shared by threads and workspaces."""

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.BaseTransport | None,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        limits: Limits,
    ) -> None:
        self._url = settings.control_plane_url
        self._host = httpx.URL(self._url).netloc.decode()
        self.clock = clock
        self.sleep = sleep
        self.scrubber = Scrubber([settings.api_key])
        self._limits = limits
        # A network may trickle for ever; other transports, as tests have, answer in one piece.
        self._on_a_network = transport is None or isinstance(transport, httpx.HTTPTransport)
        self._http = httpx.Client(
            headers={
                "X-Api-Key": settings.api_key,
                "User-Agent": f"langsmith-pulumi/{__version__}",
                "Accept": "application/json",
            },
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            # As many as the plugin process has workers, and some for what others leave open.
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=64),
            # The key must not go wherever an answer points to.
            follow_redirects=False,
            mounts=_direct(self._url),
            transport=transport,
        )
        debug.enable_if_asked()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(  # noqa: PLR0913 - what makes a request
        self,
        method: str,
        path: str,
        read: Callable[[Received], T],
        policy: Policy,
        *,
        workspace: str | None = None,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        deadline: float | None = None,
    ) -> T:
        """Send a request as often as the policy allows, and read the answer.

        ``deadline`` is a time of the clock by which all attempts and pauses have to end.
        """
        request = self._http.build_request(
            method,
            f"{self._url}{path}",
            params=params,
            content=None if body is None else json.dumps(body),
            headers=_headers(workspace, has_body=body is not None),
        )

        def remaining() -> float:
            return inf if deadline is None else max(deadline - self.clock(), _SHORTEST)

        def once() -> T:
            limits = self._limits.within(min(remaining(), policy.longest))
            try:
                received = self._exchange(request, f"{method} {path}", limits)
                if not received.success:
                    raise failure_of(received, self.scrubber)
                return read(received)
            except (AnswerUnreadable, RouteMissing) as strange:
                strange.host = self._host
                raise

        bounded = replace(policy, seconds=min(policy.seconds, remaining()))
        return retried(once, bounded, clock=self.clock, sleep=self.sleep)

    def _exchange(self, request: httpx.Request, label: str, limits: Limits) -> Received:
        started = self.clock()
        request.extensions = {**request.extensions, **limits.for_httpx()}
        try:
            with self._translated(label, limits):
                received = self._receive(request, label, limits)
        except ControlPlaneError as failure:
            debug.note(label, type(failure).__name__, self.clock() - started, failure.request_id)
            raise
        debug.note(label, received.status, self.clock() - started, received.request_id)
        return received

    def _receive(self, request: httpx.Request, label: str, limits: Limits) -> Received:
        deadline = self.clock() + limits.answer
        response = self._begun(request, label, limits.answer)
        try:
            body = b"".join(self._pieces(response, label, deadline, limits.answer))
        finally:
            response.close()
        date = http_date(response.headers.get("date", ""))
        return Received(
            request=label,
            status=response.status_code,
            text=body.decode(errors="replace"),
            request_id=self._request_id(response.headers),
            retry_after=retry_after(response.headers, date),
            location=response.headers.get("location", ""),
            date=date,
        )

    def _begun(self, request: httpx.Request, label: str, seconds: float) -> httpx.Response:
        """Send, and receive the headers: httpx limits each read of them, not all together."""
        send = partial(self._http.send, request, stream=True)
        if not self._on_a_network:
            return send()
        try:
            return within(seconds, send, dispose=httpx.Response.close)
        except Late:
            raise _late(label, seconds) from None

    def _pieces(
        self, response: httpx.Response, label: str, deadline: float, seconds: float
    ) -> Iterator[bytes]:
        size = 0
        for piece in response.iter_bytes():
            size += len(piece)
            if self.clock() > deadline:
                raise _late(label, seconds)
            if size > _LARGEST_ANSWER:
                raise AnswerUnreadable(
                    "it is larger than any answer of a control plane",
                    request=label,
                    status=response.status_code,
                )
            yield piece

    def _request_id(self, headers: Mapping[str, str]) -> str | None:
        found = next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), None)
        return sanitize(found, 80, redact=self.scrubber.scrub) if found else None

    @contextmanager
    def _translated(self, label: str, limits: Limits) -> Iterator[None]:
        """Turn httpx's errors into ours: the one place that does."""
        try:
            yield
        except _NOTHING_SENT as exc:
            raise Unreachable(f"{self._host}: {self._cause(exc, limits)}", request=label) from exc
        except httpx.DecodingError as exc:
            raise AnswerUnreadable(
                f"its body cannot be decoded: {self._cause(exc, limits)}", request=label
            ) from exc
        except (httpx.HTTPError, httpx.StreamError) as exc:
            raise AnswerLost(self._cause(exc, limits), request=label) from exc

    def _cause(self, exc: Exception, limits: Limits) -> str:
        if isinstance(exc, httpx.ConnectTimeout):
            return f"no connection within {limits.connect:.3g} s"
        if isinstance(exc, httpx.ReadTimeout):
            return f"nothing came for {limits.read:.3g} s"
        return sanitize(str(exc), 200, redact=self.scrubber.scrub) or type(exc).__name__


def _late(label: str, seconds: float) -> AnswerLost:
    return AnswerLost(f"it was not complete within {seconds:.3g} s", request=label)


def _direct(url: str) -> dict[str, httpx.BaseTransport | None]:
    """Keep proxies of the environment out of the way to this very machine."""
    return {f"all://{httpx.URL(url).netloc.decode()}": None} if is_loopback(url) else {}


def _headers(workspace: str | None, *, has_body: bool) -> dict[str, str]:
    headers = {"X-Tenant-Id": workspace} if workspace else {}
    return {**headers, "Content-Type": "application/json"} if has_body else headers
