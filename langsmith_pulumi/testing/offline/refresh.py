"""Refresh of one resource: read it, and bring its entry to what was read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .state import Entry, now, with_outputs
from .steps import Op, Step, compared
from .values import same_value

if TYPE_CHECKING:
    from .plugin import Plugin, Reading
    from .snapshot import Snapshot


def refreshed(step: Step, old: Entry, snapshot: Snapshot, plugin: Plugin) -> Step:
    """The refresh as it came out: nothing new, an update of the state, or gone."""
    if not old.custom or old.is_provider or old.pending_replacement:
        return replace(step, op=Op.SAME)
    reading = plugin.read(old.urn, old.id, old.inputs, old.outputs)
    if not reading.id:
        snapshot.drop(old)
        return replace(step, op=Op.DELETE, new=None)
    new = _as_read(old, reading)
    changes = {key: getattr(new, key) for key in ("id", "inputs", "outputs", "modified")}
    snapshot.amend(old, **changes)
    return replace(step, op=Op.UPDATE if _shows(old, new, plugin) else Op.SAME, new=new)


def _as_read(old: Entry, reading: Reading) -> Entry:
    inputs = old.inputs if reading.inputs is None else reading.inputs
    new = with_outputs(old.but(id=reading.id, inputs=inputs), reading.outputs)
    moved = not (same_value(old.inputs, new.inputs) and same_value(old.outputs, new.outputs))
    return new.but(modified=now()) if moved else new


def _shows(old: Entry, new: Entry, plugin: Plugin) -> bool:
    # What the next `up` would put back is what people want to hear of.
    if old.external:
        return not same_value(old.outputs, new.outputs)
    change = plugin.diff(new.urn, new, old.inputs)
    judged = compared(new.inputs, old.inputs) if change.changed is None else change
    return bool(judged.changed)
