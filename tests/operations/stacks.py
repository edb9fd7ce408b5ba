"""The engines that run an imported project, with the command that gives them its secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from langsmith_pulumi.testing.offline import OfflineStack

if TYPE_CHECKING:
    from langsmith_pulumi.testing import Simulator

STACK = "dev"
PASSPHRASE = "a passphrase of the tests"

_FAKE_PULUMI = f"""#!{sys.executable}
import json, pathlib, sys
calls = pathlib.Path(__file__).with_name("calls.json")
known = json.loads(calls.read_text()) if calls.exists() else []
call = {{"arguments": sys.argv[1:], "input": sys.stdin.buffer.read().decode()}}
if (calls.with_name("fail")).exists():
    sys.exit("error: the passphrase is wrong: " + call["input"])
calls.write_text(json.dumps([*known, call]))
"""


@dataclass(frozen=True)
class Result:
    """What an operation came to."""

    ok: bool
    ops: set[str]
    """The steps that are not "same"."""
    text: str


class Stack(Protocol):
    """A stack of an imported project."""

    environ: dict[str, str]
    """The environment of the import, with a ``pulumi`` on PATH."""

    def preview(self, project: Path) -> Result: ...
    def up(self, project: Path) -> Result: ...


class OfflineEngine:
    """The offline engine; a script in place of ``pulumi`` records the secrets."""

    def __init__(self, home: Path, simulator: Simulator) -> None:
        fake = home / "bin" / "pulumi"
        fake.parent.mkdir()
        fake.write_text(_FAKE_PULUMI)
        fake.chmod(0o755)
        self.calls_file = fake.with_name("calls.json")
        self.failing = fake.with_name("fail")
        self.environ = _environ(simulator, PATH=f"{fake.parent}{os.pathsep}{os.environ['PATH']}")

    def secrets(self) -> dict[str, str]:
        """Return what was set, as the CLI reads it: without one line break at the end."""
        calls = json.loads(self.calls_file.read_text())
        return {
            call["arguments"][-2]: call["input"].removesuffix("\n")
            for call in calls
            if call["arguments"][:3] == ["config", "set", "--secret"]
        }

    def arguments(self) -> list[list[str]]:
        """Return the arguments of each call that succeeded."""
        return [call["arguments"] for call in json.loads(self.calls_file.read_text())]

    def preview(self, project: Path) -> Result:
        return self._result(self._stack(project).preview())

    def up(self, project: Path) -> Result:
        return self._result(self._stack(project).up())

    def _stack(self, project: Path) -> OfflineStack:
        return OfflineStack(project, STACK, secrets=self.secrets(), environ=self.environ)

    @staticmethod
    def _result(result: object) -> Result:
        steps, messages = result.steps, result.diagnostics  # type: ignore[attr-defined]
        ops = {str(getattr(step.op, "value", step.op)) for step in steps} - {"same"}
        text = json.dumps(result.plan) + "\n".join(one.message for one in messages)  # type: ignore[attr-defined]
        return Result(result.ok, ops, text)  # type: ignore[attr-defined]


class PulumiEngine:
    """The Pulumi CLI, with a local backend."""

    def __init__(self, home: Path, simulator: Simulator) -> None:
        (home / "state").mkdir()
        self.environ = _environ(
            simulator,
            PATH=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            PULUMI_BACKEND_URL=f"file://{home / 'state'}",
            PULUMI_HOME=str(home / "home"),
            PULUMI_SKIP_UPDATE_CHECK="1",
        )

    def preview(self, project: Path) -> Result:
        found = self._run(project, "preview", "--json")
        steps = json.loads(found.stdout).get("steps", [])
        ops = {step["op"] for step in steps if "langsmith" in step["urn"]} - {"same"}
        return Result(found.returncode == 0, ops, found.stdout + found.stderr)

    def up(self, project: Path) -> Result:
        found = self._run(project, "up", "--yes", "--skip-preview", "--diff")
        return Result(found.returncode == 0, set(), found.stdout + found.stderr)

    def _run(self, project: Path, *command: str) -> subprocess.CompletedProcess[str]:
        # The stack is the one that the import has selected.
        return subprocess.run(
            ["pulumi", *command, "--non-interactive"],
            cwd=project,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )


def _environ(simulator: Simulator, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        **simulator.env,
        "LANGSMITH_PULUMI_POLL_SECONDS": "0",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        **more,
    }


ENGINES: dict[str, type[OfflineEngine | PulumiEngine]] = {
    "offline": OfflineEngine,
    "pulumi": PulumiEngine,
}
