"""Which `Host` headers are answered: without this check any web page could reach the simulator.

A page may let its own host name resolve to 127.0.0.1 and then send requests here, which the browser
takes for its own site's (DNS rebinding). Such a request still names the page's host.
"""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from langsmith_pulumi.testing.simulator.answering import send_refusal
from langsmith_pulumi.testing.simulator.refusals import Refusal

_LONGEST_QUOTED = 60
_DEFAULT_PORT = 80


@dataclass(frozen=True)
class Address:
    """Where a simulator serves, and what else it may be called."""

    host: str
    port: int
    allowed: Sequence[str] = ()
    """Further hosts; one without a port is allowed with any."""

    def is_named_by(self, header: str, reached: str) -> bool:
        """Tell whether a `Host` header names this address; `reached` is the one connected to."""
        host, port = split_host(header)
        for name in self.allowed:
            allowed_host, allowed_port = split_host(name)
            if host and host == allowed_host and allowed_port in (None, port):
                return True
        known = is_loopback(host) or host.endswith(".localhost")
        here = known or (bool(host) and host in (self.host.lower(), reached.lower()))
        return here and (port or _DEFAULT_PORT) == self.port


class HostCheck:
    """Refuses requests that name another host; the outermost layer of the application."""

    def __init__(self, app: ASGIApp, address: Callable[[], Address]) -> None:
        self._app = app
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or refuse it before anything is remembered of it."""
        named = [value.decode("latin-1") for key, value in scope["headers"] if key == b"host"]
        address, reached = self._address(), (scope.get("server") or ("", 0))[0]
        if len(named) == 1 and address.is_named_by(named[0], reached):
            await self._app(scope, receive, send)
        else:
            await send_refusal(_refusal(address, named), send)


def split_host(header: str) -> tuple[str, int | None]:
    """Take a `Host` header apart; the host is empty when it is none."""
    try:
        parts = urlsplit(f"//{header}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "", None
    is_plain = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return (host, port) if is_plain else ("", None)


def is_loopback(host: str) -> bool:
    """Tell whether a host's name or address leads to this machine only."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refusal(address: Address, named: list[str]) -> Refusal:
    shown = ", ".join(map(ascii, named))[:_LONGEST_QUOTED] or "none"
    return Refusal(
        421,
        f"This simulator serves {address.host}, port {address.port}; the request's Host header "
        f"names {shown}. If that host is meant, start the simulator with it among its allowed "
        "hosts.",
    )
