"""Requests to an agent's own URL.

They never carry the API key, follow no redirect, and their errors are results, because a health
check asks again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from langsmith_pulumi._version import __version__

from .settings import is_loopback
from .transport import NOTHING_SENT, DeadlineExceeded, call_with_deadline

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_BYTES = 16 * 1024


@dataclass(frozen=True)
class AgentResponse:
    """The result of one request to an agent."""

    status: int | None
    """The status code; None without a response."""
    text: str
    """The first bytes of the body, or the cause of a missing response; as received."""
    is_reached: bool = True
    """False if no connection was made."""

    @property
    def is_success(self) -> bool:
        """Return True for a 2xx."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004


def host_of(url: str) -> str:
    """Return the host of a URL, or an empty text if it is malformed."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


class AgentTransport:
    """A connection to one agent."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        """Prepare the connection; ``headers`` are all that identifies this client to the agent."""
        self._url = url.rstrip("/")
        self._http = httpx.Client(
            headers={"User-Agent": f"langsmith-pulumi/{__version__}", **headers},
            # A redirection would send the headers to another address.
            follow_redirects=False,
            # The proxies of the environment are not for an agent on this machine.
            trust_env=not (host_of(url) and is_loopback(url)),
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def get(self, path: str, seconds: float) -> AgentResponse:
        """Send a GET for a path, which begins with a slash, and return its result in time."""
        try:
            call = partial(self._get, f"{self._url}{path}", seconds)
            return call_with_deadline(seconds, call, dispose=lambda _: None)
        except DeadlineExceeded:
            return AgentResponse(None, f"no complete answer within {seconds:.3g} s")

    def _get(self, url: str, seconds: float) -> AgentResponse:
        deadline = monotonic() + seconds
        body = bytearray()
        try:
            with self._http.stream("GET", url, timeout=seconds) as reply:
                for piece in reply.iter_bytes():
                    body += piece
                    if len(body) > _MAX_BYTES or monotonic() > deadline:
                        break
        except httpx.InvalidURL:
            return AgentResponse(None, "its URL is not valid", is_reached=False)
        except NOTHING_SENT as error:
            return AgentResponse(None, str(error) or type(error).__name__, is_reached=False)
        except (httpx.HTTPError, httpx.StreamError) as error:
            return AgentResponse(None, str(error) or type(error).__name__)
        return AgentResponse(reply.status_code, bytes(body[:_MAX_BYTES]).decode(errors="replace"))
