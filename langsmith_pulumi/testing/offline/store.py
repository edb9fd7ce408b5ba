"""The state file of a stack: written atomically, and locked during operations.

POSIX only: the lock is `flock`, which the system releases when its holder ends for any reason.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from typing import TYPE_CHECKING, Any

from .errors import OfflineError, StackLockedError
from .state import now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ".pulumi-offline"


class StateFile:
    """The state file of one stack, under the project's `.pulumi-offline/`."""

    def __init__(self, project_dir: Path, stack: str) -> None:
        self.path = project_dir / FOLDER / f"{stack}.json"
        self._stack = stack

    def read(self) -> dict[str, Any] | None:
        """Return the exported state, or None if the stack has none yet."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        try:
            document: dict[str, Any] = json.loads(text)
        except ValueError as broken:
            raise OfflineError(
                f"the state in {self.path} is not JSON ({broken}): restore it from a copy; the "
                "engine replaces the file in one step, so something else has written to it"
            ) from broken
        return document

    def write(self, document: dict[str, Any]) -> None:
        """Replace the state file, and return when it is on disk."""
        self._make_folder()
        fresh = self.path.with_suffix(".new")  # only the holder of the lock writes
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        _sync_folder(self.path.parent)

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


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
