"""Gates: what a team forbids, and the exit code that says so.

A gate judges the whole plan, whatever a report had room for. It counts every resource that exists
outside Pulumi, not deployments alone; ``allow`` excepts by name, type or URN. What a gate cannot
judge it refuses: a failed preview, an operation that this version does not know, a plan that counts
more changes than it lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from .effects import Kind
from .operations import Verb
from .subjects import DEPLOYMENT
from .values import visible

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from .report import Report, StackReport


class Gate(str, Enum):
    """What can be forbidden, the gravest first."""

    REPLACE = "replace"
    DELETE = "delete"
    UNJUDGED = "unjudged"
    REVISION = "revision"
    TRUNCATED = "truncated"


UNREADABLE = 1
"""Exit code of a document that is no preview, with or without gates."""
EXIT_CODES = {
    Gate.REPLACE: 3,
    Gate.DELETE: 4,
    Gate.REVISION: 5,
    Gate.TRUNCATED: 6,
    Gate.UNJUDGED: 7,
}
"""Exit code of each gate; of several the gravest wins. 2 is the command line's own."""


@dataclass(frozen=True)
class Judgement:
    """What the gates say."""

    exit_code: int
    refusals: tuple[str, ...]
    """One sentence for each thing refused, the gravest first."""


_KINDS = {
    Kind.REPLACED: Gate.REPLACE,
    Kind.DELETED: Gate.DELETE,
    Kind.UNKNOWN: Gate.UNJUDGED,
    Kind.STARTED_OVER: Gate.REPLACE,
    Kind.REVISION: Gate.REVISION,
    Kind.RETRIED: Gate.REVISION,
    Kind.ADOPTED: Gate.REVISION,
}
_VERBS = {
    Verb.REPLACE: Gate.REPLACE,
    Verb.DELETE: Gate.DELETE,
    Verb.UNKNOWN: Gate.UNJUDGED,
}
_WORDS = {
    Gate.REPLACE: "is replaced",
    Gate.DELETE: "is deleted",
    Gate.UNJUDGED: "changes in a way that this version cannot judge",
    Gate.REVISION: "is rebuilt and redeployed",
}
_MAY = "is taken over, which may rebuild it"


def gate_named(name: str) -> Gate:
    """The gate of a name; a misspelt one raises ``ValueError``, for it must not stay open."""
    try:
        return Gate(name)
    except ValueError:
        names = ", ".join(gate.value for gate in Gate)
        raise ValueError(f"unknown gate {name!r}; use {names}") from None


def judge_gates(
    report: Report,
    fail_on: Collection[Gate],
    allow: Collection[str] = (),
    *,
    truncated: bool = False,
) -> Judgement:
    """Hold a report against the gates; without gates everything passes."""
    closed = {*fail_on, Gate.UNJUDGED} if fail_on else set()
    found = [(gate, text) for gate, text in _findings(report, allow) if gate in closed]
    if truncated and Gate.TRUNCATED in closed:
        found.append((Gate.TRUNCATED, "the report is truncated, so it does not show everything"))
    found.sort(key=lambda finding: list(Gate).index(finding[0]))
    return Judgement(
        EXIT_CODES[found[0][0]] if found else 0,
        tuple(visible(f"{gate.value}: {text}") for gate, text in found),
    )


def _findings(report: Report, allow: Collection[str]) -> Iterator[tuple[Gate, str]]:
    for stack in report.stacks:
        yield from _of_plan(stack)
        for resource in _of_resources(stack):
            if not _is_allowed(resource.names, allow):
                yield resource.gate, f"{stack.title}: {resource.name} {resource.words}"


def _is_allowed(names: tuple[str, ...], allow: Collection[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in allow for name in names)


def _of_plan(stack: StackReport) -> Iterator[tuple[Gate, str]]:
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
    name: str
    names: tuple[str, ...]
    """By which it can be allowed."""
    words: str


def _of_resources(stack: StackReport) -> Iterator[_Resource]:
    for effect in stack.effects:
        gate = _KINDS.get(effect.kind)
        if gate and (effect.kind is not Kind.ADOPTED or effect.may_rebuild):
            yield _Resource(
                gate,
                f"{effect.name} (Deployment)",
                (effect.name, "Deployment", DEPLOYMENT, effect.urn),
                _MAY if effect.kind is Kind.ADOPTED else _WORDS[gate],
            )
    for other in stack.grave:
        gate = _VERBS[other.verb]
        title, names = f"{other.name} ({other.type})", (other.name, other.type, other.urn)
        yield _Resource(gate, title, names, _WORDS[gate])
