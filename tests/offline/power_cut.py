"""A power cut at a certain write of the state, after which nothing more reaches the disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.testing.offline.errors import CutOffError
from langsmith_pulumi.testing.offline.journal import Journal
from langsmith_pulumi.testing.offline.store import StateFile

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.offline.toy import Toy


class PowerCut:
    """Replaces all that writes: the checkpoint, a line of the journal, and its removal.

    The cut comes before the write of the number `at`, after it, or in the middle of it ("torn").
    """

    def __init__(self, at: int, when: str) -> None:
        self._at, self._when = at, when
        self._count = 0

    def up(self, toy: Toy, monkeypatch: pytest.MonkeyPatch) -> bool:
        """Run `up` with the cut, and return True if it ended before."""
        with monkeypatch.context() as patch:
            patch.setattr(StateFile, "write", self._replace(StateFile.write, _tear_checkpoint))
            patch.setattr(Journal, "append", self._replace(Journal.append, _tear_line))
            patch.setattr(Journal, "remove", self._replace(Journal.remove, lambda *_: None))
            try:
                return toy.stack().up().ok
            except CutOffError:  # of the write at the end
                return False

    def _replace(self, write: Callable[..., Any], tear: Callable[..., None]) -> Callable[..., Any]:
        def replaced(file: StateFile | Journal, *given: Any) -> Any:
            self._count += 1
            if self._count < self._at:
                return write(file, *given)
            if self._count == self._at and self._when != "before":
                (write if self._when == "after" else tear)(file, *given)
            raise CutOffError("the power is cut")

        return replaced


_append = Journal.append


def _tear_checkpoint(file: StateFile, _document: Any) -> None:
    file.path.parent.mkdir(exist_ok=True)
    file.path.with_suffix(".new").write_text('{"version": 3, "depl', encoding="utf-8")


def _tear_line(journal: Journal, item: Any) -> None:
    before = journal.path.stat().st_size
    _append(journal, item)
    os.truncate(journal.path, (before + journal.path.stat().st_size) // 2)
