"""Child processes of the engine: the program and the provider plugin."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HOST_SCRIPTS = Path(__file__).parent / "host"

_GRACE_SECONDS = 2.0


class Child:
    """A process in a session of its own, so that a Ctrl-C reaches the engine alone.

    Its standard input is a leash: the child ends when the engine does (`host/leash.py`). Lines it
    prints are handed over as they come; the flag says whether a line came on standard error.
    """

    def __init__(
        self,
        arguments: list[str],
        *,
        cwd: Path,
        environ: Mapping[str, str],
        on_line: Callable[[str, bool], None],
    ) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own script, the project's interpreter
            arguments,
            cwd=cwd,
            env=dict(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        self._on_line = on_line
        self._readers = [
            threading.Thread(target=self._relay, args=(stream, is_error), daemon=True)
            for stream, is_error in ((self._process.stdout, False), (self._process.stderr, True))
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
        """End it, politely first."""
        for send in (signal.SIGTERM, signal.SIGKILL):
            if self.wait(0) is None:
                self._process.send_signal(send)
                self.wait(_GRACE_SECONDS)
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()

    def _relay(self, stream: IO[str], is_error: bool) -> None:  # noqa: FBT001 - see the class
        for line in stream:
            self._on_line(line, is_error)
