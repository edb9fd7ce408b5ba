"""Text for steps, values and changes, as pure functions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .steps import Op, Step
from .urns import urn_name, urn_type
from .values import REDACTED, Properties, Secret, has_unknowns, is_unknown, same_value

if TYPE_CHECKING:
    from .state import Entry


@dataclass(frozen=True)
class OpLabels:
    """The symbol, color and verbs of one kind of step."""

    symbol: str
    color: str
    plan: str
    doing: str
    done: str


OP_LABELS = {
    Op.SAME: OpLabels(" ", "dim", "no change", "", "unchanged"),
    Op.CREATE: OpLabels("+", "green", "create", "creating", "created"),
    Op.UPDATE: OpLabels("~", "yellow", "update", "updating", "updated"),
    Op.DELETE: OpLabels("-", "red", "delete", "deleting", "deleted"),
    Op.REPLACE: OpLabels("+-", "magenta", "replace", "replacing", "replaced"),
    Op.CREATE_REPLACEMENT: OpLabels(
        "++", "green", "create replacement", "creating replacement", "created replacement"
    ),
    Op.DELETE_REPLACED: OpLabels(
        "--", "red", "delete original", "deleting original", "deleted original"
    ),
    Op.REFRESH: OpLabels("~", "blue", "refresh", "refreshing", "refreshed"),
}


def op_labels(step: Step) -> OpLabels:
    """Return the labels of a step."""
    return OP_LABELS[step.op]


def short_type(urn: str) -> str:
    """Return a resource's type without the prefix of all dynamic resources."""
    return urn_type(urn).replace("pulumi-python:dynamic/", "").replace("pulumi:pulumi:", "")


def format_title(urn: str) -> str:
    """Return the heading of a resource's messages."""
    return f"{short_type(urn)} {urn_name(urn)}" if urn else "the program"


def format_duration(duration: float) -> str:
    """Return a duration in minutes and seconds."""
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes}m{rest:02d}s" if minutes else f"{duration:.1f}s"


def format_value(value: Any) -> str:
    """Return a value as one line of any length, with secrets redacted and unknowns marked.

    Nothing is cut, for a person may have to copy it; a terminal wraps it.
    """
    if isinstance(value, Secret) or value == REDACTED:
        return REDACTED
    if is_unknown(value):
        return "(known after up)"
    if isinstance(value, dict) and (value or has_unknowns(value)):
        return "{" + ", ".join(f"{k}: {format_value(value[k])}" for k in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(format_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def format_changes(step: Step) -> list[str]:
    """Return a line per property that an update or replacement changes: `~ name: old → new`."""
    if step.old is None or step.new is None or step.op not in (Op.UPDATE, Op.REPLACE):
        return []
    lines = _differences("", *_changed_properties(step.old, step.new))
    marked = dict.fromkeys(step.replace_reasons, " (forces the replacement)")
    return [line + marked.get(_property_of(line), "") for line in lines]


def _changed_properties(old: Entry, new: Entry) -> tuple[Properties, Properties]:
    # A refresh may find new outputs with the same inputs.
    inputs_differ = not same_value(old.inputs, new.inputs)
    pair = (old.inputs, new.inputs) if inputs_differ else (old.outputs, new.outputs)
    return _without_internals(pair[0]), _without_internals(pair[1])


def _without_internals(properties: Properties) -> Properties:
    return {key: value for key, value in properties.items() if not key.startswith("__")}


def format_outputs(old: Properties, new: Properties) -> list[str]:
    """Return a line per output of the stack, unchanged ones included."""
    changed = {_property_of(line): line for line in _differences("", old, new)}
    kept = {key: f"  {key}: {format_value(new[key])}" for key in new if key not in changed}
    return [text for _, text in sorted({**kept, **changed}.items())]


def _differences(prefix: str, old: Properties, new: Properties) -> list[str]:
    lines: list[str] = []
    for key in sorted(old.keys() | new.keys()):
        path = f"{prefix}{key}"
        if key not in old:
            lines.append(f"+ {path}: {format_value(new[key])}")
        elif key not in new:
            lines.append(f"- {path}: {format_value(old[key])}")
        elif isinstance(old[key], dict) and isinstance(new[key], dict):
            lines += _differences(f"{path}.", old[key], new[key])
        elif not same_value(old[key], new[key]):
            lines.append(f"~ {path}: {format_value(old[key])} → {format_value(new[key])}")
    return lines


def _property_of(line: str) -> str:
    return re.split(r"[.:]", line[2:], maxsplit=1)[0]


def strip_durations(status: str) -> str:
    """Return a status without its durations, so that only a new status differs."""
    return re.sub(r"[\d.]+\s*(ms|s|m|h)?", "", status)


def format_summary(summary: dict[str, int], *, planned: bool) -> list[str]:
    """Return a line per kind of step with its number of resources."""
    order = [Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE]
    counted = [(OP_LABELS[op], summary[op]) for op in order if summary.get(op)]
    lines = [f"{w.symbol} {n} {'to ' + w.plan if planned else w.done}" for w, n in counted]
    same = [f"{summary[Op.SAME]} unchanged"] if summary.get(Op.SAME) else []
    return lines + same
