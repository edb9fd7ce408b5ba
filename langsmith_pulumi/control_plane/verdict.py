"""What the status of a revision means for whoever waits for it. Pure."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """Where a revision stands."""

    UNDER_WAY = "under way"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SUPERSEDED = "superseded"


_BY_STATUS = {
    "CREATING": Verdict.UNDER_WAY,
    "QUEUED": Verdict.UNDER_WAY,
    "AWAITING_BUILD": Verdict.UNDER_WAY,
    "BUILDING": Verdict.UNDER_WAY,
    "AWAITING_DEPLOY": Verdict.UNDER_WAY,
    "DEPLOYING": Verdict.UNDER_WAY,
    # Stays so when a later revision takes over: only the newest one's verdict counts.
    "DEPLOYED": Verdict.SUCCEEDED,
    "CREATE_FAILED": Verdict.FAILED,
    "BUILD_FAILED": Verdict.FAILED,
    "DEPLOY_FAILED": Verdict.FAILED,
    # A newer revision went first. The vendor's clients disagree on whether that is a failure; we
    # never judge a revision that has a newer one, so it is none.
    "SKIPPED": Verdict.SUPERSEDED,
    # Somebody cancelled it. The vendor's clients disagree here too: failed, final, or to be waited
    # for until the timeout. Nothing that was cancelled comes up by itself, and saying so at once
    # spares the wait; if it did come up, the next `up` sees that.
    "INTERRUPTED": Verdict.FAILED,
    "UNKNOWN": Verdict.UNDER_WAY,
}


def verdict(status: str) -> Verdict:
    """Judge the status of the newest revision. A status we don't know counts as under way."""
    return _BY_STATUS.get(status, Verdict.UNDER_WAY)


def deletion_began(status: str) -> bool:
    """Whether a deployment of this status is on its way out."""
    return status in {"AWAITING_DELETE", "AWAITING_FINAL_DELETE"}
