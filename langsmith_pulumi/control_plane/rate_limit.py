"""The pause that a 429 asks for, which all requests of a connection obey."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from .errors import RateLimited
from .retry import requested_delay

if TYPE_CHECKING:
    from collections.abc import Callable

_SLOWER_SECONDS = 60.0
"""Seconds after a 429, and its pause, in which waits look less often."""
_SPREAD_SECONDS = 1.0
"""Seconds over which the requests that were held are sent after the pause."""


class RateLimit:
    """What the last 429 of a connection asks for; threads and workspaces share it.

    ``chance`` returns a number from 0 to 1, which spreads the requests after a pause.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        chance: Callable[[], float],
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._paused_until = -inf
        self._slower_until = -inf

    @property
    def is_recent(self) -> bool:
        """Return True for a while after a 429."""
        return self._clock() < self._slower_until

    def record(self, error: RateLimited) -> None:
        """Remember a 429, with the ``Retry-After`` that it came with."""
        until = self._clock() + (requested_delay(error) or 0.0)
        self._paused_until = max(self._paused_until, until)
        self._slower_until = max(self._slower_until, until + _SLOWER_SECONDS)

    def wait(self, request: str, seconds: float) -> None:
        """Sleep until the pause is over; raise ``RateLimited`` if that takes longer than given.

        Each pause is slept once, also if the environment caps the seconds of a sleep.
        """
        deadline, slept_until = self._clock() + seconds, -inf
        while (until := self._paused_until) > max(self._clock(), slept_until):
            left = until - self._clock()
            if until > deadline:
                raise _held_back(request, left)
            self._sleep(left + _SPREAD_SECONDS * self._chance())
            slept_until = until


def _held_back(request: str, left: float) -> RateLimited:
    error = RateLimited(
        f"{request} was held back, because the control plane has answered 429 and asked for a "
        f"pause that lasts another {left:.0f} s",
        request=request,
    )
    error.retry_after = left
    return error
