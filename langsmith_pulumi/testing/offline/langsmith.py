"""What the engine knows of LangSmith: a simulated control plane, and what changes cost.

The rest of the package runs any program with dynamic resources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from langsmith_pulumi.control_plane.errors import ControlPlaneError
from langsmith_pulumi.control_plane.settings import is_loopback, resolve_location

from .steps import Op, changed_keys
from .urns import urn_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from langsmith_pulumi.review.report import ResourceChange

    from .project import Config
    from .steps import Step

ChangeKind = Literal[
    "replaced",
    "deleted",
    "unknown",
    "started over",
    "revision",
    "in place",
    "created",
    "adopted",
    "retried",
    "drift",
    "released",
    "unchanged",
]
"""What happens to a resource, in the words of the report of `langsmith-pulumi review`.

`in place` changes settings and rebuilds nothing; `revision` builds and deploys the agent again;
`replaced` deletes the deployment with its database and creates another one; `started over` creates
another one and leaves the old one running. `retried` repeats a revision that failed in an earlier
run. `adopted` takes over a deployment that exists, and `released` no longer manages one that stays.
`drift` is what was changed outside of the program alone: a refresh finds it, and the next `up`
undoes it. `unknown` is an operation that this version cannot judge.
"""

_NAMESPACE = "langsmith:"
_ROLLOUT = "pulumi-python:dynamic/langsmith:Rollout"


class Changes(dict[str, ChangeKind]):
    """The kind of change of each resource that changes, by its name in the program.

    An unchanged resource is no entry, so an operation that does nothing has `changes == {}`;
    looked up by its name, it is `unchanged`.
    """

    def __init__(self, changes: Mapping[str, ChangeKind], unchanged: Iterable[str] = ()) -> None:
        super().__init__(changes)
        self._unchanged = frozenset(unchanged)

    def __missing__(self, name: str) -> ChangeKind:
        """Return `unchanged`, or raise a KeyError that lists the names of the stack."""
        if name in self._unchanged:
            return "unchanged"
        known = ", ".join(sorted(self._unchanged | self.keys())) or "none"
        raise KeyError(f"{name}: no such resource; there are: {known}")


def judged(plan: Mapping[str, Any]) -> dict[str, ChangeKind]:
    """Return the kind of change of each resource in a plan of `up` or `destroy`."""
    from langsmith_pulumi.review.plan import read_plan
    from langsmith_pulumi.review.report import report_on

    report = report_on([read_plan("the plan", {"steps": [], **plan})])
    found: dict[str, ChangeKind] = {}
    for stack in report.stacks:
        # The gravest come first, and of the entries of one name the last one stays.
        found |= {other.name: _kind_of(other) for other in reversed(stack.others)}
        found |= {one.name: one.kind.value for one in reversed(stack.deployments)}
    return found


_KINDS: dict[str, ChangeKind] = {
    "replace": "replaced",
    "delete": "deleted",
    "update": "in place",
    "create": "created",
    "adopt": "adopted",
}


def _kind_of(other: ResourceChange) -> ChangeKind:
    if other.drift:
        return "drift"
    kind = _KINDS.get(other.action.value, "unknown")
    return "released" if kind == "deleted" and other.retained else kind


def refreshed(steps: Iterable[Step]) -> dict[str, ChangeKind]:
    """Return what a refresh found: `drift` of inputs, or `deleted`.

    Outputs that follow the live resource, as after a push, are no change.
    """
    found: dict[str, ChangeKind] = {}
    for step in steps:
        if urn_type(step.urn) == _ROLLOUT:
            continue
        if step.op == Op.DELETE:
            found[step.name] = "deleted"
        elif step.old and step.new and changed_keys(step.old.inputs, step.new.inputs):
            found[step.name] = "drift"
    return found


def is_simulated(config: Config, environ: Mapping[str, str]) -> bool:
    """Return True if the settings name a control plane on this machine, as a simulator is."""
    try:
        location = resolve_location(lambda name: config.values.get(_NAMESPACE + name), environ)
    except ControlPlaneError:
        return False
    return is_loopback(location.control_plane_url)


def unreadable_settings(config: Config) -> set[str]:
    """Return the settings of LangSmith with placeholders; the environment has the simulator's."""
    return {key for key in config.placeholders if key.startswith(_NAMESPACE)}
