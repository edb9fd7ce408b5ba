"""The revisions of a deployment, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.revision_status import Outcome, outcome_of

from .find import find_deployment
from .sources import asked_for, built_from

if TYPE_CHECKING:
    from datetime import datetime

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment, Revision

    from .stacks import Stack


@dataclass(frozen=True)
class RevisionRow:
    """One revision."""

    id: str
    status: str
    """As the service shows it: ``DEPLOYED`` remains when a later revision takes over."""
    is_active: bool
    """True for the one that serves."""
    is_replaced: bool
    """True for one that was deployed, and that another one has replaced."""
    source: str | None
    """The branch, tag, image or archive; a service may show the commit instead of a branch."""
    built_from: str | None
    """The commit, image or archive."""
    created_at: datetime | None
    requested_by: str | None
    """The stack whose last change requested it; the service itself does not say who asked."""
    message: str | None
    """The reason of a failure, if the service gives one."""


def list_revisions(
    client: ControlPlaneClient, name: str, limit: int, stack: Stack | None = None
) -> tuple[LiveDeployment, list[RevisionRow]]:
    """Return a deployment and at most ``limit`` revisions of it, the newest first."""
    live = find_deployment(client, name)
    requested = {one.requested_revision_id for one in stack.deployments} if stack else set()
    active_id = live.active_revision_id
    rows = []
    for revision in client.revisions(live.id, limit):
        # Services that do not name the active one let the newest deployed one serve.
        active_id = active_id or (revision.id if _is_deployed(revision) else None)
        by = stack.name if stack and revision.id in requested else None
        rows.append(_row(revision, active_id, by))
    return live, rows


def _row(revision: Revision, active_id: str | None, requested_by: str | None) -> RevisionRow:
    is_active = revision.id == active_id
    config = revision.source_revision_config
    return RevisionRow(
        id=revision.id,
        status=revision.status,
        is_active=is_active,
        is_replaced=_is_deployed(revision) and not is_active,
        source=asked_for(config),
        built_from=built_from(config),
        created_at=revision.created_at,
        requested_by=requested_by,
        message=revision.status_message,
    )


def _is_deployed(revision: Revision) -> bool:
    return outcome_of(revision.status) is Outcome.SUCCEEDED
