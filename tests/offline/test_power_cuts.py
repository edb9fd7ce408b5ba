"""Crashes before and after each write of the state, from which the next up recovers.

Every write passes through one of three functions (`power_cut.py`), so crashes there cover every
point: before the pending operation is recorded, before the call, before its result is recorded, and
after; while the journal is folded into the checkpoint, and before it is removed.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from tests.offline.power_cut import PowerCut
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


@pytest.mark.parametrize(
    "stride", [3, pytest.param(1, marks=pytest.mark.grid)], ids=["every third", "every"]
)
@pytest.mark.parametrize("when", ["before", "torn", "after"])
def test_power_cuts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str, stride: int
) -> None:
    """After one up the state has every live thing, except those of unrecorded creates."""
    first = Toy(tmp_path / "first")
    first.declare(*BEFORE)
    assert first.stack().up().ok
    after = when == "after"
    for at in itertools.count(1 + after, stride):
        toy = first.copy(tmp_path / f"{at}")
        toy.declare(*AFTER)
        if PowerCut(at, when).up(toy, monkeypatch):
            break  # it ended before the crash
        pending = toy.pending()
        if after and not pending:
            continue  # after a recorded result: the same as before the next write
        unsettled = [doing.split()[1] for doing in pending if doing.startswith("creating")]

        assert toy.stack().up().ok
        assert not toy.journal_file.exists()
        known = sorted(entry["id"] for entry in toy.entries().values())
        live = sorted(file.stem for file in (toy.cloud / "things").iterdir())
        lost = [id_ for id_ in live if id_ not in known]
        assert [id_ for id_ in known if id_ not in live] == []
        assert [id_.rsplit("-", 1)[0] for id_ in lost] in ([], unsettled), at
        assert toy.entries().keys() == {"u", "new", "r", "d", "user"}
    assert at > 15
