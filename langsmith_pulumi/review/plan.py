"""The JSON of a preview as typed values, and the meaning of the engine's operations.

Reading is strict where a mistake could hide a change (a document that is no preview, a step without
operation or URN) and tolerant in everything else, so that newer engines with more fields are read
as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from pulumi.output import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_pulumi.provider.properties import Properties

SECRET = "[secret]"  # noqa: S105 - the engine prints it in place of every secret
_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""The engine's sentinels for values known only during ``up``, one per type."""
_KEYS = ("steps", "changeSummary", "diagnostics")
"""A preview has at least one of these keys; even that of an unchanged stack has a summary."""
_MAX_DEPTH = 100
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_IS_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks a secret in a state


class Action(str, Enum):
    """The effect of an operation on a resource, the most severe first."""

    REPLACE = "replace"
    DELETE = "delete"
    UNKNOWN = "unknown"
    UPDATE = "update"
    CREATE = "create"
    ADOPT = "adopt"
    NOTHING = "nothing"


_ACTIONS = {
    "replace": Action.REPLACE,
    "create-replacement": Action.REPLACE,
    "delete-replaced": Action.REPLACE,
    "import-replacement": Action.REPLACE,
    "delete": Action.DELETE,
    "update": Action.UPDATE,
    "create": Action.CREATE,
    "import": Action.ADOPT,
    "same": Action.NOTHING,
    "read": Action.NOTHING,
    "read-replacement": Action.NOTHING,
    "refresh": Action.NOTHING,
    "diff": Action.NOTHING,
    "discard": Action.NOTHING,
    "discard-replaced": Action.NOTHING,
    "remove-pending-replace": Action.NOTHING,
    "extend-parameterize": Action.NOTHING,
}
_REPLACEMENT_RANKS = {
    "replace": 0,
    "import-replacement": 1,
    "create-replacement": 2,
    "delete-replaced": 3,
}
"""The steps of one replacement; the step that holds both states comes first."""


def action_of(op: str) -> Action:
    """Return the action of an operation; an operation that is not in the table is unknown."""
    return _ACTIONS.get(op, Action.UNKNOWN)


def severity_rank(op: str) -> tuple[int, int]:
    """Return a sort key that puts the most severe operation of a resource first."""
    return list(Action).index(action_of(op)), _REPLACEMENT_RANKS.get(op, 0)


class UnreadablePlan(ValueError):  # noqa: N818 - the public name says it all
    """The document is not a preview, so it cannot be reported on."""


@dataclass(frozen=True)
class State:
    """The old or the new state of a resource."""

    id: str = ""
    parent: str = ""
    custom: bool = True
    retained: bool = False
    """True if deleting the resource only takes it out of Pulumi's state."""
    pending_deletion: bool = False
    """True if an earlier run has replaced the resource and not deleted it yet."""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)


@dataclass(frozen=True)
class Urn:
    """The parts of a resource's URN."""

    text: str
    stack: str
    project: str
    qualified_type: str
    name: str

    @property
    def type(self) -> str:
        """Return the resource's own type, without the types of its parents."""
        return self.qualified_type.rpartition("$")[2]

    @property
    def parent(self) -> str:
        """Return the URN of a parent of the same name, for steps that do not name the parent."""
        parents = self.qualified_type.rpartition("$")[0]
        return f"urn:pulumi:{self.stack}::{self.project}::{parents}::{self.name}"


@dataclass(frozen=True)
class Step:
    """One operation that the engine plans."""

    op: str
    urn: Urn
    old: State | None
    new: State | None
    replace_reasons: tuple[str, ...] = ()
    diff_reasons: tuple[str, ...] = ()

    @property
    def action(self) -> Action:
        """Return the action of the step's operation."""
        return action_of(self.op)


@dataclass(frozen=True)
class Diagnostic:
    """A message of the engine, a provider or the program."""

    severity: str
    message: str
    urn: Urn | None


@dataclass(frozen=True)
class Plan:
    """One preview of one stack."""

    origin: str
    """The name of the file it was read from."""
    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]
    counted: Mapping[str, int]
    """The engine's own count of resources per operation."""
    ended: bool = True
    """True if the preview has a count of its changes, which the engine writes last."""

    @property
    def first_urn(self) -> Urn | None:
        """Return a URN that names the project and the stack, or None if no step got that far."""
        urns = (*(step.urn for step in self.steps), *(item.urn for item in self.diagnostics))
        return next((urn for urn in urns if urn), None)


def read_plan(origin: str, document: bytes | str | Mapping[str, Any]) -> Plan:
    """Return the preview that a document holds; raise ``UnreadablePlan`` if it holds none."""
    parsed = _parsed(origin, document) if isinstance(document, (bytes, str)) else dict(document)
    if not isinstance(parsed, dict) or not any(key in parsed for key in _KEYS):
        raise UnreadablePlan(f"{origin}: this JSON is no preview. {_HOW}")
    if _is_deeper(parsed, _MAX_DEPTH):
        raise UnreadablePlan(f"{origin}: nested more than {_MAX_DEPTH} levels deep. {_HOW}")
    return Plan(
        origin,
        tuple(_step(origin, number, step) for number, step in enumerate(_steps(origin, parsed), 1)),
        tuple(_diagnostic(item) for item in _list(parsed, "diagnostics") if isinstance(item, dict)),
        {op: n for op, n in _dict(parsed, "changeSummary").items() if isinstance(n, int)},
        ended="changeSummary" in parsed,
    )


_HOW = "Make one with `pulumi preview --json > plan.json`."


def _parsed(origin: str, document: Any) -> Any:
    if not document.strip():
        raise UnreadablePlan(f"{origin}: empty; the preview ended before it wrote a plan. {_HOW}")
    try:
        return json.loads(document)
    except (ValueError, RecursionError) as error:
        raise UnreadablePlan(f"{origin}: not one JSON document ({error}). {_HOW}") from error


def _is_deeper(value: Any, depth: int) -> bool:
    """Return True if containers are nested deeper; without recursion, which deep nesting breaks."""
    level = [value]
    for _ in range(depth):
        level = [item for each in level for item in _containers(each)]
    return bool(level)


def _containers(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in items if isinstance(item, (dict, list))]


def _steps(origin: str, parsed: Properties) -> list[Any]:
    steps = parsed.get("steps")
    if steps is None:
        return []
    if not isinstance(steps, list):
        raise UnreadablePlan(f"{origin}: `steps` is no list. {_HOW}")
    return steps


def _step(origin: str, number: int, step: Any) -> Step:
    urn = parse_urn(step.get("urn")) if isinstance(step, dict) else None
    if urn is None or not isinstance(step.get("op"), str):
        raise UnreadablePlan(f"{origin}: step {number} lacks an operation or a URN. {_HOW}")
    return Step(
        step["op"],
        urn,
        _state(step.get("oldState")),
        _state(step.get("newState")),
        _texts(_list(step, "replaceReasons")),
        _texts((*_list(step, "diffReasons"), *_dict(step, "detailedDiff"))),
    )


def parse_urn(text: Any) -> Urn | None:
    """Return the parts of a URN, or None if the text is not a URN."""
    parts = text.split("::", 3) if isinstance(text, str) else []
    if len(parts) != 4 or not parts[0].startswith("urn:pulumi:"):  # noqa: PLR2004 - its four parts
        return None
    stack, project, qualified_type, name = parts
    return Urn(text, stack[len("urn:pulumi:") :], project, qualified_type, name)


def _state(value: Any) -> State | None:
    if not isinstance(value, dict):
        return None
    return State(
        id=str(value.get("id") or ""),
        parent=str(value.get("parent") or ""),
        custom=value.get("custom") is not False,
        retained=value.get("retainOnDelete") is True,
        pending_deletion=value.get("delete") is True,
        inputs=_without_sentinels(_dict(value, "inputs")),
        outputs=_without_sentinels(_dict(value, "outputs")),
    )


def _without_sentinels(value: Any) -> Any:
    """Return the value as a provider sees it: unknowns as ``UNKNOWN``, secrets as ``SECRET``."""
    if isinstance(value, dict):
        is_secret = value.get(_SIGNATURE) == _IS_SECRET
        return SECRET if is_secret else {k: _without_sentinels(item) for k, item in value.items()}
    if isinstance(value, list):
        return [_without_sentinels(item) for item in value]
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWNS else value


def _diagnostic(item: Properties) -> Diagnostic:
    message = f"{item.get('prefix') or ''}{item.get('message') or ''}"
    return Diagnostic(str(item.get("severity") or "info"), message, parse_urn(item.get("urn")))


def _dict(properties: Properties, key: str) -> Properties:
    value = properties.get(key)
    return value if isinstance(value, dict) else {}


def _list(properties: Properties, key: str) -> list[Any]:
    value = properties.get(key)
    return value if isinstance(value, list) else []


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))
