"""Ending processes as a machine does that loses power: all at once, without a word."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT_SECONDS = 60.0
"""Seconds until a test gives up on what should have happened long ago."""


def wait_until(
    condition: Callable[[], bool], list_processes: subprocess.Popen[str] | None = None
) -> None:
    """Wait for a state of the world, which the running process, if any, brings about."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert list_processes is None or list_processes.poll() is None, (
            list_processes.communicate()[0]
        )
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def kill_tree(process: subprocess.Popen[str]) -> None:
    """Kill a process and all its descendants, whatever sessions they are in."""
    _kill([process.pid, *(one.pid for one in descendants(process.pid))])
    process.wait()


def kill_plugin(process: subprocess.Popen[str]) -> str:
    """Kill the provider's process alone, as a machine does that runs out of memory.

    The engine then ends by itself; returns what it printed.
    """
    plugins = [one.pid for one in descendants(process.pid) if one.is_plugin]
    assert plugins
    _kill(plugins)
    return process.communicate(timeout=TIMEOUT_SECONDS)[0]


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@dataclass(frozen=True)
class Process:
    """A process that has not ended."""

    pid: int
    parent: int
    command: str

    @property
    def is_plugin(self) -> bool:
        """Whether the SDK serves a provider in it."""
        return "run_plugin.py" in self.command or "pulumi.dynamic" in self.command


def descendants(pid: int) -> list[Process]:
    """Return all descendants of a process."""
    processes = list_processes()
    found = [one for one in processes if one.parent == pid]
    for ancestor in found:
        found += [one for one in processes if one.parent == ancestor.pid]
    return found


def list_processes() -> list[Process]:
    """All processes but zombies."""
    listing = ["ps", "-ww", "-A", "-o", "pid=,ppid=,stat=,command="]
    output = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    rows = (line.split(None, 3) for line in output.splitlines())
    return [
        Process(int(pid), int(parent), *command)
        for pid, parent, state, *command in rows
        if command and not state.startswith("Z")
    ]
