"""Kills, interruptions and locks: whatever happens, the state stays usable."""

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
from tests.support.processes import Running, descendants, kill_plugin, running, wait_until

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
def begun(toy: Toy) -> Iterator[Begun]:
    """Starts operations in processes of their own; ends what a failed test leaves behind."""
    started = Begun(toy)
    yield started
    started.kill()


class Begun:
    def __init__(self, toy: Toy) -> None:
        self._toy = toy
        self._processes: list[subprocess.Popen[str]] = []

    def __call__(self, operation: str, until: str) -> subprocess.Popen[str]:
        """Start an operation; returns when a provider's call has begun."""
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


def have_ended(processes: list[Running]) -> bool:
    return not set(processes) & set(running())


def test_killed_during_a_call(toy: Toy, begun: Begun) -> None:
    """After SIGKILL the state tells what was under way, no child is left, and up goes on."""
    keep = thing("keep")
    specs = {"create": [thing("a", value="1")], "update": [thing("a", value="2")], "delete": []}
    toy.declare(keep)
    assert toy.stack().up().ok
    for operation, things in specs.items():
        toy.order(**{f"{operation}_a": {"wait_for": "never"}})
        toy.declare(keep, *things)
        process = begun("up", f"{operation}-a")
        children = descendants(process.pid)
        assert len(children) == 2
        begun.kill()
        wait_until(partial(have_ended, children))
        doing = f"{operation[:-1]}ing a"
        assert toy.pending()[-1] == doing

        toy.order()
        went_on = toy.stack().up()
        assert went_on.ok
        assert doing in went_on.diagnostics[0].message
        assert f"{operation} a" in steps(went_on)
        # What was being created may exist: the record stays until somebody has looked.
        assert toy.pending() == ["creating a"]
    looked = toy.stack().refresh()
    assert "cleared the record" in looked.diagnostics[0].message
    assert toy.pending() == []


@pytest.mark.parametrize(
    ("number", "operation", "call"),
    [(signal.SIGINT, "up", "create"), (signal.SIGTERM, "destroy", "delete")],
)
def test_interrupted_during_a_call(
    toy: Toy, begun: Begun, number: signal.Signals, operation: str, call: str
) -> None:
    """The first signal ends waits at once, says what was under way, and how to go on."""
    toy.declare(thing("b"), thing("a", {"depends_on": ["b"]}), thing("c", {"depends_on": ["a"]}))
    assert operation == "up" or toy.stack().up().ok
    toy.calls()
    toy.order(**{f"{call}_a": {"wait_for": "never"}})
    process = begun(operation, f"{call}-a")
    process.send_signal(number)
    text, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert f"{call[:-1]}ing a" in text
    assert "Run `up` to go on" in text
    assert toy.pending() == [f"{call[:-1]}ing a"]
    assert toy.calls() == [f"{call} b" if operation == "up" else f"{call} c", f"{call} a"]


def test_a_dead_plugin_leaves_the_record(toy: Toy, begun: Begun) -> None:
    """When the plugin dies, whether the call took effect is not known, and that is what is said."""
    toy.order(create_a={"wait_for": "never"})
    toy.declare(thing("a"))
    process = begun("up", "create-a")
    text = kill_plugin(process)
    assert process.returncode == 1
    assert "the provider process ended during create of a" in text
    assert toy.pending() == ["creating a"]


def test_two_at_once(toy: Toy, begun: Begun) -> None:
    """A second operation on a stack is refused with the holder's name; previews are not."""
    toy.order(create_a={"wait_for": "go"})
    toy.declare(thing("a"))
    process = begun("up", "create-a")
    with pytest.raises(OfflineError, match=f"in use by process {process.pid} on "):
        toy.stack().destroy()
    assert toy.stack().preview().ok
    (toy.cloud / "go").touch()
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert toy.stack().destroy().ok


def test_a_damaged_state_is_refused(toy: Toy) -> None:
    """A state that is no JSON, or whose integrity is broken, is named and left alone."""
    toy.declare()
    toy.state_file.parent.mkdir()
    toy.state_file.write_text('{"version": 3, "depl', encoding="utf-8")
    with pytest.raises(OfflineError, match=r"dev\.json is no JSON"):
        toy.stack().up()
    assert toy.state_file.read_text(encoding="utf-8").endswith("depl")
