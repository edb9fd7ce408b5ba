"""How steps, values and changes read: pure text, no printing."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .steps import Op, Step
from .urns import urn_name, urn_type
from .values import BLINDED, Bag, Secret, has_unknowns, is_unknown, same_value

if TYPE_CHECKING:
    from .state import Entry

_LONGEST_VALUE = 72


@dataclass(frozen=True)
class Words:
    """How one kind of step is told of."""

    symbol: str
    color: str
    plan: str
    doing: str
    done: str


WORDS = {
    Op.SAME: Words(" ", "dim", "no change", "", "unchanged"),
    Op.CREATE: Words("+", "green", "create", "creating", "created"),
    Op.UPDATE: Words("~", "yellow", "update", "updating", "updated"),
    Op.DELETE: Words("-", "red", "delete", "deleting", "deleted"),
    Op.REPLACE: Words("+-", "magenta", "replace", "replacing", "replaced"),
    Op.CREATE_REPLACEMENT: Words(
        "++", "green", "create replacement", "creating replacement", "created replacement"
    ),
    Op.DELETE_REPLACED: Words(
        "--", "red", "delete original", "deleting original", "deleted original"
    ),
    Op.REFRESH: Words("~", "blue", "refresh", "refreshing", "refreshed"),
}


def words(step: Step) -> Words:
    """How this step is told of."""
    return WORDS[step.op]


def short_type(urn: str) -> str:
    """A resource's type without what all dynamic resources have in common."""
    return urn_type(urn).replace("pulumi-python:dynamic/", "").replace("pulumi:pulumi:", "")


def title(urn: str) -> str:
    """What a resource is called in front of its messages."""
    return f"{short_type(urn)} {urn_name(urn)}" if urn else "the program"


def seconds(duration: float) -> str:
    """A duration as people say it."""
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes}m{rest:02d}s" if minutes else f"{duration:.1f}s"


def value_text(value: Any) -> str:
    """A value on one line; secrets and unknowns by their kind only."""
    if isinstance(value, Secret) or value == BLINDED:
        return BLINDED
    if is_unknown(value):
        return "(known after up)"
    if isinstance(value, dict) and (value or has_unknowns(value)):
        return _shortened("{" + ", ".join(f"{k}: {value_text(value[k])}" for k in value) + "}")
    if isinstance(value, list):
        return _shortened("[" + ", ".join(map(value_text, value)) + "]")
    return _shortened(json.dumps(value, ensure_ascii=False))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def change_lines(step: Step) -> list[str]:
    """What an update or replacement changes, one line per property: `~ name: old → new`."""
    if step.old is None or step.new is None or step.op not in (Op.UPDATE, Op.REPLACE):
        return []
    lines = _differences("", *_compared(step.old, step.new))
    marked = dict.fromkeys(step.replace_reasons, " (forces the replacement)")
    return [line + marked.get(_property(line), "") for line in lines]


def _compared(old: Entry, new: Entry) -> tuple[Bag, Bag]:
    # A refresh may find new outputs behind the same inputs.
    moved = not same_value(old.inputs, new.inputs)
    pair = (old.inputs, new.inputs) if moved else (old.outputs, new.outputs)
    return _without_internals(pair[0]), _without_internals(pair[1])


def _without_internals(bag: Bag) -> Bag:
    return {key: value for key, value in bag.items() if not key.startswith("__")}


def output_lines(old: Bag, new: Bag) -> list[str]:
    """What becomes of the stack's outputs, unchanged ones too."""
    changed = {_property(line): line for line in _differences("", old, new)}
    kept = {key: f"  {key}: {value_text(new[key])}" for key in new if key not in changed}
    return [text for _, text in sorted({**kept, **changed}.items())]


def _differences(prefix: str, old: Bag, new: Bag) -> list[str]:
    lines: list[str] = []
    for key in sorted(old.keys() | new.keys()):
        path = f"{prefix}{key}"
        if key not in old:
            lines.append(f"+ {path}: {value_text(new[key])}")
        elif key not in new:
            lines.append(f"- {path}: {value_text(old[key])}")
        elif isinstance(old[key], dict) and isinstance(new[key], dict):
            lines += _differences(f"{path}.", old[key], new[key])
        elif not same_value(old[key], new[key]):
            lines.append(f"~ {path}: {value_text(old[key])} → {value_text(new[key])}")
    return lines


def _property(line: str) -> str:
    return re.split(r"[.:]", line[2:], maxsplit=1)[0]


def without_time(status: str) -> str:
    """A status without its numbers, to tell a new status from an older one."""
    return re.sub(r"[\d.]+\s*(ms|s|m|h)?", "", status)


def summary_lines(summary: dict[str, int], *, planned: bool) -> list[str]:
    """How many resources each kind of step is about."""
    order = [Op.CREATE, Op.UPDATE, Op.REPLACE, Op.DELETE]
    counted = [(WORDS[op], summary[op]) for op in order if summary.get(op)]
    lines = [f"{w.symbol} {n} {'to ' + w.plan if planned else w.done}" for w, n in counted]
    same = [f"{summary[Op.SAME]} unchanged"] if summary.get(Op.SAME) else []
    return lines + same
