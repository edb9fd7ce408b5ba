"""Reads the JSON of a preview into typed values.

Strict where a mistake could hide a change (a document that is no preview, a step without operation
or URN), tolerant in everything else, so that newer engines with more fields are read as well.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi.output import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from langsmith_pulumi.provider.bags import Bag

SECRET = "[secret]"  # noqa: S105 - what the engine prints in place of every secret
_UNKNOWNS = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What the engine writes in place of a value that is known only during ``up``, one per type."""
_KEYS = ("steps", "changeSummary", "diagnostics")
"""What a preview holds at least one of; even that of an unchanged stack counts its resources."""
_DEEPEST = 100
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_IS_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - how a state marks a secret


class UnreadablePlan(ValueError):  # noqa: N818 - it says what it is
    """The document is no preview, so nothing can be said of what it would change."""


@dataclass(frozen=True)
class State:
    """A resource as it is, or as it shall be."""

    id: str = ""
    parent: str = ""
    custom: bool = True
    retained: bool = False
    """Whether deleting it only takes it out of Pulumi's state."""
    condemned: bool = False
    """Whether an earlier run has replaced it and not come to deleting it."""
    inputs: Bag = field(default_factory=dict)
    outputs: Bag = field(default_factory=dict)


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
        """The resource's own type, without those of its parents."""
        return self.qualified_type.rpartition("$")[2]

    @property
    def parent(self) -> str:
        """The URN of a parent of the same name, for steps whose state does not name the parent."""
        parents = self.qualified_type.rpartition("$")[0]
        return f"urn:pulumi:{self.stack}::{self.project}::{parents}::{self.name}"


@dataclass(frozen=True)
class Step:
    """One operation that the engine intends."""

    op: str
    urn: Urn
    old: State | None
    new: State | None
    replace_reasons: tuple[str, ...] = ()
    diff_reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Diagnostic:
    """What the engine, a provider or the program said."""

    severity: str
    message: str
    urn: Urn | None


@dataclass(frozen=True)
class Plan:
    """One preview of one stack."""

    origin: str
    """Where it was read from: a file's name."""
    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...]
    counted: Mapping[str, int]
    """The engine's own count of resources per operation."""
    ended: bool = True
    """Whether the engine came to counting, which it does last."""

    @property
    def home(self) -> Urn | None:
        """A URN that tells the project and the stack; none in a preview that failed at once."""
        said = (diagnostic.urn for diagnostic in self.diagnostics)
        return next((urn for urn in (*(s.urn for s in self.steps), *said) if urn), None)


def read_plan(origin: str, document: bytes | str | Mapping[str, Any]) -> Plan:
    """The preview in a document; raises ``UnreadablePlan`` with a sentence when it holds none."""
    parsed = _parsed(origin, document) if isinstance(document, (bytes, str)) else dict(document)
    if not isinstance(parsed, dict) or not any(key in parsed for key in _KEYS):
        raise UnreadablePlan(f"{origin}: this JSON is no preview. {_HOW}")
    if _is_deeper(parsed, _DEEPEST):
        raise UnreadablePlan(f"{origin}: nested more than {_DEEPEST} levels deep. {_HOW}")
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


def _is_deeper(value: Any, most: int) -> bool:
    """Whether containers are nested deeper; no recursion, for that is what deep nesting breaks."""
    level = [value]
    for _ in range(most):
        level = [item for each in level for item in _items(each)]
    return bool(level)


def _items(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [item for item in items if isinstance(item, (dict, list))]


def _steps(origin: str, parsed: Bag) -> list[Any]:
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
    """The parts of a URN; None when it is not one."""
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
        condemned=value.get("delete") is True,
        inputs=_plain(_dict(value, "inputs")),
        outputs=_plain(_dict(value, "outputs")),
    )


def _plain(value: Any) -> Any:
    """The value with what a provider sees in place of each sentinel, and without any secret."""
    if isinstance(value, dict):
        marked = value.get(_SIGNATURE) == _IS_SECRET
        return SECRET if marked else {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return UNKNOWN if isinstance(value, str) and value in _UNKNOWNS else value


def _diagnostic(item: Bag) -> Diagnostic:
    message = f"{item.get('prefix') or ''}{item.get('message') or ''}"
    return Diagnostic(str(item.get("severity") or "info"), message, parse_urn(item.get("urn")))


def _dict(bag: Bag, key: str) -> Bag:
    value = bag.get(key)
    return value if isinstance(value, dict) else {}


def _list(bag: Bag, key: str) -> list[Any]:
    value = bag.get(key)
    return value if isinstance(value, list) else []


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str))
