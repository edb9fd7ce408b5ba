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
    """A host script with its arguments, to be run by the project's interpreter."""

    python: str
    script: str
    arguments: list[str]
    cwd: Path
    environ: Mapping[str, str]

    @property
    def path(self) -> str:
        """Return the path of the script."""
        return str(HOST_SCRIPTS / self.script)


class Process(Protocol):
    """A running process in a session of its own, with a part of the methods of `Popen`."""

    pid: int
    stdin: IO[str] | None
    stdout: IO[str] | None
    stderr: IO[str] | None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code; raise `subprocess.TimeoutExpired` if the process still runs."""


def spawn(launch: Launch) -> Process:
    """Start a new interpreter."""
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

    The child ends when the engine closes its standard input or ends (`host/parent_watchdog.py`).
    `on_line` gets each line that it prints; the flag is True for a line on standard error.
    """

    def __init__(self, process: Process, on_line: Callable[[str, bool], None]) -> None:
        self._process = process
        self._on_line = on_line
        self._lock = threading.Lock()
        self._readers = [
            threading.Thread(target=self._relay, args=(stream, is_error), daemon=True)
            for stream, is_error in ((process.stdout, False), (process.stderr, True))
        ]

    def first_line(self) -> str:
        """Return the first line of its output, empty if the process ends without one."""
        return self._process.stdout.readline().strip() if self._process.stdout else ""

    def relay_output(self) -> None:
        """Pass the lines that it prints from now on to `on_line`."""
        with self._lock:
            self._start_readers()

    def wait(self, timeout: float | None = None) -> int | None:
        """Return its exit code after the end of its output, or None after the timeout."""
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        for reader in self._readers:
            if reader.ident:
                reader.join(_GRACE_SECONDS)
        self._close_input()
        return code

    def stop(self) -> None:
        """End it and the processes it has started, by SIGTERM and then by SIGKILL."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.wait(0) is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, number)
                self.wait(_GRACE_SECONDS)
        self._discard_output()
        self._close_input()

    def _start_readers(self) -> None:
        for reader in self._readers:
            if not reader.ident:
                reader.start()

    def _discard_output(self) -> None:
        """Read what nothing was to read, for a reader closes its stream at the end."""
        with self._lock:
            if any(reader.ident for reader in self._readers):
                return
            self._on_line = lambda _line, _is_error: None
            self._start_readers()
        for reader in self._readers:
            reader.join(_GRACE_SECONDS)

    def _close_input(self) -> None:
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()

    def _relay(self, stream: IO[str], is_error: bool) -> None:  # noqa: FBT001 - see the class
        with stream:
            for line in stream:
                self._on_line(line, is_error)
