"""Child processes of the engine: the program and the provider plugin."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOST_SCRIPTS = Path(__file__).parent / "host"

_GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Launch:
    """What to run: one of the host scripts with its arguments, on the project's interpreter."""

    python: str
    script: str
    arguments: list[str]
    cwd: Path
    environ: Mapping[str, str]

    @property
    def path(self) -> str:
        """Where the script is."""
        return str(HOST_SCRIPTS / self.script)


class Process(Protocol):
    """A running process, in a session of its own; a part of what `subprocess.Popen` offers."""

    pid: int
    stdin: IO[str] | None
    stdout: IO[str] | None
    stderr: IO[str] | None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its exit code; raises `subprocess.TimeoutExpired`."""


def spawn(launch: Launch) -> Process:
    """Start a fresh interpreter."""
    return subprocess.Popen(  # noqa: S603 - our own script, the project's interpreter
        [launch.python, "-u", launch.path, *launch.arguments],
        cwd=launch.cwd,
        env=dict(launch.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        errors="replace",
    )


class Child:
    """A process in a session of its own, so that a Ctrl-C reaches the engine alone.

    Its standard input is a leash: the child ends when the engine does (`host/leash.py`). Lines it
    prints are handed over as they come; the flag says whether a line came on standard error.
    """

    def __init__(self, process: Process, on_line: Callable[[str, bool], None]) -> None:
        self._process = process
        self._on_line = on_line
        self._readers = [
            threading.Thread(target=self._relay, args=(stream, is_error), daemon=True)
            for stream, is_error in ((process.stdout, False), (process.stderr, True))
        ]

    def first_line(self) -> str:
        """Wait for the first line of its output; empty when the process ended without one."""
        return self._process.stdout.readline().strip() if self._process.stdout else ""

    def relay_output(self) -> None:
        """Hand over what it prints from now on."""
        for reader in self._readers:
            reader.start()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end and the end of its output; None if it still runs after the timeout."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        for reader in self._readers:
            if reader.ident:
                reader.join(_GRACE_SECONDS)
        return code

    def stop(self) -> None:
        """End it and whatever it has started, politely first."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.wait(0) is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, number)
                self.wait(_GRACE_SECONDS)
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()

    def _relay(self, stream: IO[str], is_error: bool) -> None:  # noqa: FBT001 - see the class
        for line in stream:
            self._on_line(line, is_error)
