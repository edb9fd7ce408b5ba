"""What the user reads when a wait ends, and not, or not surely, with what was waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import (
    ControlPlaneError,
    DeletionTimedOut,
    RolloutFailed,
    RolloutGone,
    RolloutTimedOut,
)
from .polling import spoken
from .verdict import deletion_began

if TYPE_CHECKING:
    from .answers import Deployment, Revision
    from .client import ControlPlane
    from .logs import LogKind

_LOG_LINES = 15
_LOG_SECONDS = 45.0
"""How long the log is asked for: the failure is known, and must be told."""
_LOG_OF: dict[str, LogKind] = {"DEPLOY_FAILED": "deploy"}
_CANCELLED = {
    "INTERRUPTED": "somebody cancelled it",
    "SKIPPED": "the control plane skipped it, and no newer one has come",
}
_ROLL_OUT_AGAIN = "Run `pulumi up` to roll out again; nothing in the program has to change."
_CORRECT = (
    "Correct the cause; the next `pulumi up` then rolls out again, also when nothing in the "
    "program has changed."
)


@dataclass(frozen=True)
class Seen:
    """The last that was seen of a deployment; ``trouble`` tells why the last look saw nothing."""

    deployment: Deployment | None
    revision: Revision | None
    trouble: ControlPlaneError | None

    @property
    def blindness(self) -> str:
        """The trouble as the end of a sentence."""
        if self.trouble is None:
            return ""
        return f"; the last look failed: {self.trouble.account().rstrip('.')}"


def failed(client: ControlPlane, deployment: Deployment, revision: Revision) -> RolloutFailed:
    """Say why the newest revision failed, as far as anybody tells."""
    cancelled = _CANCELLED.get(revision.status)
    why = revision.status_message or cancelled
    cure = _ROLL_OUT_AGAIN if cancelled else _CORRECT
    log = _end_of_log(client, deployment, revision)
    return RolloutFailed(
        f"Deployment {deployment.name!r}: revision {revision.id} ended as {revision.status}"
        f"{f': {why}' if why else ''}",
        advice=f"{log}{cure} More: {client.dashboard_url(deployment)}",
    )


def _end_of_log(client: ControlPlane, deployment: Deployment, revision: Revision) -> str:
    kind = _LOG_OF.get(revision.status, "build")
    client = client.until(client.clock() + _LOG_SECONDS)
    lines = client.build_log(deployment.id, revision.id, _LOG_LINES, kind)
    # With a prefix, so that no line can be a command to the runner of a pipeline.
    log = "".join(f"    | {line}\n" for line in lines)
    return f"\n  The end of its {kind} log:\n{log}  " if log else ""


def not_serving(client: ControlPlane, deployment: Deployment, revision: Revision) -> str:
    """Say that the service names another revision than the newest, deployed one; else nothing."""
    active = deployment.active_revision_id
    if not active or active == revision.id:
        return ""
    return (
        f"revision {revision.id} is deployed, but the service still names {active} as the active "
        f"one. Check on the deployment's page which one serves: {client.dashboard_url(deployment)}"
    )


def timed_out(
    client: ControlPlane, deployment_id: str, timeout: float, seen: Seen
) -> RolloutTimedOut:
    """Say where the rollout stands and that it goes on."""
    newest = seen.revision
    stands = f"revision {newest.id} is {newest.status}" if newest else "no revision was seen"
    more = f" More: {client.dashboard_url(seen.deployment)}" if seen.deployment else ""
    return RolloutTimedOut(
        f"{_named(deployment_id, seen)}: {stands} after {spoken(timeout)}{seen.blindness}",
        advice=(
            "The rollout goes on by itself. Run `pulumi up` later: it waits for the rest. The "
            f"argument rollout_timeout (in seconds) allows more time.{more}"
        ),
        request=_unanswered(deployment_id, seen),
    )


def gone(deployment_id: str, seen: Seen) -> RolloutGone:
    """Say that somebody deleted the deployment."""
    newest = seen.revision
    stood = f" Its revision {newest.id} was {newest.status}." if newest else ""
    return RolloutGone(
        f"{_named(deployment_id, seen)} was deleted by somebody else before its rollout "
        f"ended.{stood}",
        advice="Run `pulumi refresh` to take it out of the state; the next `up` makes it anew.",
        request=_unanswered(deployment_id, seen),
    )


def still_there(deployment_id: str, timeout: float, seen: Seen) -> DeletionTimedOut:
    """Say that a deletion takes long, or has not begun."""
    live = seen.deployment
    stands = f"still {live.status}" if live else "not gone"
    advice = (
        "The deletion goes on by itself. Run the command again later: it waits for the rest."
        if live is None or deletion_began(live.status)
        else "The deletion has not begun. Run the command again: it asks once more."
    )
    return DeletionTimedOut(
        f"{_named(deployment_id, seen)} is {stands}, {spoken(timeout)} after its deletion "
        f"was asked for{seen.blindness}",
        advice=advice,
        request=_unanswered(deployment_id, seen),
    )


def _unanswered(deployment_id: str, seen: Seen) -> str:
    """Name the request where it never told the deployment's name: then others have to add that."""
    return "" if seen.deployment else f"GET /v2/deployments/{deployment_id}"


def _named(deployment_id: str, seen: Seen) -> str:
    name = f" {seen.deployment.name!r}" if seen.deployment else ""
    return f"Deployment{name} ({deployment_id})"
