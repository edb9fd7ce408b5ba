"""More workers for the plugin process, so that long waits do not block other calls.

The SDK serves a dynamic provider with a pool of four threads, and has no setting for their number.
A wait for a rollout takes a thread for up to half an hour, so four rollouts that hang would block
every other call: the failure of a fifth one would be reported only after them.

A pool of ``concurrent.futures`` starts a thread when a call comes in and none is idle, up to a
number that it reads each time, so that number is raised. The count of idle threads is replaced by
one that stays 0. The pool counts a thread as idle after each call, also if the next call is queued:
after the deletes of forty rollouts, which take no time, it would start no thread for the deletes of
forty deployments.

The pool belongs to the gRPC server, a local variable of the SDK's ``main``, which runs on the main
thread as long as the process lives. If the SDK looks different, nothing is changed, and the four
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

WORKERS = 64
"""As many calls as an engine makes at once on sixteen cores (four for each core)."""

_SERVED_BY = "pulumi/dynamic/__main__.py"


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
    """Return the pool of the SDK's server in this process, or None."""
    for frame in _frames_of_the_main_thread():
        code = frame.f_code
        if code.co_name == "main" and code.co_filename.replace("\\", "/").endswith(_SERVED_BY):
            state = getattr(frame.f_locals.get("server"), "_state", None)
            pool = getattr(state, "thread_pool", None)
            usable = isinstance(pool, ThreadPoolExecutor)
            return pool if usable and isinstance(getattr(pool, "_max_workers", None), int) else None
    return None


def _frames_of_the_main_thread() -> Iterator[FrameType]:
    frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001
    while frame is not None:
        yield frame
        frame = frame.f_back
