"""Crashes before and after each write of the state, from which the next up recovers.

Every write passes through one function, so a crash there covers every point: before the pending
operation is recorded, before the call, before its result is recorded, and after.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.offline.errors import CutOffError
from langsmith_pulumi.testing.offline.store import StateFile
from tests.offline.toy import Toy, thing

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = [
    thing("u", value="1"),
    thing("r", {"depends_on": ["u"]}, kind="1"),
    thing("d", {"depends_on": ["r"]}, kind="1", first=True),
    thing("user", kind={"ref": ["d", "id"]}),
    thing("gone", {"depends_on": ["user"]}),
]
AFTER = [
    thing("u", value="2"),
    thing("new", {"depends_on": ["u"]}),
    thing("r", {"depends_on": ["new"]}, kind="2"),
    thing("d", {"depends_on": ["r"]}, kind="2", first=True),
    thing("user", kind={"ref": ["d", "id"]}),
]


class PowerCut:
    """A replacement of `StateFile.write` that fails from a certain write on."""

    def __init__(self, at: int, *, after: bool) -> None:
        self._at, self._after = at, after
        self._write = StateFile.write
        self.count = 0

    def __call__(self, file: StateFile, document: dict[str, Any]) -> None:
        self.count += 1
        if self.count < self._at or (self.count == self._at and self._after):
            self._write(file, document)
        if self.count >= self._at:
            raise CutOffError("the power is cut")


@pytest.mark.parametrize(
    "stride", [3, pytest.param(1, marks=pytest.mark.grid)], ids=["every third", "every"]
)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_power_cuts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool, stride: int
) -> None:
    """After one up the state has every live thing, except those of unrecorded creates."""
    first = Toy(tmp_path / "first")
    first.declare(*BEFORE)
    assert first.stack().up().ok
    for at in itertools.count(1 + after, stride):
        toy = first.copy(tmp_path / f"{at}")
        toy.declare(*AFTER)
        with monkeypatch.context() as patch:
            cut = PowerCut(at, after=after)
            patch.setattr(StateFile, "write", lambda f, d, cut=cut: cut(f, d))
            if toy.stack().up().ok:
                break  # it ended before the crash
        if after and not toy.pending():
            continue  # after a recorded result: the same as before the next write
        unsettled = [doing.split()[1] for doing in toy.pending() if doing.startswith("creating")]

        assert toy.stack().up().ok
        known = sorted(entry["id"] for entry in toy.entries().values())
        live = sorted(file.stem for file in (toy.cloud / "things").iterdir())
        lost = [id_ for id_ in live if id_ not in known]
        assert [id_ for id_ in known if id_ not in live] == []
        assert [id_.rsplit("-", 1)[0] for id_ in lost] in ([], unsettled), at
        assert toy.entries().keys() == {"u", "new", "r", "d", "user"}
    assert at > 15
