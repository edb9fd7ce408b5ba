"""Gates: the changes that a team forbids, and the exit code of each.

A gate checks the whole plan, also what a report had no room for. It counts every resource that
exists outside Pulumi, not deployments alone; ``allow`` exempts resources by name, type or URN. What
a gate cannot judge is refused: a failed preview, an operation that this version does not know, a
plan that counts more changes than it lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from .impact import Kind
from .plan import Action
from .steps import DEPLOYMENT
from .values import escape_invisible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .impact import DeploymentChange
    from .report import Report, ResourceChange, StackReport


class Gate(str, Enum):
    """A kind of change that can be forbidden, the most severe first."""

    REPLACE = "replace"
    DELETE = "delete"
    UNJUDGED = "unjudged"
    REVISION = "revision"
    DRIFT = "drift"
    TRUNCATED = "truncated"


EXIT_CODES = {
    Gate.REPLACE: 3,
    Gate.DELETE: 4,
    Gate.REVISION: 5,
    Gate.TRUNCATED: 6,
    Gate.UNJUDGED: 7,
    Gate.DRIFT: 8,
}
"""Exit code of each gate; of several the most severe wins.

1 is that of a document that is no preview, and 2 the command line's own.
"""


@dataclass(frozen=True)
class GateResult:
    """The result of checking the gates."""

    exit_code: int
    refusals: tuple[str, ...]
    """One sentence for each thing refused, the most severe first."""


_GATE_OF_KIND = {
    Kind.REPLACED: Gate.REPLACE,
    Kind.DELETED: Gate.DELETE,
    Kind.UNKNOWN: Gate.UNJUDGED,
    Kind.STARTED_OVER: Gate.REPLACE,
    Kind.REVISION: Gate.REVISION,
    Kind.RETRIED: Gate.REVISION,
    Kind.ADOPTED: Gate.REVISION,
}
_GATE_OF_ACTION = {
    Action.REPLACE: Gate.REPLACE,
    Action.DELETE: Gate.DELETE,
    Action.UNKNOWN: Gate.UNJUDGED,
}
_REFUSALS = {
    Gate.REPLACE: "is replaced",
    Gate.DELETE: "is deleted",
    Gate.UNJUDGED: "changes in a way that this version cannot judge",
    Gate.REVISION: "is rebuilt and redeployed",
}
_DRIFTED = "was changed outside of the program"
_MAY_REBUILD = "is taken over, which may rebuild it"


def gate_named(name: str) -> Gate:
    """Return the gate of a name; raise ``ValueError`` for a misspelt one, which must not pass."""
    try:
        return Gate(name)
    except ValueError:
        names = ", ".join(gate.value for gate in Gate)
        raise ValueError(f"unknown gate {name!r}; use {names}") from None


def check_gates(
    report: Report,
    fail_on: Collection[Gate],
    allow: Collection[str] = (),
    *,
    truncated: bool = False,
) -> GateResult:
    """Check a report against the gates; without gates everything passes."""
    closed = {*fail_on, Gate.UNJUDGED} if fail_on else set()
    found = [(gate, text) for gate, text in _findings(report, allow) if gate in closed]
    if truncated and Gate.TRUNCATED in closed:
        found.append((Gate.TRUNCATED, "the report is truncated, so it does not show everything"))
    found.sort(key=lambda finding: list(Gate).index(finding[0]))
    return GateResult(
        EXIT_CODES[found[0][0]] if found else 0,
        tuple(escape_invisible(f"{gate.value}: {text}") for gate, text in found),
    )


def _findings(report: Report, allow: Collection[str]) -> Iterator[tuple[Gate, str]]:
    for stack in report.stacks:
        yield from _incomplete(stack)
        for resource in _resources(stack):
            if not _is_allowed(resource.names, allow):
                yield resource.gate, f"{stack.title}: {resource.title} {resource.refusal}"


def _is_allowed(names: tuple[str, ...], allow: Collection[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in allow for name in names)


def _incomplete(stack: StackReport) -> Iterator[tuple[Gate, str]]:
    if stack.failed:
        yield Gate.UNJUDGED, f"{stack.title}: the preview failed, so its plan is incomplete"
    elif not stack.ended:
        yield Gate.UNJUDGED, f"{stack.title}: the plan ends without a count, so it is incomplete"
    for op, number in stack.unlisted:
        yield Gate.UNJUDGED, f"{stack.title}: the plan counts {number} more {op} than it lists"


@dataclass(frozen=True)
class _Resource:
    """A resource that a gate may refuse."""

    gate: Gate
    title: str
    names: tuple[str, ...]
    """The names, types and URNs that allow it."""
    refusal: str


def _resources(stack: StackReport) -> Iterator[_Resource]:
    for change in stack.deployments:
        for gate, refusal in _reasons(change):
            yield _Resource(
                gate,
                f"{change.name} (Deployment)",
                (change.name, "Deployment", DEPLOYMENT, change.urn),
                refusal,
            )
    for other in stack.destructive:
        gate = _GATE_OF_ACTION[other.action]
        yield _other(other, gate, _REFUSALS[gate])
    for other in stack.others:
        if other.drift:
            yield _other(other, Gate.DRIFT, _DRIFTED)


def _other(other: ResourceChange, gate: Gate, refusal: str) -> _Resource:
    title, names = f"{other.name} ({other.type})", (other.name, other.type, other.urn)
    return _Resource(gate, title, names, refusal)


def _reasons(change: DeploymentChange) -> Iterator[tuple[Gate, str]]:
    """Yield the gates that a change of a deployment meets, each with what it refuses."""
    gate = _GATE_OF_KIND.get(change.kind)
    if gate and (change.kind is not Kind.ADOPTED or change.may_rebuild):
        yield gate, _MAY_REBUILD if change.kind is Kind.ADOPTED else _REFUSALS[gate]
    if change.drift:
        yield Gate.DRIFT, _DRIFTED
