"""What to do when nobody knows whether a request was carried out: look, then decide.

There is no idempotency key, so sending again blindly could make a second deployment or a second
revision. The evidence is what is there, and its age by the server's own clock. What proves nothing,
such as a redacted secret or an age below zero, is no evidence: then the failure is raised, says so,
and the next ``up`` does what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .comparison import differences
from .errors import AMBIGUOUS, TRANSIENT, Answered, ControlPlaneError, DeploymentMissing
from .retrying import asked_pause
from .verdict import Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .answers import Deployment, Revision

T = TypeVar("T")

SLACK = 2.0
"""Seconds by which two clocks that tell whole seconds may differ about an age."""

_MOST_NAMED = 5
PAUSES = (0.5, 1.5, 3.0)
"""Seconds before each look: what was carried out may show late."""


def settled(
    send: Callable[[], T],
    evidence: Callable[[], T | None],
    *,
    rounds: int,
    pauses: tuple[float, ...] = PAUSES,
    sleep: Callable[[float], None],
) -> T:
    """Send; when the outcome is open, look for evidence; without any, send again.

    At most ``rounds`` times in all. The last failure is raised; and so is any after which the
    evidence stays ``Unproven``.
    """
    attempts = 0
    while True:
        try:
            return send()
        except AMBIGUOUS as failure:  # noqa: PERF203 - what costs time here is the request
            rounds -= 1
            attempts += failure.attempts
            failure.attempts = attempts
            found = _look(evidence, pauses, sleep, failure)
            if found is not None:
                return found
            if rounds == 0:
                raise


def _look(
    evidence: Callable[[], T | None],
    pauses: tuple[float, ...],
    sleep: Callable[[float], None],
    failure: ControlPlaneError,
) -> T | None:
    asked = asked_pause(failure) or 0.0
    doubt = ""
    for pause in (max(pauses[0], asked), *pauses[1:]):
        sleep(pause)
        try:
            found, doubt = evidence(), ""
        except Unproven as unproven:
            # A later look may tell more: a build goes on, variables show late.
            doubt = str(unproven)
            continue
        except DeploymentMissing:
            # It tells more than the lost answer.
            raise
        except (*TRANSIENT, Answered) as blind:
            # Not even a look succeeds, so sending again would be blind.
            failure.unseen = blind
            raise failure from None
        if found is not None:
            return found
    if doubt:
        # Sent again it might be carried out twice; taken for ours it might be lost.
        failure.doubt = doubt
        raise failure from None
    return None


class Unproven(Exception):  # noqa: N818 - says what the looks have found
    """What is there may come from our request or from somebody else; the text says why."""


def created_since(thing: Deployment | Revision, elapsed: float) -> bool | None:
    """Return whether it was made since we sent, ``elapsed`` seconds ago; None when nobody can tell.

    An age below zero comes from clocks that disagree, or from a local time, and proves nothing.
    """
    if thing.age is None or thing.age < -SLACK:
        return None
    return thing.age <= elapsed + SLACK


def is_setting_applied(sent: Mapping[str, Any], live: Deployment) -> bool:
    """Return whether a PATCH in place was carried out. In doubt it was not: twice does no harm."""
    return not differences(sent, live, missing_means_unchanged=False)


def is_revision_applied(
    sent: Mapping[str, Any],
    live: Deployment,
    newest: Revision | None,
    elapsed: float,
    *,
    is_new: bool,
) -> bool:
    """Return whether a PATCH that makes a revision was carried out; ``Unproven`` when it is open.

    ``newest`` is the newest revision, None when it is the one from before the PATCH; ``is_new``
    says that the one from before is known. It has to show all that was sent: whoever made it,
    nothing is lost then. What the service does not show may be missing in it.
    """
    if newest is None:
        return False
    found = differences(sent, live, missing_means_unchanged=False)
    since = created_since(newest, elapsed)
    if since is False or any(one.is_told for one in found):
        return False
    if found:
        paths = ", ".join(one.path for one in found[:_MOST_NAMED])
        raise Unproven(
            f"revision {newest.id} has come since, and the service does not show {paths} of it"
        )
    if since is None and not is_new:
        raise Unproven(f"the service does not tell reliably when revision {newest.id} was made")
    return True


def is_redeployed(asked: str, newest: Revision | None, elapsed: float) -> bool:
    """Return whether a redeploy was carried out; ``Unproven`` when it is open.

    It shows as a new revision, or as the one asked for on its way again.
    """
    if newest is None:
        return False
    if newest.id == asked:
        return verdict(newest.status) is Verdict.UNDER_WAY
    since = created_since(newest, elapsed)
    if since is None:
        raise Unproven(f"the service does not tell reliably when revision {newest.id} was made")
    return since
