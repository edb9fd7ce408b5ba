"""The recording of an operation's changes in the journal, which is folded in at the end."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from .changes import change_document
from .snapshot import Snapshot
from .state import secret_encoder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .changes import Change
    from .stack_context import StackContext


class Recording:
    """The writer of the changes of one operation."""

    def __init__(self, context: StackContext) -> None:
        self._context = context
        self._encode = secret_encoder(context.crypter.encrypt)
        self._base = context.base
        self.has_started: bool = False
        if context.has_journal:  # of an operation that was killed
            self._write_base()

    def append(self, changes: list[Change]) -> None:
        """Append changes to the journal, and return when they are on disk."""
        if not self.has_started:
            self._start()
        self._context.file.journal.append([change_document(one, self._encode) for one in changes])

    def _start(self) -> None:
        if not self._base:
            self._write_base()
        self._context.file.journal.start(self._base)
        self.has_started = True

    def _write_base(self) -> None:
        # A journal has no salt of its own, so it continues a state that is encrypted with it.
        self._base = self._context.save(self._context.checkpoint)


@contextlib.contextmanager
def recorded(context: StackContext) -> Iterator[Snapshot]:
    """Yield the state of an operation whose changes are recorded; fold them in at its end."""
    recording = Recording(context)
    snapshot = Snapshot(context.checkpoint, recording.append)
    try:
        yield snapshot
    finally:
        final = snapshot.close()
        if final and recording.has_started:
            context.save(final)
        context.file.journal.close()
