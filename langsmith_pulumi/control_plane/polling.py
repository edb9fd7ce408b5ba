"""When to look again, and for how long."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL_VARIABLE = "LANGSMITH_PULUMI_POLL_SECONDS"
"""Environment variable that caps every pause, for tests and demonstrations; 0 is no pause."""

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 5.0
_SHORTEST_PAUSE = 0.01
_GROWTH = 1.2


def pause(seconds: float) -> None:
    """Sleep, unless the environment caps pauses."""
    with suppress(KeyError, ValueError):
        seconds = min(seconds, max(float(os.environ[POLL_VARIABLE]), 0.0))
    time.sleep(seconds)


def looks(
    timeout: float, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Iterator[float]:
    """Yield the seconds that have passed, once for each look; the last look is past the timeout.

    The pauses grow gently: quick revisions are seen quickly, long ones cost few requests.
    """
    started = clock()
    pause_now = _FIRST_PAUSE
    while True:
        elapsed = clock() - started
        yield elapsed
        if elapsed >= timeout:
            return
        sleep(max(min(pause_now, timeout - elapsed), _SHORTEST_PAUSE))
        pause_now = min(pause_now * _GROWTH, _LONGEST_PAUSE)


def spoken(seconds: float) -> str:
    """Say a duration, such as ``45 s`` or ``1 min 20 s``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
