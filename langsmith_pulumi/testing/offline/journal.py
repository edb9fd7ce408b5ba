"""The journal of an operation: its changes of the state, appended beside the checkpoint.

Writing the whole checkpoint after each step would take time that grows with the square of the
number of resources. So a step appends one line, and the checkpoint is written at the end, or at the
start of the next operation if this one was killed.

The first line names the checkpoint that the journal continues, by the hash of its file. A journal
of any other checkpoint has no meaning: it was folded in already, and its removal was cut off, or
the checkpoint was replaced by hand. Each line begins with a checksum, and a last line that was cut
off is a change that was never recorded.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from .errors import OfflineError

if TYPE_CHECKING:
    from pathlib import Path

_CHECKSUM_LENGTH = 16


class Journal:
    """The journal file of a stack; only the holder of the stack's lock writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None
        self._length = 0

    def read(self) -> tuple[str, list[Any]]:
        """Return the hash of the checkpoint that it continues, and its items; both may be empty."""
        try:
            lines = self.path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return "", []
        items = [_item(line) for line in lines]
        complete = items.index(None) if None in items else len(items)
        if any(item is not None for item in items[complete:]):
            raise OfflineError(
                f"line {complete + 1} of the journal {self.path} is damaged: restore the file from "
                "a copy, or remove it and run `refresh`. It has the steps of a run that was killed"
            )
        return (items[0]["checkpoint"], items[1:complete]) if complete else ("", [])

    def start(self, checkpoint: str) -> None:
        """Replace it by an empty one that continues the checkpoint of this hash."""
        self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._length = 0
        self.append({"checkpoint": checkpoint})
        sync_folder(self.path.parent)

    def append(self, item: Any) -> None:
        """Append an item, and return when it is on disk."""
        if self._handle is None:
            raise AssertionError("a journal is started before it is written")
        line = _line(item)
        try:
            _write_at(self._handle, self._length, line)
            os.fsync(self._handle)
        except OSError:
            with contextlib.suppress(OSError):  # else the next line overwrites it
                os.ftruncate(self._handle, self._length)
            raise
        self._length += len(line)

    def remove(self) -> None:
        """Remove the file, if there is one."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def hash_of(content: bytes) -> str:
    """Return the hash of a checkpoint's file."""
    return hashlib.sha256(content).hexdigest()


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _line(item: Any) -> bytes:
    text = json.dumps(item, separators=(",", ":")).encode()
    return _checksum(text) + b" " + text + b"\n"


def _item(line: bytes) -> Any:
    """Return the item of a line, or None if the line is cut off or damaged."""
    checksum, _, text = line.removesuffix(b"\n").partition(b" ")
    is_whole = line.endswith(b"\n") and checksum == _checksum(text)
    return json.loads(text) if is_whole else None


def _checksum(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_CHECKSUM_LENGTH].encode()


def _write_at(handle: int, offset: int, data: bytes) -> None:
    while data:
        written = os.pwrite(handle, data, offset)
        data, offset = data[written:], offset + written
