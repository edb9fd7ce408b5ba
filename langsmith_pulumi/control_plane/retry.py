"""Retry policies: which requests are retried after which errors, how often, after which delay.

A request that may have been carried out is retried only if twice has the same effect as once.

================== ====================== ======== ==========================================
policy             used for               attempts retried after
================== ====================== ======== ==========================================
``IDEMPOTENT``     GET and DELETE         5        every error that may be temporary
``POLLING``        GET in a wait, logs    2        the same
``NON_IDEMPOTENT`` POST and PATCH         5        errors before the request was carried out
``BEST_EFFORT``    what can be made later 2        as POLLING, within seconds
``LOOK``           lists that waits share 1        nothing
================== ====================== ======== ==========================================

``recovery`` handles a POST or PATCH whose outcome is unknown.

Tenacity runs the loop. Stamina, which is built on it, accepts neither a clock nor a sleep.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import suppress
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
    ServerError,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

DELAY_VARIABLE = "LANGSMITH_PULUMI_POLL_SECONDS"
"""Environment variable that caps every delay in seconds, for tests and demonstrations."""

MAX_RETRY_AFTER = 60.0
"""Seconds; a longer ``Retry-After`` is cut to this."""

_FIRST_DELAY = 0.5
_MAX_DELAY = 8.0
_JITTER = 1.0


@dataclass(frozen=True)
class Policy:
    """The conditions and limits of retries."""

    retries: Callable[[BaseException], bool]
    """Returns True for an error after which the request is sent again."""
    attempts: int = 5
    seconds: float = 150.0
    """Limit of all attempts and delays together."""
    request_seconds: float = inf
    """Limit of one request."""


def _is_transient(error: BaseException) -> bool:
    return isinstance(error, TRANSIENT)


def _was_not_executed(error: BaseException) -> bool:
    return isinstance(error, (Unreachable, RateLimited))


IDEMPOTENT = Policy(_is_transient)
NON_IDEMPOTENT = Policy(_was_not_executed)
POLLING = Policy(_is_transient, attempts=2, seconds=MAX_RETRY_AFTER + 15.0, request_seconds=15.0)
"""For polling: obeys ``Retry-After``, and ends a hanging request early so that it is reported."""
BEST_EFFORT = Policy(_is_transient, attempts=2, seconds=20.0)
"""For changes that the next run can make, where the present one must not take long."""
LOOK = Policy(_is_transient, attempts=1, seconds=5.0, request_seconds=5.0)
"""For lists that only spare other requests, and that several waits wait for."""


def call_with_retry(
    send: Callable[[], T],
    policy: Policy,
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> T:
    """Call ``send`` until it succeeds or the policy ends; raise its last error."""
    started = clock()

    def is_exhausted(state: RetryCallState) -> bool:
        spent = clock() - started + state.upcoming_sleep
        return state.attempt_number >= policy.attempts or spent > policy.seconds

    loop = Retrying(
        retry=retry_if_exception(policy.retries),
        wait=_delay,
        stop=is_exhausted,
        sleep=sleep,
        reraise=True,
    )
    try:
        return loop(send)
    except ControlPlaneError as error:
        error.attempts = int(loop.statistics.get("attempt_number", 1))
        raise


def _delay(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    chance = random.random()  # noqa: S311 - jitter needs no secure randomness
    return compute_delay(state.attempt_number + 1, requested_delay(error), chance)


def requested_delay(error: BaseException | None) -> float | None:
    """Return the delay in seconds that the server asked for, at most ``MAX_RETRY_AFTER``."""
    if not isinstance(error, (RateLimited, ServerError)) or error.retry_after is None:
        return None
    return min(error.retry_after, MAX_RETRY_AFTER)


def compute_delay(attempt: int, requested: float | None, chance: float) -> float:
    """Return the delay in seconds before an attempt; the second attempt is the first with a delay.

    ``chance``, from 0 to 1, is the share of jitter, which spreads clients that retry together.
    """
    jitter = _JITTER * chance
    if requested is not None:
        return requested + jitter
    return min(_FIRST_DELAY * 2.0 ** (attempt - 2), _MAX_DELAY) + jitter


def parse_retry_after(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """Return the seconds of ``Retry-After``, given as a number or a date; None if invalid.

    ``now`` is the server's time, to which a date is compared; the local time is used without it.
    """
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        date = parse_http_date(value)
        if date is None:
            return None
        seconds = (date - (now or datetime.now(timezone.utc))).total_seconds()
    return max(seconds, 0.0) if isfinite(seconds) else None


def parse_http_date(value: str) -> datetime | None:
    """Return the date of an HTTP header, or None if it is invalid."""
    try:
        date = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=timezone.utc)


def sleep(seconds: float) -> None:
    """Sleep; the environment may cap the seconds."""
    with suppress(KeyError, ValueError):
        seconds = min(seconds, max(float(os.environ[DELAY_VARIABLE]), 0.0))
    time.sleep(seconds)
