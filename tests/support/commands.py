"""The command line, run in this process as a person would run it."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner

from langsmith_pulumi.cli import main

from .engines import STACK, OfflineEngine

if TYPE_CHECKING:
    from .engines import Engine

_SETTINGS = ("LANGSMITH_", "LANGGRAPH_", "LANGCHAIN_", "CONTROL_PLANE_HOST")
_OLDER_CLICK: dict[str, Any] = (
    {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}
)
"""Before click 8.2 the two outputs were mixed by default."""


@dataclass(frozen=True)
class CommandResult:
    """How a command ended, and what it printed."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Return all that it printed."""
        return self.stdout + self.stderr


def run_command(
    *arguments: str, environ: dict[str, str], answer: str | None = None
) -> CommandResult:
    """Run a command with no other settings than those given."""
    others = dict.fromkeys(name for name in os.environ if name.startswith(_SETTINGS))
    fixed = {"LANGSMITH_PULUMI_POLL_SECONDS": "0", "LANGSMITH_CONFIG_FILE": os.devnull}
    env = {**others, **fixed, **environ}
    done = CliRunner(env=env, **_OLDER_CLICK).invoke(main, arguments, input=answer)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    assert "An unexpected error" not in done.stderr, done.stderr
    return CommandResult(done.exit_code, done.stdout, done.stderr)


def run_for_stack(engine: Engine, *arguments: str) -> CommandResult:
    """Run a command with the options that name the stack of an engine."""
    offline = ["--offline"] if isinstance(engine, OfflineEngine) else []
    named = ["--stack", STACK, "--cwd", str(engine.program), *offline]
    return run_command(*arguments, *named, environ=engine.environ)
