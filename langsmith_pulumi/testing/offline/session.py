"""The processes and servers of one operation, and their end, however it comes."""

from __future__ import annotations

import contextlib
import signal
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .children import Child, Launch
from .deployment import Deployment, Setting
from .events import ERROR, INFO, STDERR, Diagnostic, Listener
from .masking import Masker
from .monitor import Monitor, Server
from .plugin import Plugin
from .program import PARALLEL, child_environment, program_folder, start_program
from .selection import EVERYTHING, Selection
from .snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .opening import OpenStack

_GRACE_SECONDS = 5.0
_SAID_WHY = 32  # exit code of a program that has reported its own failure


@dataclass(frozen=True)
class Session:
    """One operation under way."""

    opened: OpenStack
    deployment: Deployment
    monitor: Monitor
    server: Server

    def run_program(self) -> Program:
        """Start the program."""
        opened = self.opened
        child = start_program(
            opened,
            self.server.address,
            dry_run=self.deployment.setting.dry_run,
            on_line=self._printed,
        )
        return Program(child, self.monitor, self.deployment)

    def _printed(self, line: str, is_error: bool) -> None:  # noqa: FBT001 - a child's callback
        severity = STDERR if is_error else INFO
        self.deployment.tell(Diagnostic("", line.rstrip("\n"), severity))


class Program:
    """The user's program while it runs."""

    def __init__(self, child: Child, monitor: Monitor, deployment: Deployment) -> None:
        self._child = child
        self._monitor = monitor
        self._deployment = deployment
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def wait(self) -> bool:
        """Wait until it has registered everything; False if it failed or was made to stop."""
        changed = self._deployment.changed
        while not (self._monitor.signalled.is_set() or self._ended.is_set()):
            changed.wait()
            changed.clear()
            if self._deployment.stopped.is_set():
                break
        self._deployment.settle()
        if self._deployment.stopped.is_set():
            return False
        return self._monitor.signalled.is_set() or self._explained()

    def end(self) -> None:
        """Let it end by itself, or make it."""
        self._monitor.closed.set()
        interrupted = self._deployment.interrupted.is_set()
        if self._child.wait(0 if interrupted else _GRACE_SECONDS) is None:
            self._child.stop()

    def _watch(self) -> None:
        self._child.wait()
        self._ended.set()
        self._deployment.changed.set()

    def _explained(self) -> bool:
        code = self._child.wait()
        self._deployment.stop()
        if code == 0:
            message = "the program ended before Pulumi was done with it (does it call sys.exit?)"
            self._deployment.complain(Diagnostic("", message, ERROR))
        elif code != _SAID_WHY:
            message = f"program exited with non-zero exit code: {code}"
            self._deployment.complain(Diagnostic("", message, ERROR))
        return False


@contextlib.contextmanager
def session(
    opened: OpenStack,
    listener: Listener,
    *,
    dry_run: bool,
    from_state: bool = False,
    selected: Selection = EVERYTHING,
) -> Iterator[Session]:
    """Everything an operation needs; all of it is ended on the way out.

    With `from_state` the provider is configured as it last was, not from today's configuration; its
    credentials, which no state holds, are today's.
    """
    server = Server()
    inputs = opened.recorded_config if from_state else opened.public_config
    setting = Setting(opened.project.name, opened.stack, inputs, dry_run, PARALLEL, selected)
    snapshot = Snapshot(opened.checkpoint, (lambda _: None) if dry_run else opened.save)
    masker = Masker(listener, opened.secret_texts)
    configured = {**inputs, **opened.secret_config}
    plugin = Plugin(_starter(opened, server.address, masker), configured)
    deployment = Deployment(setting, snapshot, plugin, masker)
    monitor = Monitor(deployment, opened.config)
    server.serve(monitor)
    plugin.prepare()
    try:
        with _interruptible(deployment):
            yield Session(opened, deployment, monitor, server)
    finally:
        monitor.closed.set()
        plugin.stop()
        server.stop()


def _starter(opened: OpenStack, address: str, masker: Masker) -> Callable[[], Child]:
    def printed(line: str, is_error: bool) -> None:  # noqa: FBT001 - a child's callback
        masker(Diagnostic("", line.rstrip("\n"), STDERR if is_error else INFO))

    project = opened.project
    environ = child_environment(project, opened.environ)
    folder = program_folder(project)
    launch = Launch(project.python, "run_plugin.py", [address], folder, environ)
    return lambda: Child(opened.start(launch), printed)


@contextlib.contextmanager
def _interruptible(deployment: Deployment) -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into an orderly end; a second one has its usual effect."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in signals}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def interrupted(*_: object) -> None:
        restore()
        # Not here: the interrupted code may hold the very locks that are needed.
        threading.Thread(target=deployment.interrupt, daemon=True).start()

    for number in signals:
        signal.signal(number, interrupted)
    try:
        yield
    finally:
        restore()
