"""A clock for several threads, whose time passes only while all of them sleep."""

from __future__ import annotations

import heapq
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")


class VirtualClock:
    """A clock that moves to the next time at which a sleeper wakes when nobody is awake."""

    def __init__(self) -> None:
        self.now = 0.0
        self._awake = 0
        self._wakes: list[float] = []
        self._changed = Condition()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._changed:
            until = self.now + seconds
            heapq.heappush(self._wakes, until)
            self._fall_asleep()
            self._changed.wait_for(lambda: self.now >= until)

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Call a function for each item in a thread of its own; return the results in order."""
        self._awake = len(items)

        def run_one(item: T) -> R:
            try:
                return call(item)
            finally:
                with self._changed:
                    self._fall_asleep()

        with ThreadPoolExecutor(len(items)) as pool:
            return list(pool.map(run_one, items))

    def _fall_asleep(self) -> None:
        self._awake -= 1
        if self._awake or not self._wakes:
            return
        self.now = self._wakes[0]
        while self._wakes and self._wakes[0] <= self.now:
            heapq.heappop(self._wakes)
            self._awake += 1
        self._changed.notify_all()
