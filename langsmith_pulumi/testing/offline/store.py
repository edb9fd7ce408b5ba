"""The state file of a stack: written atomically, continued by a journal, locked during operations.

POSIX only: the lock is `flock`, which the system releases when its holder ends for any reason.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import OfflineError, StackLockedError
from .journal import Journal, hash_of, sync_folder
from .state import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ".pulumi-offline"


@dataclass(frozen=True)
class StoredState:
    """What is on disk of a stack's state."""

    document: dict[str, Any] | None
    """The checkpoint, an exported state, or None if the stack has none yet."""
    hash: str = ""
    """The hash of the checkpoint's file."""
    journal: list[Any] = field(default_factory=list)
    """The items that a journal adds to the checkpoint."""
    has_journal: bool = False
    """True if there is a journal, perhaps of another checkpoint."""


class StateFile:
    """The state file of one stack, in a folder such as the project's `.pulumi-offline/`."""

    def __init__(self, folder: Path, stack: str) -> None:
        self.path: Path = folder / f"{stack}.json"
        self.journal: Journal = Journal(self.path.with_suffix(".journal"))
        self._stack = stack

    def read(self) -> StoredState:
        """Return the stored state; without the lock it may be that of a moment before."""
        # The journal first: when an operation ends meanwhile, the newer checkpoint contains it.
        continued, items = self.journal.read()
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return StoredState(None)
        hash_ = hash_of(content)
        items = items if continued == hash_ else []
        return StoredState(self._parse(content), hash_, items, bool(continued))

    def write(self, document: dict[str, Any]) -> str:
        """Replace the state file, and return its hash when it is on disk; remove the journal."""
        self._make_folder()
        content = json.dumps(document, indent=1).encode()
        fresh = self.path.with_suffix(".new")  # only the holder of the lock writes
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        sync_folder(self.path.parent)
        self.journal.remove()
        return hash_of(content)

    def _parse(self, content: bytes) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(content)
        except ValueError as broken:
            raise OfflineError(
                f"the state in {self.path} is not JSON ({broken}): restore it from a copy; the "
                "engine replaces the file in one step, so something else has written to it"
            ) from broken
        return document

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the stack; raise `StackLockedError` without waiting if another process holds it."""
        self._make_folder()
        with self.path.with_suffix(".lock").open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as held:
                file.seek(0)
                raise StackLockedError(self._held_by(file.read())) from held
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()} since {now()}")
            file.flush()
            yield

    def _held_by(self, holder: str) -> str:
        return (
            f"the stack '{self._stack}' is in use by {holder or 'another process'}: wait until it "
            f"is done, or stop that process (the lock is {self.path.with_suffix('.lock')})"
        )

    def _make_folder(self) -> None:
        folder = self.path.parent
        folder.mkdir(parents=True, exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
