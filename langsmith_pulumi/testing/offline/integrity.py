"""The invariants of a state, and the repair of references to renamed and removed resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import OfflineError

if TYPE_CHECKING:
    from .state import Checkpoint, Entry


def without_references(entries: list[Entry], removed: Entry) -> list[Entry]:
    """Return the entries without references to a removed one; children move to its parent.

    If several entries have its URN, a reference stays valid while one of them precedes it.
    """
    present: set[str] = set()
    result: list[Entry] = []
    for entry in entries:
        result.append(entry if removed.urn in present else _without_reference(entry, removed))
        present.add(entry.urn)
    return result


def _without_reference(entry: Entry, removed: Entry) -> Entry:
    by_property = {
        key: [urn for urn in urns if urn != removed.urn]
        for key, urns in entry.property_dependencies.items()
    }
    return entry.copy_with(
        parent=removed.parent if entry.parent == removed.urn else entry.parent,
        deleted_with="" if entry.deleted_with == removed.urn else entry.deleted_with,
        dependencies=[urn for urn in entry.dependencies if urn != removed.urn],
        property_dependencies=by_property,
    )


def with_renamed_references(entry: Entry, old: str, new: str) -> Entry:
    """Return the entry with every reference to the old URN changed to the new one."""
    name = {old: new}.get
    by_property = {
        key: [name(urn, urn) for urn in urns] for key, urns in entry.property_dependencies.items()
    }
    return entry.copy_with(
        parent=name(entry.parent, entry.parent),
        deleted_with=name(entry.deleted_with, entry.deleted_with),
        dependencies=[name(urn, urn) for urn in entry.dependencies],
        property_dependencies=by_property,
    )


def require_integrity(checkpoint: Checkpoint) -> None:
    """Raise an error that lists every broken invariant of the state."""
    problems = integrity_problems(checkpoint.entries)
    if problems:
        raise OfflineError("the state lacks integrity: " + "; ".join(problems))


def integrity_problems(entries: list[Entry]) -> list[str]:
    """Return one sentence for each broken invariant of the entries."""
    problems: list[str] = []
    seen: set[str] = set()
    live: set[str] = set()
    for entry in entries:
        problems += _own_problems(entry)
        missing = [urn for urn in dict.fromkeys(entry.needs) if urn not in seen]
        problems += [f"{entry.urn} precedes its dependency {urn}" for urn in missing]
        if entry.urn in live and not entry.delete:
            problems.append(f"{entry.urn} occurs twice")
        seen.add(entry.urn)
        live |= set() if entry.delete else {entry.urn}
    return problems


def _own_problems(entry: Entry) -> list[str]:
    rules = {
        "an entry has no URN": not entry.urn,
        f"{entry.urn} has no type": not entry.type,
        f"{entry.urn} is a component with an id": not entry.custom and bool(entry.id),
        f"the provider {entry.urn} has no id": entry.is_provider and not entry.id,
    }
    return [sentence for sentence, broken in rules.items() if broken]
