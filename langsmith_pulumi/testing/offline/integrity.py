"""The invariants of a state, and the repair of references to renamed and removed resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import OfflineError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .state import Checkpoint, Entry


def without_reference(entry: Entry, removed: Entry) -> Entry:
    """Return the entry without references to a removed one; children move to its parent."""
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
    require_no_problems(integrity_problems(checkpoint.entries))


def require_no_problems(problems: list[str]) -> None:
    """Raise an error that lists the problems, if there are any."""
    if problems:
        raise OfflineError("the state lacks integrity: " + "; ".join(problems))


def integrity_problems(entries: list[Entry]) -> list[str]:
    """Return one sentence for each broken invariant of the entries."""
    problems: list[str] = []
    seen: set[str] = set()
    live: set[str] = set()
    for entry in entries:
        occurs_twice = entry.urn in live and not entry.delete
        problems += entry_problems(
            entry, is_preceded_by=seen.__contains__, occurs_twice=occurs_twice
        )
        seen.add(entry.urn)
        live |= set() if entry.delete else {entry.urn}
    return problems


def entry_problems(
    entry: Entry, *, is_preceded_by: Callable[[str], bool], occurs_twice: bool
) -> list[str]:
    """Return one sentence for each broken invariant of one entry."""
    missing = [urn for urn in dict.fromkeys(entry.needs) if not is_preceded_by(urn)]
    rules = {
        "an entry has no URN": not entry.urn,
        f"{entry.urn} has no type": not entry.type,
        f"{entry.urn} is a component with an id": not entry.custom and bool(entry.id),
        f"the provider {entry.urn} has no id": entry.is_provider and not entry.id,
        f"{entry.urn} occurs twice": occurs_twice,
    }
    return [
        *(sentence for sentence, broken in rules.items() if broken),
        *(f"{entry.urn} precedes its dependency {urn}" for urn in missing),
    ]
