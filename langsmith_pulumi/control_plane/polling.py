"""The polls of a wait: their schedule, their time limits and their failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import (
    TRANSIENT,
    ControlPlaneError,
    ResponseLost,
    RevisionNotFound,
    RouteNotFound,
    Unreachable,
)
from .retry import requested_delay
from .watching import longest_delay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .client import ControlPlaneClient
    from .watching import Watched

TEMPORARY = (*TRANSIENT, RouteNotFound, RevisionNotFound)
"""Errors that do not end a wait; the 404 of a proxy is one, for the address was right before."""

_FIRST_DELAY = 1.0
_MAX_DELAY = 5.0
_MIN_DELAY = 0.01
_GROWTH = 1.2
_LAST_POLL_SECONDS = 5.0
"""Seconds for the requests of the poll at the end of the timeout."""


@dataclass(frozen=True)
class PollFailure:
    """A poll without a usable response."""

    seconds: float
    """Seconds since the last poll that succeeded, or since the wait began."""
    elapsed: float
    """Seconds since the wait began."""
    last_status: str
    """The last status seen, or an empty text."""
    is_answered: bool
    """True if there are responses, though unusable ones, such as 502."""


def poll_schedule(
    timeout: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    watched: Watched | None = None,
) -> Iterator[float]:
    """Yield the elapsed seconds once for each poll; the last one is at or after the timeout.

    The delays grow slowly: short revisions are noticed soon, and long ones take few requests. They
    grow less while waits share their requests.
    """
    started = clock()
    delay = _FIRST_DELAY
    while True:
        elapsed = clock() - started
        yield elapsed
        if elapsed >= timeout:
            return
        longest = longest_delay(elapsed) if watched and watched.is_listed else _MAX_DELAY
        sleep(max(min(delay, longest, timeout - elapsed), _MIN_DELAY))
        delay = min(delay * _GROWTH, _MAX_DELAY)


class Polls:
    """The time limits of the polls of one wait, and the time since the last success."""

    def __init__(
        self,
        client: ControlPlaneClient,
        timeout: float,
        on_poll_failure: Callable[[PollFailure], None],
    ) -> None:
        self.client = client
        self._on_poll_failure = on_poll_failure
        self._started = self._succeeded = client.clock()
        self._deadline = self._started + timeout

    def limited_client(self) -> ControlPlaneClient:
        """Return the client limited to the remaining time, or to that of the last poll."""
        return self.client.until(max(self._deadline, self.client.clock() + _LAST_POLL_SECONDS))

    @property
    def is_last(self) -> bool:
        """Return True if the timeout is over, so that this poll has to end soon."""
        return self.client.clock() >= self._deadline

    def succeeded(self) -> None:
        """Record a poll with a usable response."""
        self._succeeded = self.client.clock()

    def failed(self, error: ControlPlaneError, last_status: str) -> None:
        """Report a poll without a usable response, and sleep as long as the server asks for."""
        now = self.client.clock()
        self._on_poll_failure(
            PollFailure(
                seconds=now - self._succeeded,
                elapsed=now - self._started,
                last_status=last_status,
                is_answered=not isinstance(error, (ResponseLost, Unreachable)),
            )
        )
        delay = min(requested_delay(error) or 0.0, self._deadline - now)
        if delay > 0:
            self.client.sleep(delay)
