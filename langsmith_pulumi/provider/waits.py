"""Waits that an operation of the engine makes before its request, shown on the resource's row."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from . import progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.errors import Conflict
    from langsmith_pulumi.control_plane.models import DeploymentCreateRequest
    from langsmith_pulumi.control_plane.responses import LiveDeployment

T = TypeVar("T")

ROLLOUT_TIMEOUT = 1800.0
"""Seconds to wait for a revision to end, unless ``rollout_timeout`` says otherwise.

The vendor's own clients give up after 15 to 30 minutes; a first revision also makes the database.
"""


def send_when_idle(
    client: ControlPlaneClient,
    deployment_id: str,
    send: Callable[[LiveDeployment | None], T],
    *,
    urn: str | None,
    timeout: float | None,
) -> T:
    """Send a change; while a 409 says that a revision is in progress, wait and send it again.

    ``send`` receives the deployment as read during the wait, or None at first. ``timeout`` is the
    program's ``rollout_timeout``.
    """
    from langsmith_pulumi.control_plane.conflict_wait import send_when_idle as send_and_wait

    reporter = progress.StatusReporter(urn)

    def report(conflict: Conflict) -> None:
        progress.info(urn, f"{conflict.summary()} Waiting until the revision has ended.")

    return send_and_wait(
        client,
        deployment_id,
        send,
        timeout=float(timeout or ROLLOUT_TIMEOUT),
        on_conflict=report,
        on_progress=lambda revision, seconds: reporter(f"waiting: {revision.status}", seconds),
        on_poll_failure=reporter.poll_failed,
    )


def create_when_free(
    client: ControlPlaneClient,
    body: DeploymentCreateRequest,
    *,
    urn: str | None,
    timeout: float | None,
) -> LiveDeployment:
    """Create a deployment; while another one that is being deleted is in its way, wait.

    ``timeout`` is the program's ``rollout_timeout``.
    """
    from langsmith_pulumi.control_plane.conflict_wait import create_when_free as create_and_wait

    reporter = progress.StatusReporter(urn)

    def report(conflict: Conflict) -> None:
        progress.info(
            urn,
            f"deployment {conflict.deployment_name!r} ({conflict.deployment_id}) is being deleted "
            "and keeps its place; waiting until it is gone",
        )

    return create_and_wait(
        client,
        body,
        timeout=float(timeout or ROLLOUT_TIMEOUT),
        on_conflict=report,
        on_progress=lambda status, seconds: reporter(f"waiting: {status}", seconds),
        on_poll_failure=reporter.poll_failed,
    )
