"""Shared watching: waits of one process ask for their deployments together, by one list.

A list only lets a wait leave out requests of its own; it never ends one. It says that nothing has
changed since the last look. A list does not show that a revision has failed (its deployment is
READY all the same), so each wait also asks for its revision itself, as often as ``pace`` allows for
their number. A deployment that is missing from a list, a list that fails, and a server that ignores
the filter ``deployment_ids`` leave each wait to its own requests.

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
"""Seconds without lists after one that failed, unless the server asks for another time."""


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

    @property
    def waits(self) -> int:
        """Return the number of deployments that are waited for, with this one."""
        return len(self._shared.ids)

    @property
    def is_sharing(self) -> bool:
        """Return True if a list of several deployments is worth its request."""
        return self.waits >= _MIN_WAITS

    def look(
        self, list_deployments: ListDeployments, clock: Callable[[], float], max_age: float
    ) -> LiveDeployment | None:
        """Return the deployment as a list shows it, or None if the wait has to ask for itself.

        Each look of a wait sees a newer list than the one before, which is at most ``max_age``
        seconds old.
        """
        if not self.is_sharing:
            return None
        with self._shared.lock:
            return self._find(list_deployments, clock, max_age)

    def _find(
        self, list_deployments: ListDeployments, clock: Callable[[], float], max_age: float
    ) -> LiveDeployment | None:
        shared, now = self._shared, clock()
        if now < shared.paused_until:
            return None
        if shared.number <= self._number or now - shared.taken_at >= max_age:
            shared.taken_at = now
            shared.number += 1
            shared.listed = {}
            try:
                shared.listed = {one.id: one for one in list_deployments(shared.ids)}
            except ControlPlaneError as error:
                shared.paused_until = clock() + (requested_delay(error) or _PAUSE_SECONDS)
        self._number = shared.number
        return shared.listed.get(self._id)
