"""The state while it changes: every change is on disk before anybody is told of it.

What this run has settled comes first, in the order of completion; behind it stands what the run
has not come to yet, in its old order. So everything stands behind what it needs at any moment.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .integrity import refuse_if_broken, renamed, repaired
from .state import Checkpoint, Entry, Operation, entry_document

if TYPE_CHECKING:
    from collections.abc import Callable


class Snapshot:
    """The entries of a stack during one operation; safe to use from several threads."""

    def __init__(self, base: Checkpoint, save: Callable[[Checkpoint], None]) -> None:
        self._lock = threading.RLock()
        self._settled: list[Entry] = []
        self._base = list(base.entries)
        # What was being created when an earlier run died may exist: kept until somebody looks.
        self._pending = [operation for operation in base.pending if operation.kind == "creating"]
        self._save = save

    @property
    def checkpoint(self) -> Checkpoint:
        """Everything as it stands."""
        with self._lock:
            return Checkpoint([*self._settled, *self._base], list(self._pending))

    @property
    def unsettled(self) -> list[Entry]:
        """What this run has not come to yet."""
        with self._lock:
            return list(self._base)

    def old(self, urn: str) -> Entry | None:
        """The entry an earlier run has left for the URN, those marked for deletion aside."""
        return next((e for e in self.unsettled if e.urn == urn and not e.delete), None)

    def current(self, urn: str) -> Entry | None:
        """The newest entry of the URN."""
        entries = self.checkpoint.entries
        return next((entry for entry in entries if entry.urn == urn and not entry.delete), None)

    def begin(self, kind: str, entry: Entry) -> Operation:
        """Record that a call is about to be made."""
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

    def succeed(self, operation: Operation | None, *, out: Entry | None, new: Entry | None) -> None:
        """Record the effect of a call: one entry leaves, another one comes."""
        with self._lock:
            if operation:
                self._pending.remove(operation)
            self._move(out, new)
            self._write()

    def keep(self, old: Entry | None, new: Entry) -> None:
        """Settle an entry that needs no call; written only if it differs from the old one."""
        with self._lock:
            self._move(old, new)
            if old is None or _told(old) != _told(new):
                self._write()

    def amend(self, old: Entry, operation: Operation | None = None, **changes: Any) -> None:
        """Change some fields of an entry where it stands; written only if that makes a difference.

        The entry is the one that stands now: another thread may have repaired it meanwhile.
        """
        with self._lock:
            before = _told(old)
            self._change(old, changes)
            if operation:
                self._pending.remove(operation)
            if operation or _told(old.but(**changes)) != before:
                self._write()

    def supersede(self, operation: Operation, *, old: Entry, new: Entry) -> None:
        """Record that a successor was created; the old one stays, marked for deletion."""
        with self._lock:
            self._change(old, {"delete": True})
            self.succeed(operation, out=None, new=new)

    def drop(self, gone: Entry) -> None:
        """Take out an entry that no longer exists, and every reference to it."""
        with self._lock:
            kept = [entry for entry in self._base if not _is(entry, gone)]
            self._base = repaired(kept, gone)
            self._write()

    def forget_pending(self) -> None:
        """Clear the records that earlier runs have left."""
        with self._lock:
            self._pending = []
            self._write()

    def _change(self, old: Entry, changes: dict[str, Any]) -> None:
        def changed(entry: Entry) -> Entry:
            return entry.but(**changes) if _is(entry, old) else entry

        self._settled = [changed(entry) for entry in self._settled]
        self._base = [changed(entry) for entry in self._base]

    def _move(self, out: Entry | None, new: Entry | None) -> None:
        self._settled = [entry for entry in self._settled if not _is(entry, out)]
        self._base = [entry for entry in self._base if not _is(entry, out)]
        if new:
            self._settled.append(new)
        if out and new and out.urn != new.urn:  # found by an alias
            self._base = [renamed(entry, out.urn, new.urn) for entry in self._base]

    def _write(self) -> None:
        checkpoint = self.checkpoint
        refuse_if_broken(checkpoint)
        self._save(checkpoint)


def _told(entry: Entry) -> dict[str, object]:
    # A change of the rest alone is not worth a write.
    return entry_document(entry.but(created="", modified="", rest={}), lambda leaf: leaf)


def _is(one: Entry, other: Entry | None) -> bool:
    # Not by identity: a renaming rebuilds the entries that refer to the renamed one.
    return other is not None and _key(one) == _key(other)


def _key(entry: Entry) -> tuple[str, str, bool]:
    return entry.urn, entry.id, entry.delete
