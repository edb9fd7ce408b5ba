"""The processes and servers of one operation."""

from __future__ import annotations

import contextlib
import signal
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .children import Child, Launch
from .events import INFO, STDERR, Diagnostic, Listener, Redactor
from .monitor import Monitor, Server
from .plugin import Plugin
from .program import PARALLEL, Program, child_environment, program_folder, start_program
from .recording import recorded
from .snapshot import Snapshot
from .update import Update, UpdateSettings
from .urns import EVERYTHING, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .stack_context import StackContext


@dataclass(frozen=True)
class Session:
    """A running operation."""

    context: StackContext
    update: Update
    monitor: Monitor
    server: Server

    def run_program(self) -> Program:
        """Start the program."""
        child = start_program(
            self.context,
            self.server.address,
            dry_run=self.update.settings.dry_run,
            on_line=_line_emitter(self.update.emit),
        )
        return Program(child, self.monitor, self.update)


@contextlib.contextmanager
def open_session(
    context: StackContext,
    listener: Listener,
    *,
    dry_run: bool,
    from_state: bool = False,
    selected: Selection = EVERYTHING,
) -> Iterator[Session]:
    """Start the servers and the plugin of an operation, and stop them at its end.

    With `from_state` the provider gets the configuration of the state instead of the current one;
    its credentials, which no state holds, are always the current ones.
    """
    inputs = context.recorded_config if from_state else context.public_config
    settings = UpdateSettings(
        context.project.name, context.stack, inputs, dry_run, PARALLEL, selected
    )
    with _unrecorded(context) if dry_run else recorded(context) as snapshot:
        server = Server()
        redactor = Redactor(listener, context.secret_texts)
        plugin_config = {**inputs, **context.secret_config}
        plugin = Plugin(_plugin_starter(context, server.address, redactor), plugin_config)
        update = Update(settings, snapshot, plugin, redactor)
        monitor = Monitor(update, context.config)
        server.serve(monitor)
        plugin.prepare()
        try:
            with _interrupted_by_signals(update):
                yield Session(context, update, monitor, server)
        finally:
            monitor.closed.set()
            plugin.stop()
            server.stop()


def _unrecorded(context: StackContext) -> contextlib.nullcontext[Snapshot]:
    return contextlib.nullcontext(Snapshot(context.checkpoint, lambda _: None))


def _plugin_starter(context: StackContext, address: str, redactor: Redactor) -> Callable[[], Child]:
    project = context.project
    environ = child_environment(project, context.environ)
    folder = program_folder(project)
    launch = Launch(project.python, "run_plugin.py", [address], folder, environ)
    return lambda: Child(context.start(launch), _line_emitter(redactor))


def _line_emitter(emit: Listener) -> Callable[[str, bool], None]:
    def emit_line(line: str, is_error: bool) -> None:  # noqa: FBT001 - a child's callback
        emit(Diagnostic("", line.rstrip("\n"), STDERR if is_error else INFO))

    return emit_line


@contextlib.contextmanager
def _interrupted_by_signals(update: Update) -> Iterator[None]:
    """Interrupt the operation at the first SIGINT or SIGTERM; a second one has its usual effect."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in signals}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def handle(*_: object) -> None:
        restore()
        # In a thread, because the interrupted code may hold the locks that are needed.
        threading.Thread(target=update.interrupt, daemon=True).start()

    for number in signals:
        signal.signal(number, handle)
    try:
        yield
    finally:
        restore()
