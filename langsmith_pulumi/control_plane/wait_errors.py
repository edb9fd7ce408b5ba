"""Messages for waits that failed, timed out or ended without a clear result. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import (
    Conflict,
    ControlPlaneError,
    DeletionTimedOut,
    DeploymentGone,
    RolloutFailed,
    RolloutTimedOut,
)
from .revision_status import is_being_deleted
from .text import format_duration

if TYPE_CHECKING:
    from .responses import LiveDeployment, Revision

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
class LastSeen:
    """The last observed state of a deployment during a wait."""

    deployment: LiveDeployment | None
    revision: Revision | None
    error: ControlPlaneError | None
    """The error of the last poll, or None if it succeeded."""

    @property
    def error_suffix(self) -> str:
        """Return the error as the end of a sentence."""
        if self.error is None:
            return ""
        return f"; the last look failed: {self.error.summary().rstrip('.')}"


def rollout_failed(
    deployment: LiveDeployment,
    revision: Revision,
    *,
    log_kind: str,
    log_lines: list[str],
    page_url: str,
) -> RolloutFailed:
    """Return the error for a failed revision, with its reason and the end of its log."""
    cancelled = _CANCELLED.get(revision.status)
    reason = revision.status_message or cancelled
    remedy = _ROLL_OUT_AGAIN if cancelled else _CORRECT
    # With a prefix, no line can be a command to the runner of a pipeline.
    log = "".join(f"    | {line}\n" for line in log_lines)
    excerpt = f"\n  The end of its {log_kind} log:\n{log}  " if log else ""
    error = RolloutFailed(
        f"Deployment {deployment.name!r}: revision {revision.id} ended as {revision.status}"
        f"{f': {reason}' if reason else ''}",
        advice=f"{excerpt}{remedy} More: {page_url}",
    )
    error.log_excerpt = excerpt
    return error


def inactive_warning(deployment: LiveDeployment, revision: Revision, page_url: str) -> str:
    """Return a warning if the service names another active revision than the deployed one."""
    active = deployment.active_revision_id
    if not active or active == revision.id:
        return ""
    return (
        f"revision {revision.id} is deployed, but the service still names {active} as the active "
        f"one. Check on the deployment's page which one serves: {page_url}"
    )


def rollout_timed_out(
    deployment_id: str, timeout: float, seen: LastSeen, page_url: str
) -> RolloutTimedOut:
    """Return the error for a rollout that still continues, with its last status."""
    newest = seen.revision
    status = f"revision {newest.id} is {newest.status}" if newest else "no revision was seen"
    more = f" More: {page_url}" if page_url else ""
    return RolloutTimedOut(
        f"{_label(deployment_id, seen)}: {status} after {format_duration(timeout)}"
        f"{seen.error_suffix}",
        advice=(
            "The rollout goes on by itself. Run `pulumi up` later: it waits for the rest. The "
            f"argument rollout_timeout (in seconds) allows more time.{more}"
        ),
        request=_unanswered_request(deployment_id, seen),
    )


def still_in_progress(
    conflict: Conflict, timeout: float, seen: LastSeen, page_url: str
) -> Conflict:
    """Return the 409 of a change that a revision in progress has blocked until the timeout."""
    newest = seen.revision
    blocking = f"Revision {newest.id} is {newest.status}" if newest else "A revision is in progress"
    page = f" on {page_url}" if page_url else ""
    conflict.advice = (
        f"{blocking} after a wait of {format_duration(timeout)}{seen.error_suffix}. Nothing was "
        "changed: run `pulumi up` again when the revision has ended. The argument rollout_timeout "
        f"(in seconds) allows more time, and a revision that is stuck can be interrupted{page}."
    )
    return conflict


def deployment_gone(deployment_id: str, seen: LastSeen) -> DeploymentGone:
    """Return the error for a deployment that was deleted during the wait."""
    newest = seen.revision
    status = f" Its revision {newest.id} was {newest.status}." if newest else ""
    return DeploymentGone(
        f"{_label(deployment_id, seen)} was deleted by somebody else before its rollout "
        f"ended.{status}",
        advice="Run `pulumi refresh` to take it out of the state; the next `up` makes it anew.",
        request=_unanswered_request(deployment_id, seen),
    )


def deletion_timed_out(deployment_id: str, timeout: float, seen: LastSeen) -> DeletionTimedOut:
    """Return the error for a deletion that takes longer than the timeout or has not begun."""
    live = seen.deployment
    status = f"still {live.status}" if live else "not gone"
    advice = (
        "The deletion goes on by itself. Run the command again later: it waits for the rest."
        if live is None or is_being_deleted(live.status)
        else "The deletion has not begun. Run the command again: it asks once more."
    )
    return DeletionTimedOut(
        f"{_label(deployment_id, seen)} is {status}, {format_duration(timeout)} after its deletion "
        f"was asked for{seen.error_suffix}",
        advice=advice,
        request=_unanswered_request(deployment_id, seen),
    )


def create_timed_out(deployment_id: str, timeout: float, seen: LastSeen) -> DeletionTimedOut:
    """Return the error for a create that another deployment's deletion has held up for too long."""
    status = f"is still {seen.deployment.status}" if seen.deployment else "is not gone"
    return DeletionTimedOut(
        f"{_label(deployment_id, seen)}, which is being deleted and keeps its place until it is "
        f"gone, {status} after a wait of {format_duration(timeout)}{seen.error_suffix}",
        advice=(
            "Nothing was created. Run `pulumi up` again later: it waits once more. The argument "
            "rollout_timeout (in seconds) allows more time."
        ),
        request="POST /v2/deployments",
    )


def _unanswered_request(deployment_id: str, seen: LastSeen) -> str:
    """Return the request if no response gave the name, so that the caller adds it."""
    return "" if seen.deployment else f"GET /v2/deployments/{deployment_id}"


def _label(deployment_id: str, seen: LastSeen) -> str:
    name = f" {seen.deployment.name!r}" if seen.deployment else ""
    return f"Deployment{name} ({deployment_id})"
