"""Kills, interruptions and locks, after which the state must stay usable."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing.offline import OfflineError
from tests.offline.toy import steps, thing
from tests.support.processes import Process, descendants, kill_plugin, list_processes, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.offline.toy import Toy

RUN = """
import sys
from pathlib import Path
from langsmith_pulumi.testing.offline.command import run
sys.exit(run(sys.argv[1], cwd=Path.cwd()))
"""


@pytest.fixture
def operations(toy: Toy) -> Iterator[BackgroundOperations]:
    """Yield a starter of operations in processes of their own, which are killed at the end."""
    started = BackgroundOperations(toy)
    yield started
    started.kill()


class BackgroundOperations:
    """Operations in processes of their own."""

    def __init__(self, toy: Toy) -> None:
        self._toy = toy
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, operation: str, until: str) -> subprocess.Popen[str]:
        """Start an operation, and return when the call of the provider has begun."""
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, operation],
            cwd=self._toy.project,
            env=self._toy.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._processes.append(process)
        wait_until((self._toy.cloud / f"{until}.began").exists)
        return process

    def kill(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()


def all_ended(processes: list[Process]) -> bool:
    return not set(processes) & set(list_processes())


def test_killed_during_a_call(toy: Toy, operations: BackgroundOperations) -> None:
    """After SIGKILL the state has the pending operation, no child is left, and up continues."""
    keep = thing("keep")
    specs = {"create": [thing("a", value="1")], "update": [thing("a", value="2")], "delete": []}
    toy.declare(keep)
    assert toy.stack().up().ok
    for operation, things in specs.items():
        toy.on_call(**{f"{operation}_a": {"wait_for": "never"}})
        toy.declare(keep, *things)
        process = operations.start("up", f"{operation}-a")
        children = descendants(process.pid)
        assert len(children) == 2
        operations.kill()
        wait_until(partial(all_ended, children))
        pending = f"{operation[:-1]}ing a"
        assert toy.pending()[-1] == pending

        toy.on_call()
        continued = toy.stack().up()
        assert continued.ok
        assert pending in continued.diagnostics[0].message
        assert f"{operation} a" in steps(continued)
        # An unfinished create may have had an effect: it stays pending until a refresh.
        assert toy.pending() == ["creating a"]
    refreshed = toy.stack().refresh()
    assert "cleared the record" in refreshed.diagnostics[0].message
    assert toy.pending() == []


@pytest.mark.parametrize(
    ("number", "operation", "call"),
    [(signal.SIGINT, "up", "create"), (signal.SIGTERM, "destroy", "delete")],
)
def test_interrupted_during_a_call(
    toy: Toy, operations: BackgroundOperations, number: signal.Signals, operation: str, call: str
) -> None:
    """The first signal ends the calls, and the message lists them and the next step."""
    toy.declare(thing("b"), thing("a", {"depends_on": ["b"]}), thing("c", {"depends_on": ["a"]}))
    assert operation == "up" or toy.stack().up().ok
    toy.calls()
    toy.on_call(**{f"{call}_a": {"wait_for": "never"}})
    process = operations.start(operation, f"{call}-a")
    process.send_signal(number)
    text, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"{call[:-1]}ing a" in text
    assert "Run `up` to continue" in text
    assert toy.pending() == [f"{call[:-1]}ing a"]
    assert toy.calls() == [f"{call} b" if operation == "up" else f"{call} c", f"{call} a"]


def test_a_dead_plugin_leaves_a_pending_operation(
    toy: Toy, operations: BackgroundOperations
) -> None:
    """If the plugin dies during a call, the operation stays pending and the message says so."""
    toy.on_call(create_a={"wait_for": "never"})
    toy.declare(thing("a"))
    process = operations.start("up", "create-a")
    text = kill_plugin(process)
    assert process.returncode == 1
    assert "the provider process ended during create of a" in text
    assert toy.pending() == ["creating a"]


def test_concurrent_operations(toy: Toy, operations: BackgroundOperations) -> None:
    """A second operation on a stack is an error that names the first; a preview is not."""
    toy.on_call(create_a={"wait_for": "go"})
    toy.declare(thing("a"))
    process = operations.start("up", "create-a")
    with pytest.raises(OfflineError, match=f"in use by process {process.pid} on "):
        toy.stack().destroy()
    assert toy.stack().preview().ok
    (toy.cloud / "go").touch()
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert toy.stack().destroy().ok


def test_a_damaged_state_is_an_error(toy: Toy) -> None:
    """A state that is not JSON is an error that names the file, which stays unchanged."""
    toy.declare()
    toy.state_file.parent.mkdir()
    toy.state_file.write_text('{"version": 3, "depl', encoding="utf-8")
    with pytest.raises(OfflineError, match=r"dev\.json is not JSON"):
        toy.stack().up()
    assert toy.state_file.read_text(encoding="utf-8").endswith("depl")
