"""What holds of every state that is written, and how references follow what moves or goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import OfflineError

if TYPE_CHECKING:
    from .state import Checkpoint, Entry


def repaired(entries: list[Entry], gone: Entry) -> list[Entry]:
    """The entries without references to one that is gone; its parent takes its place as a parent.

    Several entries may have its URN: a reference holds as long as one of them stands before it.
    """
    present: set[str] = set()
    result: list[Entry] = []
    for entry in entries:
        result.append(entry if gone.urn in present else _without(entry, gone))
        present.add(entry.urn)
    return result


def _without(entry: Entry, gone: Entry) -> Entry:
    by_property = {
        key: [urn for urn in urns if urn != gone.urn]
        for key, urns in entry.property_dependencies.items()
    }
    return entry.but(
        parent=gone.parent if entry.parent == gone.urn else entry.parent,
        deleted_with="" if entry.deleted_with == gone.urn else entry.deleted_with,
        dependencies=[urn for urn in entry.dependencies if urn != gone.urn],
        property_dependencies=by_property,
    )


def renamed(entry: Entry, old: str, new: str) -> Entry:
    """The entry with every reference to one URN turned into a reference to another."""
    name = {old: new}.get
    by_property = {
        key: [name(urn, urn) for urn in urns] for key, urns in entry.property_dependencies.items()
    }
    return entry.but(
        parent=name(entry.parent, entry.parent),
        deleted_with=name(entry.deleted_with, entry.deleted_with),
        dependencies=[name(urn, urn) for urn in entry.dependencies],
        property_dependencies=by_property,
    )


def refuse_if_broken(checkpoint: Checkpoint) -> None:
    """Raise one error that names every broken invariant of the state."""
    problems = integrity_problems(checkpoint.entries)
    if problems:
        raise OfflineError("the state lacks integrity: " + "; ".join(problems))


def integrity_problems(entries: list[Entry]) -> list[str]:
    """Every broken invariant of the list, one sentence each."""
    problems: list[str] = []
    seen: set[str] = set()
    live: set[str] = set()
    for entry in entries:
        problems += _own_problems(entry)
        missing = [urn for urn in dict.fromkeys(entry.needs) if urn not in seen]
        problems += [f"{entry.urn} stands before {urn}, which it needs" for urn in missing]
        if entry.urn in live and not entry.delete:
            problems.append(f"{entry.urn} is there twice")
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
