"""The user's program: its process, with the environment of Pulumi's language host, and its end."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from .children import Child, Launch
from .events import ERROR, Diagnostic
from .project import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .monitor import Monitor
    from .project import Project
    from .stack_context import StackContext
    from .update import Update

ORGANIZATION = "organization"  # the name of Pulumi's self-managed backends for it
PARALLEL = 256
"""The number of steps at once: most of their time they wait for the provider."""

_EXIT_FAILURE_REPORTED = 32  # exit code of a program that has reported its own failure
_GRACE_SECONDS = 5.0


class Program:
    """The user's program while it runs."""

    def __init__(self, child: Child, monitor: Monitor, update: Update) -> None:
        self._child = child
        self._monitor = monitor
        self._update = update
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def wait(self) -> bool:
        """Wait until it has registered everything; return False if it failed or was stopped."""
        changed = self._update.changed
        while not (self._monitor.shutdown_requested.is_set() or self._ended.is_set()):
            changed.wait()
            changed.clear()
            if self._update.stopped.is_set():
                break
        self._update.wait_until_idle()
        if self._update.stopped.is_set():
            return False
        if self._monitor.shutdown_requested.is_set():
            return True
        self._report_exit()
        return False

    def end(self) -> None:
        """Wait for its end for some seconds, then stop it; after an interruption stop it now."""
        self._monitor.closed.set()
        interrupted = self._update.interrupted.is_set()
        if self._child.wait(0 if interrupted else _GRACE_SECONDS) is None:
            self._child.stop()

    def _watch(self) -> None:
        self._child.wait()
        self._ended.set()
        self._update.changed.set()

    def _report_exit(self) -> None:
        code = self._child.wait()
        self._update.stop()
        if code == 0:
            message = "the program ended before Pulumi was done with it (does it call sys.exit?)"
            self._update.report_error(Diagnostic("", message, ERROR))
        elif code != _EXIT_FAILURE_REPORTED:
            message = f"program exited with non-zero exit code: {code}"
            self._update.report_error(Diagnostic("", message, ERROR))


def start_program(
    context: StackContext,
    address: str,
    *,
    dry_run: bool,
    on_line: Callable[[str, bool], None],
) -> Child:
    """Start a stack's program with the engine's address."""
    project, config = context.project, context.config
    settings = {
        "project": project.name,
        "stack": context.stack,
        "dry_run": dry_run,
        "parallel": PARALLEL,
        "organization": ORGANIZATION,
        "root_directory": str(project.root),
        "missing_secret": PLACEHOLDER if config.simulated else None,
    }
    environ = {
        **child_environment(project, context.environ),
        "PULUMI_CONFIG": json.dumps(dict(config.values)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(config.secret_keys)),
        "PULUMI_OFFLINE_SETTINGS": json.dumps(settings),
    }
    arguments = [address, address, str(project.main)]
    folder = program_folder(project)
    launch = Launch(project.python, "run_program.py", arguments, folder, environ)
    child = Child(context.start(launch), on_line)
    child.relay_output()
    return child


def child_environment(project: Project, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the user's variables and those that Pulumi sets for programs and plugins."""
    options = {f"PULUMI_RUNTIME_{key.upper()}": str(text) for key, text in project.options.items()}
    # The passphrase decrypts every secret of the stack, and neither child needs it.
    inherited = {k: v for k, v in environ.items() if not k.startswith("PULUMI_CONFIG_PASSPHRASE")}
    return {**inherited, **options, "PULUMI_PROJECT": project.name}


def program_folder(project: Project) -> Path:
    """Return the working directory of programs and plugins."""
    return project.main if project.main.is_dir() else project.main.parent
