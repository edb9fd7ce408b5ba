"""The journal beside the checkpoint: what an operation writes, and what is read after a kill."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.offline import OfflineError
from langsmith_pulumi.testing.offline.journal import Journal
from langsmith_pulumi.testing.offline.store import StateFile
from tests.offline.power_cut import PowerCut
from tests.offline.toy import Toy, steps, thing

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-7f3a"
_END_OF_B = 10
"""The number of the write that says that `b` was created.

Before it: the checkpoint with the removal of an old journal, the first line, the beginning and end
of the stack, the provider, beginning and end of `a`, the beginning of `b`.
"""


@pytest.fixture
def killed(toy: Toy, monkeypatch: pytest.MonkeyPatch) -> Toy:
    """Return a toy whose first up was killed after it had created `a` and during `b`."""
    toy.declare(thing("a", secret={"hidden": CANARY}), thing("b", {"depends_on": ["a"]}))
    assert not PowerCut(_END_OF_B, "before").up(toy, monkeypatch)
    assert toy.journal_file.exists()
    return toy


def test_all_that_reads_the_state_reads_the_journal(killed: Toy) -> None:
    """An export, a preview and the next operation know what the journal has; that one folds it."""
    assert (list(killed.entries()), killed.pending()) == (["a"], ["creating b"])
    assert steps(killed.stack().preview()) == ["create b"]
    assert killed.journal_file.exists()
    checkpoint = json.loads(killed.state_file.read_text(encoding="utf-8"))
    assert checkpoint["deployment"]["resources"] == []

    assert killed.stack().refresh().ok
    assert (list(killed.entries()), killed.pending()) == (["a"], [])
    assert not killed.journal_file.exists()
    assert steps(killed.stack().up()) == ["create b"]


def test_a_journal_is_folded_by_an_operation_without_changes(killed: Toy) -> None:
    """It does not stay until something changes."""
    killed.declare(thing("a", secret={"hidden": CANARY}))
    assert steps(killed.stack().up()) == []
    assert not killed.journal_file.exists()
    assert (list(killed.entries()), killed.pending()) == (["a"], ["creating b"])


@pytest.mark.parametrize("when", ["before", "torn", "after"])
def test_a_power_cut_while_a_journal_is_folded(
    killed: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """A second cut, at the fold, the removal, or the first line of a new journal, loses nothing."""
    for at in (1, 2, 3):
        toy = killed.copy(tmp_path / f"{at}")
        assert not PowerCut(at, when).up(toy, monkeypatch)
        assert (list(toy.entries()), toy.pending()) == (["a"], ["creating b"])
        assert steps(toy.stack().up()) == ["create b"]


def test_the_journal_has_no_secret_in_clear(killed: Toy) -> None:
    """Secrets are encrypted as in the checkpoint, by the same passphrase."""
    assert "ciphertext" in killed.journal_file.read_text(encoding="utf-8")
    for file in killed.state_file.parent.iterdir():
        assert CANARY not in file.read_text(encoding="utf-8")
    killed.environ["PULUMI_CONFIG_PASSPHRASE"] = "another"
    with pytest.raises(OfflineError, match="does not open this stack's secrets"):
        killed.stack().preview()


def test_a_journal_of_another_checkpoint_is_ignored(killed: Toy) -> None:
    """A journal that was folded in already, and could not be removed, changes nothing."""
    journal = killed.journal_file.read_bytes()
    assert killed.stack().refresh().ok
    assert killed.stack().destroy().ok
    killed.journal_file.write_bytes(journal)
    assert (killed.entries(), killed.pending()) == ({}, [])
    assert steps(killed.stack().up()) == ["create a", "create b"]
    assert not killed.journal_file.exists()


@pytest.mark.parametrize("line", [0, 2])
def test_a_damaged_journal_is_an_error(killed: Toy, line: int) -> None:
    """Only the last line may be cut off; the error names another damaged one, and the file."""
    lines = killed.journal_file.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"', b"'", 1)
    killed.journal_file.write_bytes(b"".join(lines))
    with pytest.raises(OfflineError, match=rf"line {line + 1} of the journal .*dev\.journal"):
        killed.stack().up()
    assert killed.journal_file.read_bytes() == b"".join(lines)


def test_a_full_disk_damages_nothing(killed: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that could not be written whole is overwritten by the next one."""
    assert killed.stack().refresh().ok
    journal = Journal(killed.journal_file)
    journal.start("abc")
    journal.append(1)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", _fail)
        with pytest.raises(OSError, match="no space"):
            journal.append("long" * 100)
    journal.append(2)
    journal.close()
    assert Journal(killed.journal_file).read() == ("abc", [1, 2])


def _fail(_handle: int) -> None:
    raise OSError("no space left on device")


def test_what_is_written_grows_linearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the things: the checkpoint is written as often, and the journal grows as much."""
    few, many = (written(tmp_path / str(n), n, monkeypatch) for n in (5, 20))
    assert [kind for kind, _ in few if kind == "checkpoint"] == ["checkpoint"] * 2
    assert [kind for kind, _ in many if kind == "checkpoint"] == ["checkpoint"] * 2
    assert sum(size for _, size in many) < 4 * sum(size for _, size in few)


def written(folder: Path, count: int, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return the kind and size of each write of an `up` of some new things."""
    toy, found = Toy(folder), list[tuple[str, int]]()
    toy.declare(*[thing(f"thing-{n:02}") for n in range(count)])
    write, append = StateFile.write, Journal.append

    def count_write(file: StateFile, document: Any) -> str:
        found.append(("checkpoint", len(json.dumps(document))))
        return write(file, document)

    def count_append(journal: Journal, item: Any) -> None:
        found.append(("line", len(json.dumps(item))))
        append(journal, item)

    with monkeypatch.context() as patch:
        patch.setattr(StateFile, "write", count_write)
        patch.setattr(Journal, "append", count_append)
        assert toy.stack().up().ok
    return found
