"""Redeploy a revision that was deployed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.errors import (
    AMBIGUOUS,
    APIStatusError,
    Conflict,
    InvalidRequest,
    NotFound,
    RolloutFailed,
    RolloutTimedOut,
    RouteNotFound,
)
from langsmith_pulumi.control_plane.revision_status import Outcome, is_being_deleted, outcome_of
from langsmith_pulumi.control_plane.waiting import wait_for_rollout

from .connection import OperationError
from .find import find_deployment

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.polling import PollFailure
    from langsmith_pulumi.control_plane.responses import LiveDeployment, Revision

_LISTED = 100
"""Revisions among which the earlier one is looked for."""
_METHOD_NOT_ALLOWED = 405
_ABOUT_NAMES = ("project_exists", "agent_environment")
"""Kinds of a 409 that no other revision is the cause of."""


@dataclass(frozen=True)
class RollbackPlan:
    """What a rollback would do."""

    deployment: LiveDeployment
    newest: Revision
    active: Revision
    """The one that serves."""
    target: Revision
    """The one to redeploy."""


@dataclass(frozen=True)
class RollbackResult:
    """A deployment that serves a revision made from an earlier one."""

    deployment: LiveDeployment
    warning: str
    """Why the revision may not be active; empty as a rule."""


def plan_rollback(client: ControlPlaneClient, name: str, to: str | None) -> RollbackPlan:
    """Return what to redeploy: ``to``, or the revision that served before the active one.

    Raise ``OperationError`` if that cannot be, or would change nothing.
    """
    live = find_deployment(client, name)
    if is_being_deleted(live.status):
        raise OperationError(f"Deployment {live.name!r} is being deleted.")
    listed = list(client.revisions(live.id, _LISTED))
    active = _active(live, listed)
    position = listed.index(active)
    _refuse_in_progress(live, listed[:position])
    if to:
        target = _named_target(client, live, to)
    else:
        _refuse_failed(live, listed[:position], active, listed[position + 1 :])
        target = _previous(live, active, listed[position + 1 :])
    if target.id == active.id:
        raise OperationError(
            f"Revision {target.id} is the active one of deployment {live.name!r}: it serves now."
        )
    return RollbackPlan(live, listed[0], active, target)


def _is_deployed(revision: Revision) -> bool:
    return outcome_of(revision.status) is Outcome.SUCCEEDED


def _active(live: LiveDeployment, listed: list[Revision]) -> Revision:
    for revision in listed:
        named = live.active_revision_id
        if revision.id == named or (named is None and _is_deployed(revision)):
            return revision
    raise OperationError(
        f"Deployment {live.name!r} has no active revision among its newest {_LISTED}, so there is "
        "nothing to roll back."
    )


def _refuse_in_progress(live: LiveDeployment, newer: list[Revision]) -> None:
    running = next((one for one in newer if outcome_of(one.status) is Outcome.IN_PROGRESS), None)
    if running:
        raise OperationError(
            f"Revision {running.id} of deployment {live.name!r} is {running.status}. Wait until it "
            f"has ended (`langsmith-pulumi logs {live.name} --build --follow`), or interrupt it in "
            "the dashboard, and run the command again."
        )


def _refuse_failed(
    live: LiveDeployment, newer: list[Revision], active: Revision, older: list[Revision]
) -> None:
    """Refuse if the newest revision never served: what served before it serves still."""
    if not newer:
        return
    before = next((one.id for one in older if _is_deployed(one)), None)
    further = f" To go back further, add --to {before}." if before else ""
    raise OperationError(
        f"The newest revision of deployment {live.name!r}, {newer[0].id}, ended as "
        f"{newer[0].status} and does not serve: {active.id}, deployed before it, still does. There "
        f"is nothing to roll back.{further}"
    )


def _previous(live: LiveDeployment, active: Revision, older: list[Revision]) -> Revision:
    found = next((one for one in older if _is_deployed(one)), None)
    if found is None:
        raise OperationError(
            f"Deployment {live.name!r} has no deployed revision before the active one, {active.id}."
        )
    return found


def _named_target(client: ControlPlaneClient, live: LiveDeployment, to: str) -> Revision:
    try:
        target = client.revision(live.id, to)
    except (NotFound, InvalidRequest):
        raise OperationError(
            f"Deployment {live.name!r} has no revision {to[:60]!r}. "
            f"`langsmith-pulumi revisions {live.name}` lists them."
        ) from None
    if not _is_deployed(target):
        raise OperationError(
            f"Revision {target.id} of deployment {live.name!r} is {target.status} and was never "
            "deployed, so it is nothing to go back to."
        )
    return target


def roll_back(
    client: ControlPlaneClient,
    plan: RollbackPlan,
    *,
    timeout: float,
    on_progress: Callable[[Revision, float], None],
    on_poll_failure: Callable[[PollFailure], None],
) -> RollbackResult:
    """Redeploy the target, and wait for the new revision as ``pulumi up`` does.

    ``timeout`` is in seconds. Raise ``OperationError`` if the service cannot, or if it fails.
    """
    new_id = _redeploy(client, plan)
    try:
        result = wait_for_rollout(
            client,
            plan.deployment.id,
            timeout=timeout,
            revision_id=new_id,
            on_progress=on_progress,
            on_poll_failure=on_poll_failure,
        )
    except RolloutFailed as failed:
        page = client.dashboard_url(plan.deployment)
        raise OperationError(
            f"{failed.summary()}{failed.log_excerpt or ' '}Revision {plan.active.id} serves as "
            f"before. The next `pulumi up` does not repeat this one. More: {page}"
        ) from None
    except RolloutTimedOut as late:
        raise OperationError(
            f"{late.summary()} It goes on by itself; `langsmith-pulumi revisions "
            f"{plan.deployment.name}` shows how it ends."
        ) from None
    except KeyboardInterrupt:
        raise OperationError(
            f"The wait was interrupted, and the rollback was not: revision {new_id} goes on by "
            f"itself. `langsmith-pulumi revisions {plan.deployment.name}` shows how it ends."
        ) from None
    return RollbackResult(result.deployment, result.warning)


def _redeploy(client: ControlPlaneClient, plan: RollbackPlan) -> str:
    """Return the id of the new revision."""
    name, target = plan.deployment.name, plan.target.id
    try:
        live = client.redeploy(plan.deployment.id, target, previous_revision_id=plan.newest.id)
    except KeyboardInterrupt:
        raise OperationError(
            f"Interrupted while revision {target} was redeployed: `langsmith-pulumi revisions "
            f"{name}` shows if it was carried out."
        ) from None
    except AMBIGUOUS as error:
        raise OperationError(
            f"{error.summary()} Check with `langsmith-pulumi revisions {name}` if it was carried "
            "out, before you run the command again."
        ) from None
    except Conflict as conflict:
        if conflict.kind in _ABOUT_NAMES:
            raise
        raise OperationError(
            f"{conflict.summary()} Nothing was changed. Run the command again when no revision of "
            f"{name!r} is in progress."
        ) from None
    except APIStatusError as error:
        if not isinstance(error, RouteNotFound) and error.status != _METHOD_NOT_ALLOWED:
            raise
        raise OperationError(
            f"This service cannot redeploy a revision: {error.summary()} Nothing was changed. "
            "Set the earlier ref or image in the program instead, and run `pulumi up`."
        ) from None
    if live.latest_revision_id in (None, plan.newest.id):
        raise OperationError(
            f"The service accepted to redeploy revision {target} of {name!r}, but shows no new "
            f"revision. `langsmith-pulumi revisions {name}` shows if one comes."
        )
    return str(live.latest_revision_id)
