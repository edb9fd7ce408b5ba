"""What to do when nobody knows whether a request was carried out: look, then decide.

There is no idempotency key, so sending again blindly could make a second deployment or a second
revision. The evidence is what is there, and its age by the server's own clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .errors import AMBIGUOUS, TRANSIENT, Answered, ControlPlaneError, DeploymentMissing
from .likeness import contradictions, differences
from .retrying import asked_pause
from .verdict import Verdict, verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .answers import Deployment, Revision

T = TypeVar("T")

SLACK = 2.0
"""Seconds by which two clocks that tell whole seconds may differ about an age."""

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

    At most ``rounds`` times in all. The last failure is raised.
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
    for pause in (max(pauses[0], asked), *pauses[1:]):
        sleep(pause)
        try:
            found = evidence()
        except DeploymentMissing:
            # It tells more than the lost answer.
            raise
        except (*TRANSIENT, Answered) as blind:
            # Not even a look succeeds, so sending again would be blind.
            failure.unseen = blind
            raise failure from None
        if found is not None:
            return found
    return None


def young(thing: Deployment | Revision, elapsed: float) -> bool:
    """Whether it was made since we sent, ``elapsed`` seconds ago. False when its age is untold."""
    return thing.age is not None and thing.age <= elapsed + SLACK


def setting_shows(sent: Mapping[str, Any], live: Deployment) -> bool:
    """Whether a PATCH in place was carried out. In doubt it was not: twice does no harm."""
    return not differences(sent, live)


def revision_shows(
    sent: Mapping[str, Any], live: Deployment, newest: Revision | None, elapsed: float
) -> bool:
    """Whether a PATCH that makes a revision was carried out: there is a new one that fits."""
    return newest is not None and young(newest, elapsed) and not contradictions(sent, live)


def redeploy_shows(asked: str, newest: Revision | None, elapsed: float) -> bool:
    """Whether a redeploy was carried out: a new revision, or the one asked for on its way again."""
    if newest is None:
        return False
    if newest.id == asked:
        return verdict(newest.status) is Verdict.UNDER_WAY
    return young(newest, elapsed)
