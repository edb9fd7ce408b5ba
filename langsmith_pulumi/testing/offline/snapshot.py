"""The state during an operation: every change is written to disk before its step ends.

Entries that this run has finished come first, in the order of completion, and then those that
remain, in their old order. So every entry follows its dependencies at any moment.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .integrity import require_integrity, with_renamed_references, without_references
from .state import Checkpoint, Entry, Operation, entry_document

if TYPE_CHECKING:
    from collections.abc import Callable


class Snapshot:
    """The entries of a stack during one operation; safe to use from several threads."""

    def __init__(self, base: Checkpoint, save: Callable[[Checkpoint], None]) -> None:
        self._lock = threading.RLock()
        self._done: list[Entry] = []
        self._base = list(base.entries)
        # A create that an earlier run did not finish may have had an effect: `refresh` clears it.
        self._pending = [operation for operation in base.pending if operation.kind == "creating"]
        self._save = save

    @property
    def checkpoint(self) -> Checkpoint:
        """Return the current checkpoint."""
        with self._lock:
            return Checkpoint([*self._done, *self._base], list(self._pending))

    @property
    def remaining(self) -> list[Entry]:
        """Return the entries that this run has not processed."""
        with self._lock:
            return list(self._base)

    def old(self, urn: str) -> Entry | None:
        """Return the unprocessed entry of the URN that is not marked for deletion, or None."""
        return next((e for e in self.remaining if e.urn == urn and not e.delete), None)

    def current(self, urn: str) -> Entry | None:
        """Return the entry of the URN that is not marked for deletion, or None."""
        entries = self.checkpoint.entries
        return next((entry for entry in entries if entry.urn == urn and not entry.delete), None)

    def begin(self, kind: str, entry: Entry) -> Operation:
        """Record the start of a call as a pending operation."""
        operation = Operation(entry, kind)
        with self._lock:
            self._pending.append(operation)
            self._write()
        return operation

    def fail(self, operation: Operation) -> None:
        """Record that the call had no effect."""
        with self._lock:
            self._pending.remove(operation)
            self._write()

    def succeed(self, operation: Operation | None, *, old: Entry | None, new: Entry | None) -> None:
        """Record the effect of a call: replace the old entry by the new one."""
        with self._lock:
            if operation:
                self._pending.remove(operation)
            self._move(old, new)
            self._write()

    def keep(self, old: Entry | None, new: Entry) -> None:
        """Finish an entry that needs no call; write only if it differs from the old one."""
        with self._lock:
            self._move(old, new)
            if old is None or _comparable(old) != _comparable(new):
                self._write()

    def amend(self, old: Entry, operation: Operation | None = None, **changes: Any) -> None:
        """Change some fields of an entry in place; write only if they differ.

        The current entry is changed, because another thread may have repaired references in it.
        """
        with self._lock:
            before = _comparable(old)
            self._change(old, changes)
            if operation:
                self._pending.remove(operation)
            if operation or _comparable(old.copy_with(**changes)) != before:
                self._write()

    def supersede(self, operation: Operation, *, old: Entry, new: Entry) -> None:
        """Record the replacement of an entry, which stays, marked for deletion."""
        with self._lock:
            self._change(old, {"delete": True})
            self.succeed(operation, old=None, new=new)

    def drop(self, removed: Entry) -> None:
        """Remove an entry that no longer exists, and every reference to it."""
        with self._lock:
            kept = [entry for entry in self._base if not _is_same(entry, removed)]
            self._base = without_references(kept, removed)
            self._write()

    def clear_pending(self) -> None:
        """Remove the pending operations of earlier runs."""
        with self._lock:
            self._pending = []
            self._write()

    def _change(self, old: Entry, changes: dict[str, Any]) -> None:
        def changed(entry: Entry) -> Entry:
            return entry.copy_with(**changes) if _is_same(entry, old) else entry

        self._done = [changed(entry) for entry in self._done]
        self._base = [changed(entry) for entry in self._base]

    def _move(self, old: Entry | None, new: Entry | None) -> None:
        self._done = [entry for entry in self._done if not _is_same(entry, old)]
        self._base = [entry for entry in self._base if not _is_same(entry, old)]
        if new:
            self._done.append(new)
        if old and new and old.urn != new.urn:  # renamed by an alias
            self._base = [with_renamed_references(entry, old.urn, new.urn) for entry in self._base]

    def _write(self) -> None:
        checkpoint = self.checkpoint
        require_integrity(checkpoint)
        self._save(checkpoint)


def _comparable(entry: Entry) -> dict[str, object]:
    # A change of the other fields alone is not written.
    return entry_document(entry.copy_with(created="", modified="", rest={}), lambda leaf: leaf)


def _is_same(one: Entry, other: Entry | None) -> bool:
    # Not by identity: a rename copies the entries that refer to the renamed one.
    return other is not None and _key(one) == _key(other)


def _key(entry: Entry) -> tuple[str, str, bool]:
    return entry.urn, entry.id, entry.delete
