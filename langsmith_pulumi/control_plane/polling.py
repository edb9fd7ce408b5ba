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
from .pace import jittered, seconds_between_looks
from .retry import requested_delay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .client import ControlPlaneClient
    from .responses import LiveDeployment
    from .watching import Watched

TEMPORARY = (*TRANSIENT, RouteNotFound, RevisionNotFound)
"""Errors that do not end a wait; the 404 of a proxy is one, for the address was right before."""

_MIN_DELAY = 0.01
_LISTED_LOOK = 1 / 2
_LIST_AGE = 1 / 3
"""Shares of the time between two looks: how often a wait looks at lists, and how old they may be.

Together they leave some time for the requests that follow when a list shows a change.
"""
_REQUESTS_OF_POLL = 2
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


class Polls:
    """The schedule and the time limits of the polls of one wait, and what they share with others.

    A wait that has no ``watched`` polls by itself.
    """

    def __init__(
        self,
        client: ControlPlaneClient,
        timeout: float,
        on_poll_failure: Callable[[PollFailure], None],
        watched: Watched | None = None,
    ) -> None:
        self.client = client
        self.expected_ends: list[float] = []
        """The elapsed seconds at which the wait may end, by the lengths of earlier ones."""
        self._watched = watched
        self._is_listed = False
        """True if this poll has found the deployment in a list, or the next one may find it."""
        self._is_first = True
        self._timeout = timeout
        self._on_poll_failure = on_poll_failure
        self._started = self._succeeded = client.clock()
        self._deadline = self._started + timeout

    def schedule(self) -> Iterator[float]:
        """Yield the elapsed seconds once for each poll; the last one is at or after the timeout."""
        while True:
            elapsed = self.client.clock() - self._started
            self._is_listed = False
            yield elapsed
            if elapsed >= self._timeout:
                return
            delay = jittered(self._delay(elapsed), self.client.chance())
            left = self._deadline - self.client.clock()
            self.client.sleep(max(min(delay, left), _MIN_DELAY))

    def _delay(self, elapsed: float) -> float:
        if self._is_listed:
            return _LISTED_LOOK * self._between_looks(elapsed)
        return self._between_looks(elapsed, _REQUESTS_OF_POLL * self._waits)

    @property
    def _waits(self) -> int:
        return self._watched.waits if self._watched else 1

    def _between_looks(self, elapsed: float, requests: int = 0) -> float:
        is_limited = self.client.rate_limit.is_recent
        return seconds_between_looks(
            elapsed, self.expected_ends, requests=requests, is_limited=is_limited
        )

    def look(self, client: ControlPlaneClient, elapsed: float) -> LiveDeployment | None:
        """Return the deployment by a shared list, or None if the wait has to ask for itself.

        The first look does so: the last list is from before the wait began.
        """
        if self._watched is None or self.is_last:
            return None
        if self._is_first:
            self._is_first, self._is_listed = False, self._watched.is_sharing
            return None
        listed = client.look(self._watched, _LIST_AGE * self._between_looks(elapsed))
        self._is_listed = listed is not None
        return listed

    def is_request_due(self, elapsed: float, asked_at: float) -> bool:
        """Return True if a wait has to ask for itself now, whatever lists show.

        ``asked_at`` are the elapsed seconds at which it has last done so.
        """
        next_look = elapsed + self._delay(elapsed)
        return next_look - asked_at > self._between_looks(elapsed, self._waits)

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
