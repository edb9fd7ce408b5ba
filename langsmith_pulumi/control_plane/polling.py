"""When to look again, and for how long."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POLL_VARIABLE = "LANGSMITH_PULUMI_POLL_SECONDS"
"""Environment variable that fixes the pause between two looks; 0 is no pause."""

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 5.0
_GROWTH = 1.2


def looks(
    timeout: float, clock: Callable[[], float], sleep: Callable[[float], None]
) -> Iterator[float]:
    """Yield the seconds that have passed, once for each look; the last look is past the timeout."""
    started = clock()
    for pause in _pauses():
        elapsed = clock() - started
        yield elapsed
        if elapsed >= timeout:
            return
        sleep(min(pause, timeout - elapsed))


def _pauses() -> Iterator[float]:
    """Grow gently: quick revisions are seen quickly, long ones cost few requests."""
    fixed = _fixed_pause()
    pause = _FIRST_PAUSE if fixed is None else fixed
    while True:
        yield pause
        if fixed is None:
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)


def _fixed_pause() -> float | None:
    try:
        return max(float(os.environ[POLL_VARIABLE]), 0.0)
    except (KeyError, ValueError):
        return None


def spoken(seconds: float) -> str:
    """Say a duration, such as ``45 s`` or ``1 min 20 s``."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"
