"""Interrupt an older revision that holds the requested one in ``QUEUED``; on request only.

Revisions of a deployment run one after the other, so one that hangs holds all later ones. Only a
revision that is older than the requested one is interrupted, and each of them once at most.

The time counts from when this wait saw it, or from the service's own times, so that the `up` after
one that ended too early does not begin anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import AMBIGUOUS, ControlPlaneError
from .text import format_duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import ControlPlaneClient
    from .responses import LiveDeployment, Revision

STUCK_SECONDS = 900.0
"""Seconds for which one revision holds the requested one before it counts as stuck.

A first revision, which also makes the database, was seen to take 10 to 15 minutes.
"""

_QUEUED = "QUEUED"
_RUNNING = {"CREATING", "AWAITING_BUILD", "BUILDING", "AWAITING_DEPLOY", "DEPLOYING"}
"""Statuses of a revision that holds others; one of an unknown status is never interrupted."""
_LOOK_SECONDS = 60.0
"""Seconds between two lists of the revisions, while the newest one is queued."""
_LISTED = 100


class StuckRevisions:
    """The revision that holds the requested one, and since when it does."""

    def __init__(self, requested_id: str, on_interrupt: Callable[[str], None]) -> None:
        self._requested = requested_id
        self._on_interrupt = on_interrupt
        self._interrupted: set[str] = set()
        self._holder: str | None = None
        self._since = 0.0
        self._next_look = 0.0

    def observe(
        self, client: ControlPlaneClient, deployment: LiveDeployment, newest: Revision
    ) -> None:
        """Interrupt the revision that holds the requested one, if it has done so for too long."""
        now = client.clock()
        if newest.status != _QUEUED:
            self._holder = None
            return
        if now < self._next_look:
            return
        found = find_holder(
            list(client.revisions(deployment.id, _LISTED)),
            self._requested,
            excluded={*self._interrupted, newest.id, deployment.active_revision_id or ""},
        )
        self._next_look = now + _LOOK_SECONDS
        if found is None:
            self._holder = None
            return
        requested, holder = found
        if holder.id != self._holder:
            self._holder, self._since = holder.id, now
        held = max(now - self._since, _held_by_times_of_service(requested, holder))
        if held >= STUCK_SECONDS:
            self._interrupt(client, deployment, holder, held)

    def _interrupt(
        self, client: ControlPlaneClient, deployment: LiveDeployment, holder: Revision, held: float
    ) -> None:
        self._interrupted.add(holder.id)
        self._holder = None
        state = (
            f"revision {holder.id} is {holder.status} and has held revision {self._requested} in "
            f"QUEUED for {format_duration(held)}"
        )
        try:
            client.interrupt(deployment.id, holder.id)
        except ControlPlaneError as error:
            outcome = "may have been" if isinstance(error, AMBIGUOUS) else "could not be"
            self._on_interrupt(f"{state}; it {outcome} interrupted: {error.summary()}")
        else:
            self._on_interrupt(f"{state}; it was interrupted, and the wait goes on")


def find_holder(
    revisions: list[Revision], requested_id: str, excluded: set[str]
) -> tuple[Revision, Revision] | None:
    """Return the requested revision and the newest running one before it, or None.

    None also if the requested one is not queued. ``revisions`` are listed with the newest first.
    """
    ids = [revision.id for revision in revisions]
    if requested_id not in ids:
        return None
    position = ids.index(requested_id)
    requested = revisions[position]
    if requested.status != _QUEUED:
        return None
    older = (one for one in revisions[position + 1 :] if _is_older(one, requested))
    return next(
        ((requested, one) for one in older if one.status in _RUNNING and one.id not in excluded),
        None,
    )


def _held_by_times_of_service(requested: Revision, holder: Revision) -> float:
    """Return the seconds for which one has held the other for certain; 0 if the times tell nothing.

    Both have to have stood still: one whose status has changed meanwhile is not stuck, and before
    that change another revision may have held the requested one.
    """
    return min(requested.age or 0.0, holder.unchanged_seconds or 0.0)


def _is_older(revision: Revision, requested: Revision) -> bool:
    """Return True unless the times say otherwise; the order of the list is documented only."""
    if revision.created_at is None or requested.created_at is None:
        return True
    return revision.created_at <= requested.created_at
