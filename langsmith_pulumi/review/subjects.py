"""A plan's steps, gathered per deployment.

A deployment and its rollout are two resources in a plan and one line in a report. The rollout's
presence is the engine's own word that a revision is due.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .operations import Verb, gravity, verb
from .plan import State, parse_urn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .plan import Plan, Step, Urn

DEPLOYMENT = "pulumi-python:dynamic/langsmith:Deployment"
ROLLOUT = "pulumi-python:dynamic/langsmith:Rollout"

_NO_STATE = State()
_LIVING = ("same", "update", "create", "import")


@dataclass(frozen=True)
class Subject:
    """A deployment, with the steps that tell what happens to it and to its rollout."""

    urn: Urn
    step: Step | None
    rollout: Step | None
    refreshed: State | None
    """The state before a refresh in the same preview."""
    old: State
    new: State
    leftover: bool = False
    """Whether it is what a replacement that was cut short has left behind."""


def subjects(plan: Plan) -> list[Subject]:
    """The deployments that a plan's steps are about."""
    own: dict[str, list[Step]] = defaultdict(list)
    rollouts: dict[str, list[Step]] = defaultdict(list)
    for step in plan.steps:
        if step.urn.type == DEPLOYMENT:
            own[step.urn.text].append(step)
        elif step.urn.type == ROLLOUT:
            rollouts[_parent(step)].append(step)
    return [
        subject
        for text in {**own, **rollouts}
        if (urn := parse_urn(text))
        for subject in _of_urn(urn, own[text], rollouts[text])
    ]


def _parent(rollout: Step) -> str:
    state = rollout.new or rollout.old or _NO_STATE
    return state.parent or rollout.urn.parent


def _of_urn(urn: Urn, own: list[Step], rollouts: list[Step]) -> Iterator[Subject]:
    """The deployment of a URN, and an old one of the same URN that is still to be deleted."""
    leftovers = _leftovers(own)
    yield from (_subject(urn, [step], [], leftover=True) for step in leftovers[:1])
    living = [step for step in own if step not in leftovers]
    rolled_out_before = _leftovers(rollouts)
    rolling = [step for step in rollouts if step not in rolled_out_before]
    if _doing(living) or _doing(rolling):
        yield _subject(urn, living, rolling)


def _leftovers(steps: list[Step]) -> list[Step]:
    """The deletions that belong to no replacement of this plan."""
    ops = {step.op for step in steps}
    replaces = any(verb(op) is Verb.REPLACE for op in ops - {"delete-replaced"})
    lives = not ops.isdisjoint(_LIVING)
    return [
        step
        for step in steps
        if (step.op == "delete-replaced" and not replaces)
        or (step.op == "delete" and (lives or (step.old or _NO_STATE).condemned))
    ]


def _subject(urn: Urn, own: list[Step], rollouts: list[Step], *, leftover: bool = False) -> Subject:
    doing = _doing(own)
    return Subject(
        urn,
        step=next(iter(doing), None),
        rollout=next(iter(_doing(rollouts)), None),
        refreshed=next((step.old for step in own if step.op == "refresh"), None),
        old=next((step.old for step in doing if step.old), _NO_STATE),
        new=next((step.new for step in doing if step.new), _NO_STATE),
        leftover=leftover,
    )


def _doing(steps: list[Step]) -> list[Step]:
    """The steps that do something, the one that tells the cost first."""
    doing = [step for step in steps if verb(step.op) is not Verb.NOTHING]
    return sorted(doing, key=lambda step: gravity(step.op))
