"""The pace of a wait: quick at first, slower as it ages, and quick around an expected end. Pure.

A wait notices an end within a second, or within two per cent of its own length if that is more. An
end is expected when earlier rollouts, or deletions, had taken as long. The requests of all waits
that are sent one by one stay below a rate; a list that they share counts for nothing there.

After a 429 all waits are slower for a while.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_QUICK = 0.5
_QUICK_SECONDS = 10.0
"""Age of waits that look more often by a list that they share, for short ones end by then."""
_SHORTEST = 1.0
_LONGEST = 10.0
"""So that a row in the display never looks dead."""
_SHARE = 0.02
_SHARE_NEAR_END = 0.005
_NEAR = 0.1
"""Share of an expected length, before and after it, in which the end is near."""
_LIMITED = 5.0
_REQUESTS_PER_SECOND = 20
"""The most that all waits of the process send one by one."""
_JITTER = 0.2
_REMEMBERED = 20


def seconds_between_looks(
    age: float, expected: Iterable[float] = (), *, requests: int = 0, is_limited: bool = False
) -> float:
    """Return the longest time between two looks of a wait, in seconds.

    ``age`` is how long it has waited, ``expected`` are the ages at which its end is expected.
    ``requests`` is what one look of every wait costs together, but for lists. ``is_limited`` says
    that the control plane has answered 429 a short time ago.
    """
    is_near = any(abs(age - end) <= _NEAR * end for end in expected)
    share = _SHARE_NEAR_END if is_near else _SHARE
    shortest = _QUICK if age < _QUICK_SECONDS and not requests else _SHORTEST
    delay = min(max(shortest, share * age), _LONGEST)
    return max(delay, requests / _REQUESTS_PER_SECOND, _LIMITED if is_limited else 0.0)


def jittered(seconds: float, chance: float) -> float:
    """Return a somewhat shorter time, so that clients do not look in step.

    ``chance`` is from 0 to 1.
    """
    return seconds * (1.0 - _JITTER * chance)


class Lengths:
    """How long the last rollouts, or deletions, of this process took."""

    def __init__(self) -> None:
        self._seconds: tuple[float, ...] = ()
        """Replaced and never changed, for threads read it."""

    def record(self, seconds: float) -> None:
        """Remember the length of one that has ended, in seconds."""
        self._seconds = (*self._seconds, seconds)[-_REMEMBERED:]

    def typical(self) -> float | None:
        """Return their median in seconds, or None before the first one."""
        return median(self._seconds) if self._seconds else None
