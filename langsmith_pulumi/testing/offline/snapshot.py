"""The state during an operation: every change is recorded on disk before its step ends."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from .changes import Change
from .entries import Entries, key_of
from .errors import CutOffError
from .integrity import require_no_problems
from .state import Checkpoint, Entry, Operation, entry_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .entries import Key


class Snapshot:
    """The entries of a stack during one operation; safe to use from several threads.

    `record` gets the changes and returns when they are on disk.
    """

    def __init__(self, base: Checkpoint, record: Callable[[list[Change]], None]) -> None:
        self._lock = threading.RLock()
        self._entries = Entries(base.entries)
        # A create that an earlier run did not finish may have had an effect: `refresh` clears it.
        earlier = [operation for operation in base.pending if operation.kind == "creating"]
        self._pending = dict(enumerate(earlier))
        self._numbers = {operation: number for number, operation in self._pending.items()}
        self._record = record
        self._unrecorded: list[Change] = []
        self._error: Exception | None = None

    @property
    def checkpoint(self) -> Checkpoint:
        """Return the current checkpoint."""
        with self._lock:
            return Checkpoint(self._entries.all, list(self._pending.values()))

    @property
    def remaining(self) -> list[Entry]:
        """Return the entries that this run has not processed."""
        with self._lock:
            return self._entries.remaining

    def old(self, urn: str) -> Entry | None:
        """Return the unprocessed entry of the URN that is not marked for deletion, or None."""
        with self._lock:
            return self._entries.live_remaining(urn)

    def current(self, urn: str) -> Entry | None:
        """Return the entry of the URN that is not marked for deletion, or None."""
        with self._lock:
            return self._entries.live(urn)

    def dependents(self, urn: str) -> list[Entry]:
        """Return the unprocessed entries that need a URN, directly or indirectly, in order."""
        with self._lock:
            return self._entries.dependents(urn)

    def begin(self, kind: str, entry: Entry) -> Operation:
        """Record the start of a call as a pending operation."""
        operation = Operation(entry, kind)
        with self._lock:
            self._write(Change(begun=(len(self._numbers), operation)))
        return operation

    def fail(self, operation: Operation) -> None:
        """Record that the call had no effect."""
        with self._lock:
            self._write(Change(ended=self._numbers[operation]))

    def succeed(self, operation: Operation, *, old: Entry | None, new: Entry | None) -> None:
        """Record the effect of a call: replace the old entry by the new one."""
        with self._lock:
            self._write(
                Change(ended=self._numbers[operation], removed=_optional_key(old), finished=new)
            )

    def keep(self, old: Entry | None, new: Entry) -> None:
        """Finish an entry that needs no call; write only if it differs from the old one."""
        with self._lock:
            current = old and self._entries.get(key_of(old))
            if current and _comparable(current) == _comparable(new):
                self._apply(Change(kept=key_of(current)))
            else:
                self._write(Change(removed=_optional_key(old), finished=new))

    def amend(self, old: Entry, operation: Operation | None = None, **changes: Any) -> None:
        """Change some fields of an entry in place; write only if they differ.

        The current entry is changed, because another thread may have repaired references in it.
        """
        with self._lock:
            current = self._entries.get(key_of(old)) or old
            new = current.copy_with(**changes)
            ended = self._numbers[operation] if operation else None
            if operation or _comparable(current) != _comparable(new):
                self._write(Change(ended=ended, substituted=(key_of(old), new)))

    def supersede(self, operation: Operation, *, old: Entry, new: Entry) -> None:
        """Record the replacement of an entry, which stays, marked for deletion."""
        with self._lock:
            current = self._entries.get(key_of(old)) or old
            marked = key_of(old), current.copy_with(delete=True)
            ended = self._numbers[operation]
            self._write(Change(ended=ended, substituted=marked, finished=new))

    def drop(self, removed: Entry) -> None:
        """Remove an entry that no longer exists, and every reference to it."""
        with self._lock:
            self._write(Change(dropped=key_of(removed)))

    def clear_pending(self) -> None:
        """Remove the pending operations of earlier runs."""
        with self._lock:
            self._write(Change(cleared=True))

    def close(self) -> Checkpoint | None:
        """Refuse further changes; return the final checkpoint, or None after a failed change.

        A call that ends later than its operation stays pending.
        """
        with self._lock:
            failed = self._error is not None
            self._error = self._error or CutOffError("the operation is over")
            return None if failed else self.checkpoint

    def replay(self, changes: Iterable[Change]) -> None:
        """Apply the changes of a journal."""
        with self._lock:
            for change in changes:
                self._apply(change)

    def _write(self, change: Change) -> None:
        if self._error:
            raise self._error
        self._apply(change)
        try:
            require_no_problems(self._entries.new_problems())
        except Exception as error:
            self._error = error  # what follows would build on a damaged state
            raise
        self._record(self._unrecorded)
        self._unrecorded = []  # after an error of the disk they are in the next record

    def _apply(self, change: Change) -> None:
        self._unrecorded.append(change)
        self._apply_to_pending(change)
        if change.substituted:
            self._entries.substitute(*change.substituted)
        if change.dropped:
            self._entries.drop(change.dropped)
        if change.kept and (kept := self._entries.get(change.kept)):
            self._entries.remove(change.kept)
            self._entries.finish(kept)
        if change.removed:
            self._entries.remove(change.removed)
        if change.finished:
            self._entries.finish(change.finished)
        if change.removed and change.finished and change.removed[0] != change.finished.urn:
            self._entries.rename(change.removed[0], change.finished.urn)

    def _apply_to_pending(self, change: Change) -> None:
        if change.cleared:
            self._pending.clear()
        if change.begun:
            number, operation = change.begun
            self._pending[number] = operation
            self._numbers[operation] = number
        if change.ended is not None:
            self._pending.pop(change.ended, None)


def with_changes(checkpoint: Checkpoint, changes: list[Change]) -> Checkpoint:
    """Return a checkpoint with the changes of its journal."""
    if not changes:
        return checkpoint
    snapshot = Snapshot(checkpoint, lambda _: None)
    snapshot.replay(changes)
    return snapshot.checkpoint


def _comparable(entry: Entry) -> dict[str, object]:
    # A change of the other fields alone is not written.
    return entry_document(entry.copy_with(created="", modified="", rest={}), lambda leaf: leaf)


def _optional_key(entry: Entry | None) -> Key | None:
    return key_of(entry) if entry else None
