"""A plan's steps, grouped by deployment.

A deployment and its rollout are two resources in a plan and one entry in a report. A rollout that
changes shows that the engine plans a revision.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .plan import Action, State, action_of, parse_urn, severity_rank

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import Plan, Step, Urn

DEPLOYMENT = "pulumi-python:dynamic/langsmith:Deployment"
ROLLOUT = "pulumi-python:dynamic/langsmith:Rollout"
LISTENER = "pulumi-python:dynamic/langsmith:Listener"

_NO_STATE = State()
_OPS_THAT_KEEP_IT = ("same", "update", "create", "import")


@dataclass(frozen=True)
class DeploymentSteps:
    """The steps that decide what happens to a deployment and to its rollout."""

    urn: Urn
    step: Step | None
    rollout: Step | None
    before_refresh: State | None
    """The state before a refresh in the same preview."""
    old: State
    new: State
    declared: State
    """The state that the program declares, also where the plan does not change it."""
    leftover: bool = False
    """True if an interrupted replacement has left this deployment behind."""


def group_by_deployment(plan: Plan) -> list[DeploymentSteps]:
    """Return the deployments that a plan changes, each with its steps."""
    own: dict[str, list[Step]] = defaultdict(list)
    rollouts: dict[str, list[Step]] = defaultdict(list)
    for step in plan.steps:
        if step.urn.type == DEPLOYMENT:
            own[step.urn.text].append(step)
        elif step.urn.type == ROLLOUT:
            rollouts[_parent(step)].append(step)
    return [
        group
        for text in {**own, **rollouts}
        if (urn := parse_urn(text))
        for group in _groups(urn, own[text], rollouts[text])
    ]


def _parent(rollout: Step) -> str:
    state = rollout.new or rollout.old or _NO_STATE
    return state.parent or rollout.urn.parent


def _groups(urn: Urn, own: list[Step], rollouts: list[Step]) -> Iterator[DeploymentSteps]:
    """Yield a leftover of the same URN that is still to be deleted, then the deployment itself."""
    leftovers = _leftovers(own)
    yield from (_group(urn, [step], [], leftover=True) for step in leftovers[:1])
    current = [step for step in own if step not in leftovers]
    rollout_leftovers = _leftovers(rollouts)
    current_rollouts = [step for step in rollouts if step not in rollout_leftovers]
    if _effective(current) or _effective(current_rollouts):
        yield _group(urn, current, current_rollouts)


def _leftovers(steps: list[Step]) -> list[Step]:
    """Return the deletions that belong to no replacement of this plan."""
    ops = {step.op for step in steps}
    replaces = any(action_of(op) is Action.REPLACE for op in ops - {"delete-replaced"})
    stays = not ops.isdisjoint(_OPS_THAT_KEEP_IT)
    return [
        step
        for step in steps
        if (step.op == "delete-replaced" and not replaces)
        or (step.op == "delete" and (stays or (step.old or _NO_STATE).pending_deletion))
    ]


def _group(
    urn: Urn, own: list[Step], rollouts: list[Step], *, leftover: bool = False
) -> DeploymentSteps:
    effective = _effective(own)
    return DeploymentSteps(
        urn,
        step=next(iter(effective), None),
        rollout=next(iter(_effective(rollouts)), None),
        before_refresh=next((step.old for step in own if step.op == "refresh"), None),
        old=next((step.old for step in effective if step.old), _NO_STATE),
        new=next((step.new for step in effective if step.new), _NO_STATE),
        declared=next((step.new for step in (*effective, *own) if step.new), _NO_STATE),
        leftover=leftover,
    )


def _effective(steps: list[Step]) -> list[Step]:
    """Return the steps that change something, the most severe first."""
    effective = [step for step in steps if step.action is not Action.NOTHING]
    return sorted(effective, key=lambda step: severity_rank(step.op))
