"""A clock for several threads, whose time passes only while all of them sleep."""

from __future__ import annotations

import heapq
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event, Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")

_REAL_SECONDS = 100.0
"""The longest that a sleeper waits for the others, so that a test fails instead of hanging."""


class VirtualClock:
    """A clock that moves to the next time at which a sleeper wakes when nobody is awake."""

    def __init__(self) -> None:
        self.now = 0.0
        self._awake = 0
        self._sleepers: list[tuple[float, int, Event]] = []
        self._numbers = count()
        self._lock = Lock()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        woken = Event()
        with self._lock:
            # The number keeps the order of those who wake at the same time.
            sleeper = (self.now + seconds, next(self._numbers), woken)
            heapq.heappush(self._sleepers, sleeper)
            self._fall_asleep()
        assert woken.wait(_REAL_SECONDS), "somebody stays awake and does not end"

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Call a function for each item in a thread of its own; return the results in order."""
        self._awake = len(items)

        def run_one(item: T) -> R:
            try:
                return call(item)
            finally:
                with self._lock:
                    self._fall_asleep()

        with ThreadPoolExecutor(len(items)) as pool:
            return list(pool.map(run_one, items))

    def _fall_asleep(self) -> None:
        self._awake -= 1
        if self._awake or not self._sleepers:
            return
        self.now = self._sleepers[0][0]
        while self._sleepers and self._sleepers[0][0] <= self.now:
            self._awake += 1
            heapq.heappop(self._sleepers)[2].set()
