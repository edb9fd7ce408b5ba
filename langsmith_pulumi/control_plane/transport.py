"""Requests to the control plane over HTTP; this module translates the errors of httpx.

``LANGSMITH_PULUMI_DEBUG=1`` logs a line for each request, with method, path, status, duration and
request id; never a body, a header or a query.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from langsmith_pulumi._version import __version__

from .error_mapping import error_for, unsent_advice
from .errors import (
    ControlPlaneError,
    InvalidResponse,
    RateLimited,
    ResponseLost,
    RouteNotFound,
    Unreachable,
)
from .redaction import Redactor
from .responses import RawResponse
from .retry import Policy, call_with_retry, parse_http_date, parse_retry_after
from .settings import is_loopback
from .text import sanitize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .rate_limit import RateLimit
    from .settings import Settings

T = TypeVar("T")

DEBUG_VARIABLE = "LANGSMITH_PULUMI_DEBUG"

_logger = logging.getLogger("langsmith_pulumi.control_plane")
NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
"""Errors that prove that the server has received no request."""
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-amzn-requestid", "cf-ray")
_MIN_SECONDS = 1.0
"""Seconds for a request that is sent just before the deadline."""
_MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Time limits of one request, in seconds."""

    connect: float = 10.0
    read: float = 60.0
    """Between two pieces of a response."""
    total: float = 120.0
    """From the request to the end of the response, so that a trickling response ends too."""

    def capped(self, seconds: float) -> Limits:
        """Return these limits, each of them at most ``seconds``."""
        return Limits(*(min(limit, seconds) for limit in (self.connect, self.read, self.total)))

    def for_httpx(self) -> dict[str, Any]:
        """Return the limits as the extension of an httpx request."""
        return {"timeout": httpx.Timeout(self.read, connect=self.connect).as_dict()}


class Transport:
    """Connections to one control plane, shared by threads and workspaces."""

    def __init__(  # noqa: PLR0913 - what the connection shares with it
        self,
        settings: Settings,
        *,
        transport: httpx.BaseTransport | None,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        limits: Limits,
        rate_limit: RateLimit,
    ) -> None:
        self._url = settings.control_plane_url
        self._host = httpx.URL(self._url).netloc.decode()
        self.clock = clock
        self.sleep = sleep
        self.redactor: Redactor = Redactor([settings.api_key])
        self._limits = limits
        self._rate_limit = rate_limit
        # Only a network can trickle; other transports, as in tests, respond at once.
        self._uses_network = transport is None or isinstance(transport, httpx.HTTPTransport)
        self._http = httpx.Client(
            headers={
                "X-Api-Key": settings.api_key,
                "User-Agent": f"langsmith-pulumi/{__version__}",
                "Accept": "application/json",
            },
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            # As many as the plugin process has workers, and a reserve.
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=64),
            # A redirection would send the API key to another address.
            follow_redirects=False,
            mounts=_without_proxy(self._url),
            transport=transport,
        )
        _enable_debug_log()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(  # noqa: PLR0913 - what makes a request
        self,
        method: str,
        path: str,
        parse: Callable[[RawResponse], T],
        policy: Policy,
        *,
        workspace: str | None = None,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        deadline: float | None = None,
    ) -> T:
        """Send a request, retried as the policy allows, and parse the response.

        ``deadline`` is a time of the clock by which all attempts and delays have to end.
        """
        request = self._http.build_request(
            method,
            f"{self._url}{path}",
            params=params,
            content=None if body is None else json.dumps(body),
            headers=_headers(workspace, has_body=body is not None),
        )

        def remaining() -> float:
            return inf if deadline is None else max(deadline - self.clock(), _MIN_SECONDS)

        bounded = replace(policy, seconds=min(policy.seconds, remaining()))
        label = f"{method} {path}"

        def send_once() -> T:
            self._rate_limit.wait(label, min(remaining(), bounded.seconds))
            limits = self._limits.capped(min(remaining(), policy.request_seconds))
            try:
                response = self._exchange(request, label, limits)
                if not response.is_success:
                    raise error_for(response, self.redactor)
                return parse(response)
            except RateLimited as error:
                self._rate_limit.record(error)
                raise
            except (InvalidResponse, RouteNotFound) as error:
                error.host = self._host
                raise

        return call_with_retry(send_once, bounded, clock=self.clock, sleep=self.sleep)

    def _exchange(self, request: httpx.Request, label: str, limits: Limits) -> RawResponse:
        started = self.clock()
        request.extensions = {**request.extensions, **limits.for_httpx()}
        try:
            with self._translate_errors(label, limits):
                response = self._receive(request, label, limits)
        except ControlPlaneError as error:
            _log_request(label, type(error).__name__, self.clock() - started, error.request_id)
            raise
        _log_request(label, response.status, self.clock() - started, response.request_id)
        return response

    def _receive(self, request: httpx.Request, label: str, limits: Limits) -> RawResponse:
        deadline = self.clock() + limits.total
        reply = self._start(request, label, limits.total)
        try:
            body = b"".join(self._read_body(reply, label, deadline, limits.total))
        finally:
            reply.close()
        date = parse_http_date(reply.headers.get("date", ""))
        return RawResponse(
            request=label,
            status=reply.status_code,
            text=body.decode(errors="replace"),
            request_id=self._request_id(reply.headers),
            retry_after=parse_retry_after(reply.headers, date),
            location=reply.headers.get("location", ""),
            date=date,
        )

    def _start(self, request: httpx.Request, label: str, seconds: float) -> httpx.Response:
        """Send and receive the headers within the time; httpx limits single reads only."""
        send = partial(self._http.send, request, stream=True)
        if not self._uses_network:
            return send()
        try:
            return call_with_deadline(seconds, send, dispose=httpx.Response.close)
        except DeadlineExceeded:
            raise _incomplete(label, seconds) from None

    def _read_body(
        self, reply: httpx.Response, label: str, deadline: float, seconds: float
    ) -> Iterator[bytes]:
        size = 0
        for piece in reply.iter_bytes():
            size += len(piece)
            if self.clock() > deadline:
                raise _incomplete(label, seconds)
            if size > _MAX_BYTES:
                raise InvalidResponse(
                    "it is larger than any response of a control plane",
                    request=label,
                    status=reply.status_code,
                )
            yield piece

    def _request_id(self, headers: Mapping[str, str]) -> str | None:
        found = next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), None)
        return sanitize(found, 80, redact=self.redactor.redact) if found else None

    @contextmanager
    def _translate_errors(self, label: str, limits: Limits) -> Iterator[None]:
        """Convert the errors of httpx into those of this package."""
        try:
            yield
        except NOTHING_SENT as exc:
            cause = self._cause(exc, limits)
            raise Unreachable(
                f"{self._host}: {cause}", request=label, advice=unsent_advice(cause)
            ) from exc
        except httpx.DecodingError as exc:
            raise InvalidResponse(
                f"its body cannot be decoded: {self._cause(exc, limits)}", request=label
            ) from exc
        except (httpx.HTTPError, httpx.StreamError) as exc:
            raise ResponseLost(self._cause(exc, limits), request=label) from exc

    def _cause(self, exc: Exception, limits: Limits) -> str:
        if isinstance(exc, httpx.ConnectTimeout):
            return f"no connection within {limits.connect:.3g} s"
        if isinstance(exc, httpx.ReadTimeout):
            return f"nothing came for {limits.read:.3g} s"
        return sanitize(str(exc), 200, redact=self.redactor.redact) or type(exc).__name__


def _incomplete(label: str, seconds: float) -> ResponseLost:
    return ResponseLost(f"it was not complete within {seconds:.3g} s", request=label)


def _without_proxy(url: str) -> dict[str, httpx.BaseTransport | None]:
    """Bypass the proxies of the environment for a control plane on this machine."""
    return {f"all://{httpx.URL(url).netloc.decode()}": None} if is_loopback(url) else {}


def _headers(workspace: str | None, *, has_body: bool) -> dict[str, str]:
    headers = {"X-Tenant-Id": workspace} if workspace else {}
    return {**headers, "Content-Type": "application/json"} if has_body else headers


class DeadlineExceeded(Exception):  # noqa: N818 - says what happened
    """The call did not end in time; it continues, but its result is disposed of."""


def call_with_deadline(
    seconds: float, call: Callable[[], T], *, dispose: Callable[[T], object]
) -> T:
    """Return the result of ``call`` or raise its error; raise ``DeadlineExceeded`` after a time.

    The result of a call that ends later is disposed of.
    """
    future: Future[T] = Future()
    # The interpreter would wait for the threads of a pool at its exit.
    Thread(target=_run, args=(future, call), daemon=True).start()
    if wait([future], seconds).done:
        return future.result()
    future.add_done_callback(lambda late: late.exception() or dispose(late.result()))
    raise DeadlineExceeded


def _run(future: Future[T], call: Callable[[], T]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
        future.set_exception(error)


def _enable_debug_log() -> None:
    """Send debug lines to stderr if the environment asks for it; may be called again."""
    if os.environ.get(DEBUG_VARIABLE) != "1" or _logger.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("langsmith %(asctime)s %(message)s"))
    _logger.addHandler(handler)
    _logger.setLevel(logging.DEBUG)
    _logger.propagate = False


def _log_request(request: str, result: object, seconds: float, request_id: str | None) -> None:
    """Log a request with its status or the name of its error."""
    _logger.debug("%s %s %.2fs %s", request, result, seconds, request_id or "-")
