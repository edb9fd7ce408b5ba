"""Shared watching: waits of one process ask for their deployments together, by one list.

A list only lets a wait leave out requests of its own; it never ends one. It says that nothing has
changed since the last look, and a wait believes that for some seconds and then asks for itself. A
deployment that is missing from a list, a list that fails, and a server that ignores the filter
``deployment_ids`` leave each wait to its own requests.

Fewer than three waits do not share, and neither does a wait whose time is over.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from .errors import ControlPlaneError
from .retry import requested_delay

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

    from .responses import LiveDeployment

    ListDeployments: TypeAlias = Callable[[Sequence[str]], list[LiveDeployment]]

_MIN_WAITS = 3
"""Waits that share; fewer cost less by themselves."""
_PAUSE_SECONDS = 30.0
"""Seconds without lists after one that failed."""
_FRESH_SHARE = 0.5
"""Share of the delay between two looks of a wait for which a list answers others too."""
_DELAY_SHARE = 1 / 75
_MIN_LONGEST_DELAY = 0.5
_MIN_ALONE = 3.0
_MAX_ALONE = 10.0


def longest_delay(elapsed: float) -> float:
    """Return the seconds after which a wait that shares looks again.

    With the age of a list, an end is noticed within a second or two per cent of the wait.
    """
    return max(_MIN_LONGEST_DELAY, _DELAY_SHARE * elapsed)


def trusted_seconds(elapsed: float) -> float:
    """Return how long a wait believes lists that nothing has changed, from when it asked itself.

    A list cannot show that a revision has failed.
    """
    return min(max(_MIN_ALONE, elapsed), _MAX_ALONE)


def is_same_deployment(before: LiveDeployment | None, after: LiveDeployment | None) -> bool:
    """Return True if two lists show the same of a deployment; False if one does not show it."""
    if before is None or after is None:
        return False
    return before.model_copy(update={"seen_at": after.seen_at}) == after


@dataclass
class _List:
    """What the waits of one workspace have listed together."""

    lock: Lock = field(default_factory=Lock)
    waits: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    """The deployments that are waited for; replaced and never changed, for threads read it."""
    number: int = 0
    taken_at: float = 0.0
    paused_until: float = float("-inf")
    listed: dict[str, LiveDeployment] = field(default_factory=dict)


class SharedLists:
    """The lists of a connection, one for each workspace."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lists: dict[str | None, _List] = {}

    @contextmanager
    def joined(self, workspace: str | None, deployment_id: str) -> Iterator[Watched]:
        """Count a wait for a deployment among those that share, as long as the context lasts."""
        with self._lock:
            shared = self._lists.setdefault(workspace, _List())
        self._count(shared, deployment_id, 1)
        try:
            yield Watched(shared, deployment_id)
        finally:
            self._count(shared, deployment_id, -1)

    def _count(self, shared: _List, deployment_id: str, change: int) -> None:
        with self._lock:
            shared.waits[deployment_id] += change
            shared.ids = sorted(one for one, count in shared.waits.items() if count)


class Watched:
    """A deployment that one wait looks at, together with the others."""

    def __init__(self, shared: _List, deployment_id: str) -> None:
        self._shared = shared
        self._id = deployment_id
        self._number = 0
        self.is_listed = False
        """True if the last look found it in a list."""

    def look(
        self, list_deployments: ListDeployments, clock: Callable[[], float], elapsed: float
    ) -> LiveDeployment | None:
        """Return the deployment as a list shows it, or None if the wait has to ask for itself.

        Each look of a wait is a newer one than the one before. ``elapsed`` is the age of the wait
        in seconds.
        """
        found = None
        if len(self._shared.ids) >= _MIN_WAITS:
            with self._shared.lock:
                found = self._find(list_deployments, clock, elapsed)
        self.is_listed = found is not None
        return found

    def _find(
        self, list_deployments: ListDeployments, clock: Callable[[], float], elapsed: float
    ) -> LiveDeployment | None:
        shared, now = self._shared, clock()
        fresh = _FRESH_SHARE * longest_delay(elapsed)
        if now < shared.paused_until:
            return None
        if shared.number <= self._number or now - shared.taken_at >= fresh:
            shared.taken_at = now
            shared.number += 1
            shared.listed = {}
            try:
                shared.listed = {one.id: one for one in list_deployments(shared.ids)}
            except ControlPlaneError as error:
                pause = max(_PAUSE_SECONDS, requested_delay(error) or 0.0)
                shared.paused_until = clock() + pause
        self._number = shared.number
        return shared.listed.get(self._id)
