"""The table of revision statuses and what each one means for a wait.

The statuses are those of the vendor's clients, for the service publishes no list.
"""

from __future__ import annotations

from enum import Enum


class Outcome(Enum):
    """The state of a revision, as far as a wait is concerned."""

    IN_PROGRESS = "in progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SUPERSEDED = "superseded"


_OUTCOMES = {
    "CREATING": Outcome.IN_PROGRESS,
    "QUEUED": Outcome.IN_PROGRESS,
    "AWAITING_BUILD": Outcome.IN_PROGRESS,
    "BUILDING": Outcome.IN_PROGRESS,
    "AWAITING_DEPLOY": Outcome.IN_PROGRESS,
    "DEPLOYING": Outcome.IN_PROGRESS,
    # Remains when a later revision takes over, so only the newest revision's status counts.
    "DEPLOYED": Outcome.SUCCEEDED,
    "CREATE_FAILED": Outcome.FAILED,
    "BUILD_FAILED": Outcome.FAILED,
    "DEPLOY_FAILED": Outcome.FAILED,
    # A newer revision was deployed first. The vendor's clients disagree on whether this is a
    # failure. It is none here, because a wait always follows the newest revision.
    "SKIPPED": Outcome.SUPERSEDED,
    # Somebody cancelled it. The vendor's clients disagree: a failure, final, or still in progress.
    # A cancelled revision does not continue by itself, so failing at once spares the wait.
    "INTERRUPTED": Outcome.FAILED,
    "UNKNOWN": Outcome.IN_PROGRESS,
}


def outcome_of(status: str) -> Outcome:
    """Return the outcome of a revision status; an unknown status counts as in progress."""
    return _OUTCOMES.get(status, Outcome.IN_PROGRESS)


def is_being_deleted(status: str) -> bool:
    """Return True if a deployment of this status is being deleted."""
    return status in {"AWAITING_DELETE", "AWAITING_FINAL_DELETE"}
