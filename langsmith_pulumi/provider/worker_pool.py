"""More workers for the plugin process, so that long waits do not block other calls.

The SDK serves a dynamic provider with a pool of four threads, and has no setting for their number.
A wait for a rollout takes a thread for up to half an hour, so four rollouts that hang would block
every other call: the failure of a fifth one would be reported only after them.

A pool of ``concurrent.futures`` starts a thread when a call comes in and none is idle, up to a
number that it reads each time, so that number is raised. The count of idle threads is replaced by
one that stays 0. The pool counts a thread as idle after each call, also if the next call is queued:
after the deletes of forty rollouts, which take no time, it would start no thread for the deletes of
forty deployments.

A call is served by a thread of the pool, so the pool is found on the stack of the call. The stacks
of other threads are not looked at: ``sys._current_frames`` can deadlock up to Python 3.11 while
threads start (python/cpython#106883). If the SDK looks different, nothing is changed, and the four
threads remain.
"""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

WORKERS = 256
"""As many calls as an engine makes at once on 64 cores (four for each core)."""

_SERVED_BY = "pulumi/dynamic/__main__.py"
_POOL_MODULE = ThreadPoolExecutor.__module__


def raise_workers(workers: int = WORKERS) -> bool:
    """Let the plugin process serve more calls at once; return True if that was possible."""
    try:
        pool = _pool()
        if pool is None:
            return False
        pool._max_workers = max(pool._max_workers, workers)  # noqa: SLF001
        pool._idle_semaphore = _NoneIdle()  # noqa: SLF001
    except Exception:  # noqa: BLE001 - a process with four workers is slower, not wrong
        return False
    return True


class _NoneIdle(threading.Semaphore):
    """A count of idle threads that stays 0, so that each call starts a thread while it may."""

    def __init__(self) -> None:
        super().__init__(0)

    def release(self, n: int = 1) -> None:
        """Count nothing."""


def _pool() -> ThreadPoolExecutor | None:
    """Return the pool that serves the present call for the SDK, or None."""
    is_served = False
    for frame in _calling_frames():
        is_served |= frame.f_code.co_filename.replace("\\", "/").endswith(_SERVED_BY)
        if is_served and frame.f_globals.get("__name__") == _POOL_MODULE:
            reference = frame.f_locals.get("executor_reference")
            pool = reference() if reference else None
            if isinstance(pool, ThreadPoolExecutor):
                return pool
    return None


def _calling_frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe()  # noqa: SLF001
    while frame is not None:
        yield frame
        frame = frame.f_back
