"""The engines that run a scenario: the offline one always, Pulumi where it is on PATH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

PROGRAM = Path(__file__).parent / "program"
STACK = "test"
PASSPHRASE = "a passphrase of the tests"


@dataclass(frozen=True)
class OperationResult:
    """What one operation came to, in a form that engines can be compared by."""

    ok: bool
    ops: dict[str, str]
    """What happened to what (``{"Rollout agent": "update"}``), without what stayed the same."""
    errors: list[str]
    outputs: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    """All that was printed."""
    messages: list[str] = field(default_factory=list)
    """What stays on the rows of resources."""


class Engine(Protocol):
    """One stack of the scenario program."""

    home: Path
    """Everything the engine writes is below it."""
    program: Path
    """The project's folder."""
    environ: dict[str, str]
    """The environment of the program, and of commands beside it."""
    processes: list[subprocess.Popen[str]]
    """The operations that were started in processes of their own."""

    def preview(self, **selected: tuple[str, ...]) -> OperationResult:
        """Preview; ``replace``, ``target`` and ``exclude`` take URNs, as the options do."""
        ...

    def up(self, **selected: tuple[str, ...]) -> OperationResult: ...
    def taint(self, urn: str) -> None:
        """Mark a resource for replacement at the next ``up``."""
        ...

    def refresh(self) -> OperationResult: ...
    def destroy(self) -> OperationResult: ...
    def state(self) -> list[dict[str, Any]]:
        """Return the resources of the exported stack, with encrypted secrets."""
        ...

    def start(self, operation: str) -> subprocess.Popen[str]:
        """Start an operation in a process of its own, which a test may then kill."""
        ...

    def unlock(self) -> None:
        """Take away the lock that a killed operation has left, as its user would."""
        ...


def label(urn: str) -> str:
    """``Rollout agent`` for a rollout's URN."""
    kind, _, name = urn.partition("::")[2].partition("::")[2].rpartition("::")
    return f"{kind.rpartition(':')[2]} {name}"


def is_own(urn: str) -> bool:
    return "dynamic/langsmith:" in urn


def _ops(steps: list[tuple[str, str]]) -> dict[str, str]:
    return {label(urn): op for op, urn in steps if is_own(urn) and op != "same"}


class OfflineEngine:
    """A program on the offline engine, in this process; the scenario program by default."""

    def __init__(self, home: Path, environ: dict[str, str], program: Path = PROGRAM) -> None:
        from langsmith_pulumi.testing.offline import OfflineStack
        from langsmith_pulumi.testing.stacks import PRELOAD

        self.home = home
        self.processes: list[subprocess.Popen[str]] = []
        self.program = home / "program"
        self.environ = environ
        shutil.copytree(program, self.program)
        self._stack = OfflineStack(self.program, STACK, environ=environ, preload=PRELOAD)

    def preview(self, **selected: tuple[str, ...]) -> OperationResult:
        return self._result(self._stack.preview(**selected))

    def up(self, **selected: tuple[str, ...]) -> OperationResult:
        return self._result(self._stack.up(**selected))

    def taint(self, urn: str) -> None:
        self._stack.taint(urn)

    def refresh(self) -> OperationResult:
        return self._result(self._stack.refresh())

    def destroy(self) -> OperationResult:
        return self._result(self._stack.destroy())

    def state(self) -> list[dict[str, Any]]:
        return list(self._stack.export()["deployment"].get("resources") or [])

    def start(self, operation: str) -> subprocess.Popen[str]:
        module = [sys.executable, "-m", "langsmith_pulumi.cli", "offline"]
        command = [*module, operation, "--stack", STACK]
        self.processes.append(_start_process(command, self.program, self.environ))
        return self.processes[-1]

    def unlock(self) -> None:
        """Nothing to do: a lock of a dead process does not hold."""

    @staticmethod
    def _result(result: Any) -> OperationResult:
        errors = [d.message for d in result.diagnostics if d.severity == "error"]
        return OperationResult(
            ok=result.ok,
            ops=_ops(
                [(str(getattr(step.op, "value", step.op)), step.urn) for step in result.steps]
            ),
            errors=errors,
            outputs=result.outputs,
            text=json.dumps(result.plan) + "\n".join(d.message for d in result.diagnostics),
            messages=[d.message for d in result.diagnostics],
        )


class PulumiEngine:
    """A program on the Pulumi CLI, with a local backend; the scenario program by default."""

    def __init__(self, home: Path, environ: dict[str, str], program: Path = PROGRAM) -> None:
        self.home = home
        self.processes: list[subprocess.Popen[str]] = []
        self.program = home / "program"
        shutil.copytree(program, self.program)
        (home / "state").mkdir()
        self.environ = {
            **os.environ,
            **environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_DEBUG_COMMANDS": "1",
            "PULUMI_BACKEND_URL": f"file://{home / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_HOME": str(home / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }
        self._run("stack", "init", STACK)

    def preview(self, *arguments: str, **selected: tuple[str, ...]) -> OperationResult:
        process = self._run("preview", "--json", *arguments, *_options(selected))
        plan = json.loads(process.stdout)
        steps = [(step["op"], step["urn"]) for step in plan.get("steps", [])]
        messages = plan.get("diagnostics") or []
        errors = [d["message"] for d in messages if d["severity"] == "error"]
        return OperationResult(
            process.returncode == 0, _ops(steps), errors, text=process.stdout + process.stderr
        )

    def up(self, *arguments: str, **selected: tuple[str, ...]) -> OperationResult:
        """Bring the stack up; ``arguments`` are those of ``pulumi up``."""
        return self._operate("up", "--skip-preview", *arguments, *_options(selected))

    def taint(self, urn: str) -> None:
        process = self._run("state", "taint", urn, "--yes")
        assert process.returncode == 0, process.stderr

    def refresh(self) -> OperationResult:
        return self._operate("refresh", "--skip-preview")

    def destroy(self) -> OperationResult:
        return self._operate("destroy", "--skip-preview")

    def state(self) -> list[dict[str, Any]]:
        exported = json.loads(self._run("stack", "export").stdout)
        return list(exported["deployment"].get("resources") or [])

    def start(self, operation: str) -> subprocess.Popen[str]:
        confirmed = ["--yes", "--skip-preview", "--non-interactive", "--stack", STACK]
        command = ["pulumi", operation, *confirmed]
        self.processes.append(_start_process(command, self.program, self.environ))
        return self.processes[-1]

    def unlock(self) -> None:
        self._run("cancel", "--yes")

    def _operate(self, *command: str) -> OperationResult:
        log = self.home / "events.json"
        log.unlink(missing_ok=True)
        process = self._run(*command, "--yes", "--event-log", str(log))
        events = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return OperationResult(
            ok=process.returncode == 0,
            ops=_ops(list(_completed_steps(events))),
            errors=list(_errors(events)),
            outputs=self._outputs(),
            text=process.stdout + process.stderr + json.dumps(events),
            messages=list(_messages(events)),
        )

    def _outputs(self) -> dict[str, Any]:
        return dict(json.loads(self._run("stack", "output", "--json").stdout or "{}"))

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *command, "--non-interactive", "--stack", STACK]
            if command[:2] != ("stack", "init")
            else ["pulumi", *command, "--non-interactive"],
            cwd=self.program,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )


def _options(selected: dict[str, tuple[str, ...]]) -> list[str]:
    return [
        text for option, urns in selected.items() for urn in urns for text in (f"--{option}", urn)
    ]


_REPLACEMENT_PARTS = {"create-replacement", "delete-replaced", "discard-replaced"}


def _completed_steps(events: list[dict[str, Any]]) -> Any:
    """Yield the finished steps, a replacement as one."""
    for event in events:
        meta = event.get("resOutputsEvent", {}).get("metadata")
        if meta and meta["op"] not in _REPLACEMENT_PARTS:
            yield meta["op"], meta["urn"]


def _messages(events: list[dict[str, Any]]) -> Any:
    for event in events:
        diagnostic = event.get("diagnosticEvent")
        if diagnostic and diagnostic.get("urn") and not diagnostic.get("ephemeral"):
            yield diagnostic["message"]


def _errors(events: list[dict[str, Any]]) -> Any:
    for event in events:
        diagnostic = event.get("diagnosticEvent")
        if diagnostic and diagnostic["severity"] == "error" and diagnostic.get("urn"):
            yield diagnostic["message"]


def _start_process(command: list[str], cwd: Path, environ: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


ENGINES: dict[str, type[OfflineEngine | PulumiEngine]] = {
    "offline": OfflineEngine,
    "pulumi": PulumiEngine,
}
