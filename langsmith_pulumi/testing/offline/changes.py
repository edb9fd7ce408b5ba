"""Changes of a state: values, each of which is an item of the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .state import Entry, Operation, operation_document, read_entry, read_operation, state_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from .entries import Key


@dataclass(frozen=True)
class Change:
    """One change of a state; its parts take effect in the order of the fields."""

    cleared: bool = False
    """True if the pending operations of earlier runs are removed."""
    begun: tuple[int, Operation] | None = None
    """A new pending operation, with its number in the run."""
    ended: int | None = None
    """The number of a pending operation that is removed."""
    substituted: tuple[Key, Entry] | None = None
    """An entry that takes the place of the one with the key."""
    dropped: Key | None = None
    """An entry that no longer exists: references to it are removed."""
    kept: Key | None = None
    """An entry that joins the finished ones unchanged."""
    removed: Key | None = None
    """An entry that leaves the state, or makes room for the finished one below."""
    finished: Entry | None = None
    """An entry that joins the finished ones; references to the removed one become its own."""


def change_document(change: Change, encode: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a change as JSON without its empty parts; `encode` converts leaves of properties."""
    document = {
        "cleared": change.cleared or None,
        "begun": change.begun
        and {"number": change.begun[0], **operation_document(change.begun[1], encode)},
        "ended": change.ended,
        "substituted": change.substituted
        and [change.substituted[0], state_document(change.substituted[1], encode)],
        "dropped": change.dropped,
        "kept": change.kept,
        "removed": change.removed,
        "finished": change.finished and state_document(change.finished, encode),
    }
    return {key: value for key, value in document.items() if value is not None}


def read_change(document: dict[str, Any], decrypt: Callable[[str], str]) -> Change:
    """Return the change of a JSON document."""
    begun, substituted = document.get("begun"), document.get("substituted")
    finished = document.get("finished")
    return Change(
        cleared=document.get("cleared", False),
        begun=begun and (begun["number"], read_operation(begun, decrypt)),
        ended=document.get("ended"),
        substituted=substituted and (_key(substituted[0]), read_entry(substituted[1], decrypt)),
        dropped=_key(document.get("dropped")),
        kept=_key(document.get("kept")),
        removed=_key(document.get("removed")),
        finished=finished and read_entry(finished, decrypt),
    )


def _key(items: Any) -> Any:
    return items and tuple(items)
