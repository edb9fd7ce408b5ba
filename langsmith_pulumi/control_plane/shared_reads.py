"""Shared reads: reading many deployments at once costs pages of their list, not a request for each.

A list is an offer, not an authority:

1. The first two deployments are read by requests of their own, so a small stack lists nothing.
2. From the third on, pages are requested while their number stays small beside that of the
   deployments that were asked for; a workspace far larger than the stack is not read to its end.
3. A deployment that the pages do not hold is read by itself, and only that can say "not found".
4. An entry of a list counts as the deployment once an entry has been the same as the response of a
   request for the same deployment. If one lacks anything, lists are not used again. For an owner
   of variables the entry that was compared has to have some.
5. What was read of a deployment before a change of it by this process, or too long ago, is not
   used.

An update of many deployments reads them in the same way before it changes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from .errors import ControlPlaneError
from .retry import BEST_EFFORT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .client import ControlPlaneClient
    from .responses import LiveDeployment

_READ_ALONE = 2
"""Deployments that are read by themselves before a list is worth its page."""
_ASKED_PER_PAGE = 4
"""Deployments asked for that pay for one page more."""
_MAX_SECONDS = 30.0
"""Seconds after which it is read again."""
_MAX_SAMPLES = 3
"""Entries that others wait for while they are compared; more are compared without that."""
_MOVING = ("updated_at", "status", "latest_revision_id", "active_revision_id")
"""Fields that tell, by another value, that the deployment has changed between two reads."""


@dataclass
class _Round:
    """What was read at about the same time; ``writes`` is the count of changes before it."""

    pages: Iterator[list[LiveDeployment]]
    started: float
    writes: int
    asked: set[str] = field(default_factory=set)
    taken: set[tuple[str, str]] = field(default_factory=set)
    listed: dict[str, LiveDeployment] = field(default_factory=dict)
    read: dict[str, LiveDeployment] = field(default_factory=dict)
    page_count: int = 0
    is_list_read: bool = False
    """True after the last page, and after an error."""


class SharedReads:
    """The deployments of one workspace that the resources of a stack read at the same time."""

    def __init__(self, client: ControlPlaneClient) -> None:
        self._client = client
        self._lock = Lock()
        self._locks: dict[str, Lock] = {}
        self._round = self._new_round()
        self._samples = 0
        self._are_whole: bool | None = None
        """True if an entry of a list was the same as the deployment, False if one lacked a part."""
        self._show_variables = False

    def read(self, reader: str, deployment_id: str, *, has_variables: bool) -> LiveDeployment:
        """Return a deployment for one of the resources that read it, the ``reader``.

        Each reader uses a response once, so a later refresh in the same process reads again.
        ``has_variables`` says that the reader compares variables. Raise ``DeploymentNotFound`` if
        the deployment is gone.
        """
        with self._lock:
            own_lock = self._locks.setdefault(deployment_id, Lock())
        with own_lock:
            with self._lock:
                current = self._round_for(reader, deployment_id)
                found = self._find(current, deployment_id, has_variables=has_variables)
            found = found or self._client.get(deployment_id)
            with self._lock:
                self._remember(current, found)
                current.taken.add((reader, deployment_id))
        return found

    def _new_round(self) -> _Round:
        client = self._client
        pages = client.deployment_pages(policy=BEST_EFFORT)
        return _Round(pages, client.clock(), client.writes.count)

    def _round_for(self, reader: str, deployment_id: str) -> _Round:
        """Return the present round, or a new one if this read must not be answered by it."""
        current = self._round
        is_current = (
            (reader, deployment_id) not in current.taken
            and self._client.writes.last_of(deployment_id) <= current.writes
            and self._client.clock() - current.started <= _MAX_SECONDS
        )
        if not is_current:
            self._round = current = self._new_round()
        current.asked.add(deployment_id)
        return current

    def _find(
        self, current: _Round, deployment_id: str, *, has_variables: bool
    ) -> LiveDeployment | None:
        """Return the deployment as it was read or listed, or None if it has to be requested."""
        if deployment_id in current.read:
            return current.read[deployment_id]
        while self._is_page_due(current, deployment_id):
            self._read_page(current)
        listed = current.listed.get(deployment_id)
        if listed is None or self._are_whole is False:
            return None
        if self._are_whole and (self._show_variables or not has_variables):
            return listed
        return self._sample(current, deployment_id)

    def _is_page_due(self, current: _Round, deployment_id: str) -> bool:
        affordable = 1 + len(current.asked) // _ASKED_PER_PAGE
        return (
            self._are_whole is not False
            and not current.is_list_read
            and deployment_id not in current.listed
            and len(current.asked) > _READ_ALONE
            and current.page_count < affordable
        )

    def _read_page(self, current: _Round) -> None:
        current.page_count += 1
        try:
            page = next(current.pages, None)
        except ControlPlaneError:
            page = None
        current.is_list_read = page is None
        for listed in page or ():
            current.listed[listed.id] = listed
            if listed.id in current.read:
                self._compare(listed, current.read[listed.id])

    def _sample(self, current: _Round, deployment_id: str) -> LiveDeployment | None:
        """Request a deployment to compare its entry, while the other readers wait for the result.

        Return None if that fails, or was done often enough: then each reader requests its own.
        """
        if self._samples == _MAX_SAMPLES:
            return None
        self._samples += 1
        try:
            found = self._client.get(deployment_id, policy=BEST_EFFORT)
        except ControlPlaneError:
            return None
        self._remember(current, found)
        return found

    def _remember(self, current: _Round, found: LiveDeployment) -> None:
        listed = current.listed.get(found.id)
        if listed is found:
            return
        current.read[found.id] = found
        if listed is not None:
            self._compare(listed, found)

    def _compare(self, listed: LiveDeployment, found: LiveDeployment) -> None:
        """Note if lists show all of a deployment; one that has changed meanwhile tells nothing."""
        if any(getattr(listed, name) != getattr(found, name) for name in _MOVING):
            return
        is_same = listed.model_copy(update={"seen_at": found.seen_at}) == found
        self._are_whole = is_same and self._are_whole is not False
        self._show_variables |= is_same and bool(found.secrets)
