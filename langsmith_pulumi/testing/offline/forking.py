"""The fork server: starts children ten times faster, with Pulumi's SDK already imported.

An interpreter takes half a second or more to import the SDK, and each operation needs two. Tests
run hundreds of operations, so `OfflineStack` keeps one interpreter per process that has imported
the SDK and forks. The forked children run the same scripts as new interpreters.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import threading
from typing import IO, TYPE_CHECKING

from .children import HOST_SCRIPTS, spawn

if TYPE_CHECKING:
    from .children import Launch, Process

_servers: dict[tuple[str, ...], ForkServer] = {}
_lock = threading.Lock()
_GRACE_SECONDS = 1.0


def fork(launch: Launch, preload: tuple[str, ...] = ()) -> Process:
    """Start a child by forking from an interpreter with the modules of `preload` imported.

    Changes of a preloaded module have no effect while this process lives. A system without fork
    starts a new interpreter instead.
    """
    if not hasattr(os, "fork"):
        return spawn(launch)
    with _lock:
        return _server_for(launch, preload).start(launch)


def _server_for(launch: Launch, preload: tuple[str, ...]) -> ForkServer:
    # The interpreter reads these variables at its start only.
    own = {key: text for key, text in launch.environ.items() if key.startswith("PYTHON")}
    key = (launch.python, *(f"{name}={own[name]}" for name in sorted(own)), *preload)
    if key not in _servers or not _servers[key].is_running:
        _servers[key] = ForkServer(launch, preload)
    return _servers[key]


@atexit.register
def _stop_servers() -> None:
    for server in _servers.values():
        server.stop()


class ForkServer:
    """An interpreter with the SDK imported, which ends with this process."""

    def __init__(self, launch: Launch, preload: tuple[str, ...]) -> None:
        self._socket, inside = socket.socketpair()
        with inside:
            self._process = subprocess.Popen(  # noqa: S603 - our own script
                [launch.python, "-u", str(HOST_SCRIPTS / "fork_server.py"), *preload],
                env=dict(launch.environ),
                stdin=inside.fileno(),
                start_new_session=True,
            )

    @property
    def is_running(self) -> bool:
        """Return True if it can fork."""
        return self._process.poll() is None

    def start(self, launch: Launch) -> Process:
        """Fork a child."""
        request = {
            "script": launch.path,
            "arguments": launch.arguments,
            "cwd": str(launch.cwd),
            "environ": dict(launch.environ),
        }
        request_pipe, stdin, stdout, stderr, status = (os.pipe() for _ in range(5))
        child_ends = [request_pipe[0], stdin[0], stdout[1], stderr[1], status[1]]
        socket.send_fds(self._socket, [b"fork"], child_ends)
        for end in child_ends:
            os.close(end)
        with os.fdopen(request_pipe[1], "w", encoding="utf-8") as file:
            json.dump(request, file)
        return ForkedProcess(stdin[1], stdout[0], stderr[0], status[0])

    def stop(self) -> None:
        """End it by closing its socket, and wait a little for its end."""
        self._socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_GRACE_SECONDS)


class ForkedProcess:
    """A child of the fork server; its supervisor reports its process id and its exit code."""

    def __init__(self, stdin: int, stdout: int, stderr: int, status: int) -> None:
        self.stdin: IO[str] | None = os.fdopen(stdin, "w")
        self.stdout: IO[str] | None = os.fdopen(stdout, errors="replace")
        self.stderr: IO[str] | None = os.fdopen(stderr, errors="replace")
        self._status = os.fdopen(status)
        self.pid: int = int(self._status.readline() or 0)
        self._code = -signal.SIGKILL
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code; raise `subprocess.TimeoutExpired` if the process still runs."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("the child", timeout or 0)
        return self._code

    def _watch(self) -> None:
        with self._status:
            self._code = int(self._status.readline() or self._code)
        self._ended.set()
