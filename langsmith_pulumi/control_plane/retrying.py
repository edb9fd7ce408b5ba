"""Which requests are repeated after which failures, how often, and after which pause.

A request that may have been carried out is repeated only where twice is the same as once.

============== ========================= ======== ====================================
policy         for                       attempts repeated after
============== ========================= ======== ====================================
``REPEATABLE`` GET and DELETE            5        whatever may be over at the next one
``BRIEFLY``    GET while polling, logs   2        the same
``ONCE``       POST and PATCH            5        what was certainly not carried out
``HASTILY``    what can wait             2        the same as BRIEFLY, within seconds
============== ========================= ======== ====================================

What is open after a POST or PATCH, ``settling`` looks at.

Tenacity does the loop. (Not its offspring stamina, where neither sleeping nor time can be passed
in.)
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from math import inf, isfinite
from typing import TYPE_CHECKING, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception

from .errors import (
    TRANSIENT,
    ControlPlaneError,
    RateLimited,
    ServerFailure,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

LONGEST_RETRY_AFTER = 60.0
"""Seconds; a server that asks for more is asked again after these."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0
_JITTER = 1.0


@dataclass(frozen=True)
class Policy:
    """How stubborn to be.

    ``seconds`` bounds attempts and pauses together, ``longest`` one request.
    """

    repeats: Callable[[BaseException], bool]
    attempts: int = 5
    seconds: float = 150.0
    longest: float = inf


def _may_be_over_soon(failure: BaseException) -> bool:
    return isinstance(failure, TRANSIENT)


def _was_not_carried_out(failure: BaseException) -> bool:
    return isinstance(failure, (Unreachable, RateLimited))


REPEATABLE = Policy(_may_be_over_soon)
ONCE = Policy(_was_not_carried_out)
BRIEFLY = Policy(_may_be_over_soon, attempts=2, seconds=LONGEST_RETRY_AFTER + 15.0, longest=15.0)
"""For whoever asks again anyway: stubborn enough to do as ``Retry-After`` says.

A request that hangs ends soon, so that whoever waits hears of it.
"""
HASTILY = Policy(_may_be_over_soon, attempts=2, seconds=20.0)
"""For what the next run can make up for, where time is dear."""


def retried(
    send: Callable[[], T],
    policy: Policy,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> T:
    """Call ``send`` until it succeeds, as far as the policy goes; the last failure is raised."""
    started = clock()

    def exhausted(state: RetryCallState) -> bool:
        spent = clock() - started + state.upcoming_sleep
        return state.attempt_number >= policy.attempts or spent > policy.seconds

    loop = Retrying(
        retry=retry_if_exception(policy.repeats),
        wait=_pause,
        stop=exhausted,
        sleep=sleep,
        reraise=True,
    )
    try:
        return loop(send)
    except ControlPlaneError as failure:
        failure.attempts = int(loop.statistics.get("attempt_number", 1))
        raise


def _pause(state: RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    chance = random.random()  # noqa: S311 - to spread, not to hide
    return pause_before(state.attempt_number + 1, asked_pause(failure), chance)


def asked_pause(failure: BaseException | None) -> float | None:
    """Return the seconds that the server asked us to wait, within reason."""
    if not isinstance(failure, (RateLimited, ServerFailure)) or failure.retry_after is None:
        return None
    return min(failure.retry_after, LONGEST_RETRY_AFTER)


def pause_before(attempt: int, asked: float | None, chance: float) -> float:
    """Return the seconds to wait before an attempt, the second being the first that waits.

    ``chance``, from 0 to 1, spreads clients that were turned away together.
    """
    jitter = _JITTER * chance
    if asked is not None:
        return asked + jitter
    return min(_FIRST_PAUSE * 2.0 ** (attempt - 2), _LONGEST_PAUSE) + jitter


def retry_after(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """Read ``Retry-After``: seconds, whole or not, or a date; None if absent or nonsense.

    ``now`` is the server's time, which a date is measured against; None stands for ours.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        moment = http_date(value)
        if moment is None:
            return None
        seconds = (moment - (now or datetime.now(timezone.utc))).total_seconds()
    return max(seconds, 0.0) if isfinite(seconds) else None


def http_date(value: str) -> datetime | None:
    """Read the date of an HTTP header; None if it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
