"""The check of `Host` headers, which protects the simulator against DNS rebinding.

A web page can let its own host name resolve to 127.0.0.1, and the browser then lets the page send
requests to the simulator. Such a request still names the host of the page.
"""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from langsmith_pulumi.testing.simulator.error_responses import ApiError, send_error

_LONGEST_QUOTED = 60
_DEFAULT_PORT = 80


@dataclass(frozen=True)
class Address:
    """The address of a simulator, and the other hosts that requests may name."""

    host: str
    port: int
    allowed: Sequence[str] = ()
    """Further hosts; one without a port is allowed with any port."""

    def is_named_by(self, header: str, reached: str) -> bool:
        """Return True if a `Host` header names this address; `reached` is the one connected to."""
        host, port = split_host(header)
        for name in self.allowed:
            allowed_host, allowed_port = split_host(name)
            if host and host == allowed_host and allowed_port in (None, port):
                return True
        known = is_loopback(host) or host.endswith(".localhost")
        here = known or (bool(host) and host in (self.host.lower(), reached.lower()))
        return here and (port or _DEFAULT_PORT) == self.port


class HostMiddleware:
    """The outermost layer of the application, which rejects requests that name another host."""

    def __init__(self, app: ASGIApp, address: Callable[[], Address]) -> None:
        self._app = app
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or reject it before it is recorded."""
        named = [value.decode("latin-1") for key, value in scope["headers"] if key == b"host"]
        address, reached = self._address(), (scope.get("server") or ("", 0))[0]
        if len(named) == 1 and address.is_named_by(named[0], reached):
            await self._app(scope, receive, send)
        else:
            await send_error(_misdirected(address, named), send)


def split_host(header: str) -> tuple[str, int | None]:
    """Return the host and port of a `Host` header; the host is empty if the header is invalid."""
    try:
        parts = urlsplit(f"//{header}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", None
    is_plain = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return (host, port) if is_plain else ("", None)


def is_loopback(host: str) -> bool:
    """Return True if a host name or address is a loopback one."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _misdirected(address: Address, named: list[str]) -> ApiError:
    shown = ", ".join(map(ascii, named))[:_LONGEST_QUOTED] or "none"
    return ApiError(
        421,
        f"This simulator serves {address.host}, port {address.port}; the request's Host header "
        f"names {shown}. If that host is meant, start the simulator with it among its allowed "
        "hosts.",
    )
