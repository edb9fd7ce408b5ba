"""The Pulumi CLI on the toy program with a local backend, for comparisons of both engines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.offline.toy import Toy

needs_pulumi = pytest.mark.skipif(
    shutil.which("pulumi") is None, reason="pulumi is not on PATH: nothing to compare with"
)

_UUID_LENGTH = 36
_VOLATILE = {"created", "modified", "sourcePosition", "stackTrace"}


class PulumiCli:
    """One stack of a toy's project on the Pulumi CLI."""

    def __init__(self, toy: Toy, stack: str = "dev") -> None:
        self._project = toy.project
        self._stack = stack
        home = toy.project.parent
        (home / "backend").mkdir(exist_ok=True)
        self._environ = {
            **os.environ,
            **toy.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PULUMI_BACKEND_URL": f"file://{home / 'backend'}",
            "PULUMI_HOME": str(home / "pulumi-home"),
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }
        self._run("stack", "init", stack)

    def preview(self, *more: str) -> dict[str, Any]:
        """Return the document of `preview --json`."""
        document: dict[str, Any] = json.loads(self._run("preview", "--json", *more, ok=False))
        return document

    def operate(self, command: str, *more: str) -> None:
        self._run(command, "--yes", "--skip-preview", *more)

    def taint(self, urn: str) -> None:
        self._run("state", "taint", urn, "--yes")

    def import_state(self, document: dict[str, Any]) -> None:
        file = self._project / "import.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        self._run("stack", "import", "--file", str(file))

    def state(self) -> list[dict[str, Any]]:
        exported = json.loads(self._run("stack", "export"))
        return list(exported["deployment"].get("resources") or [])

    def _run(self, *command: str, ok: bool = True) -> str:
        named = [] if command[:2] == ("stack", "init") else ["--stack", self._stack]
        done = subprocess.run(
            ["pulumi", *command, "--non-interactive", *named],
            cwd=self._project,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not ok or done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def comparable(value: Any) -> Any:
    """Return a document without volatile values: times, ids, ciphertexts, positions."""
    if isinstance(value, dict):
        kept = {key: comparable(value[key]) for key in value.keys() - _VOLATILE}
        return {key: _normal(key, item) for key, item in kept.items()}
    return [comparable(item) for item in value] if isinstance(value, list) else value


def _normal(key: str, value: Any) -> Any:
    if key == "ciphertext" or (key == "id" and len(value) == _UUID_LENGTH):
        return f"some {key}"
    if key == "dependencies":
        return sorted(value)
    if key == "provider":
        return value.rsplit("::", 1)[0]
    return value


def comparable_plan(document: dict[str, Any]) -> dict[str, Any]:
    """Return a preview's document without volatile values, and with its steps sorted by URN."""
    steps = [comparable(step) for step in document.get("steps", [])]
    messages = [(d.get("urn", ""), d["message"].strip()) for d in document.get("diagnostics", [])]
    return {
        "config": document.get("config", {}),
        "steps": sorted(steps, key=lambda step: (step["urn"], step["op"])),
        "changeSummary": document.get("changeSummary"),
        "diagnostics": sorted(set(messages)),
    }


def comparable_state(resources: list[dict[str, Any]]) -> list[Any]:
    """Return a state's resources without volatile values, sorted by URN."""
    return sorted((comparable(item) for item in resources), key=lambda item: item["urn"])
