"""The command of each operation, for each route and engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from . import script
from .matrix import (
    ALL_IN_PLACE,
    CREATE,
    DESTROY,
    NO_ENGINE,
    NOTHING,
    OFFLINE,
    ONE_IN_PLACE,
    OPERATIONS,
    PREVIEW,
    PULUMI,
    REFRESH,
    REVISION,
    Run,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
STACK = "bench"
_VERBS = {CREATE: "up", NOTHING: "up", PREVIEW: "preview", REFRESH: "refresh", DESTROY: "destroy"}


class Commands(Protocol):
    """The commands of a route."""

    folder: Path
    environ: dict[str, str]
    operations: tuple[str, ...]

    def command(self, operation: str) -> list[str]:
        """Return the command of an operation."""
        ...

    def state_bytes(self) -> int:
        """Return the size of the state."""
        ...


class _Project:
    """The project of a route, in a folder of its own."""

    operations: tuple[str, ...] = OPERATIONS

    def __init__(self, route: str, home: Path) -> None:
        self.folder = home / "project"
        self.environ = {**os.environ, "PULUMI_CONFIG_PASSPHRASE": "of the benchmark"}
        shutil.copytree(HERE / "programs" / route, self.folder)


class OfflineCommands(_Project):
    """The offline engine."""

    def command(self, operation: str) -> list[str]:
        """Return the command of an operation."""
        verb = _VERBS.get(operation, "up")
        return [sys.executable, "-m", "langsmith_pulumi.cli", "offline", verb, "--stack", STACK]

    def state_bytes(self) -> int:
        """Return the size of the state."""
        return _largest(self.folder / ".pulumi-offline")


class PulumiCommands(_Project):
    """The Pulumi CLI with a backend of files, at its own parallelism."""

    def __init__(self, route: str, home: Path) -> None:
        super().__init__(route, home)
        self._state = home / "state"
        self._state.mkdir()
        self.environ |= {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{self._state}",
            "PULUMI_HOME": str(home / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }
        command = ["pulumi", "stack", "init", STACK, "--non-interactive"]
        subprocess.run(command, cwd=self.folder, env=self.environ, check=True, capture_output=True)

    def command(self, operation: str) -> list[str]:
        """Return the command of an operation."""
        verb = _VERBS.get(operation, "up")
        confirmed = [] if verb == "preview" else ["--yes", "--skip-preview"]
        return ["pulumi", verb, *confirmed, "--non-interactive", "--stack", STACK]

    def state_bytes(self) -> int:
        """Return the size of the state."""
        return _largest(self._state / ".pulumi" / "stacks")


class ScriptCommands:
    """The script, which has no engine and no state but the ids."""

    operations: tuple[str, ...] = tuple(script.OPERATIONS)

    def __init__(self, _route: str, home: Path) -> None:
        self.folder = home / "script"
        self.folder.mkdir()
        self.environ = dict(os.environ)

    def command(self, operation: str) -> list[str]:
        """Return the command of an operation."""
        return [sys.executable, str(HERE / "script.py"), operation]

    def state_bytes(self) -> int:
        """Return the size of its file of ids."""
        return _largest(self.folder)


def commands_for(run: Run, home: Path) -> Commands:
    """Return the commands of a run, with a new stack."""
    return _KINDS[run.engine](run.route, home)


_KINDS: dict[str, Callable[[str, Path], Commands]] = {
    OFFLINE: OfflineCommands,
    PULUMI: PulumiCommands,
    NO_ENGINE: ScriptCommands,
}


def settings_of_program(run: Run, operation: str) -> str:
    """Return what the programs read, as JSON; each operation keeps the changes before it.

    ``titles`` are the display names of the first deployment and of the others.
    """
    reached = OPERATIONS.index(operation)
    titles: list[str | None] = [None, None]
    if reached >= OPERATIONS.index(ALL_IN_PLACE):
        titles = ["all", "all"]
    elif reached >= OPERATIONS.index(ONE_IN_PLACE):
        titles = ["one", None]
    digest = "b" if reached >= OPERATIONS.index(REVISION) else "a"
    return json.dumps(
        {
            "count": run.count,
            "titles": titles,
            "image": f"registry.example.com/agent@sha256:{digest * 64}",
            "timeout": 4 * run.revision_seconds if run.stuck else 3600.0,
        }
    )


def _largest(folder: Path) -> int:
    sizes = [file.stat().st_size for file in folder.rglob("*.json") if file.is_file()]
    return max(sizes, default=0)
