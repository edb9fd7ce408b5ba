"""Ending processes as a machine does that loses power: all at once, without a word."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

PATIENCE = 60.0
"""Seconds until a test gives up on what should have happened long ago."""


def wait_until(holds: Callable[[], bool], running: subprocess.Popen[str]) -> None:
    """Wait for a state of the world that the running process brings about."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert running.poll() is None, running.communicate()[0]
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def kill_tree(process: subprocess.Popen[str]) -> None:
    """Kill a process and all its descendants, whatever sessions they are in."""
    _kill(_family(process))
    process.wait()


def kill_plugin(process: subprocess.Popen[str]) -> None:
    """Kill the provider's process alone, as a machine does that runs out of memory.

    The engine then ends by itself.
    """
    plugins = [pid for pid in _family(process) if _is_plugin(pid)]
    assert plugins
    _kill(plugins)
    process.communicate(timeout=PATIENCE)


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _is_plugin(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline").read_text()
    return "run_plugin.py" in command or "pulumi.dynamic" in command


def _family(process: subprocess.Popen[str]) -> list[int]:
    """A process and all its descendants."""
    family = [process.pid]
    for pid in family:
        family += _children(pid)
    return family


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    listed = [task / "children" for task in tasks.iterdir()] if tasks.exists() else []
    return [int(child) for file in listed for child in file.read_text().split()]
