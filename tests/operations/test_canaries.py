"""No command prints a variable's value, the API key or a forge's token, with or without debugging.

The values stand where a command meets them: in the state, in the plan, in variables that somebody
has changed, in logs, in the message of a failed revision, and in an error that quotes the key.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from langsmith_pulumi.cli import main
from langsmith_pulumi.operations import toolchain
from tests.support.commands import run_command
from tests.support.engines import PASSPHRASE, STACK, OfflineEngine
from tests.support.scenario import API_KEY, CANARY, github
from tests.workflows.conftest import forge
from tests.workflows.forges import TOKEN, github_environ

from .conftest import HOSTILE, assert_harmless

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.commands import CommandResult
    from tests.workflows.forges import ForgeServer

__all__ = ["forge"]

OF_STACK = ("--offline", "--stack", STACK, "--cwd", "PROGRAM")


class Row(NamedTuple):
    """A command, what it has to print, and how it ends."""

    arguments: tuple[str, ...]
    prints: str
    exit_code: int = 0


ROWS = (
    Row(("status", *OF_STACK), "secrets.OPENAI_API_KEY", 3),
    Row(("status", *OF_STACK, "--json"), "secrets.OPENAI_API_KEY", 3),
    Row(("status", "--workspace", "--json"), "[secret]", 3),
    Row(("revisions", "agent"), "[secret]"),
    Row(("revisions", "agent", "--json", *OF_STACK), "[secret]"),
    Row(("logs", "agent", "--build"), "[secret]"),
    Row(("logs", "agent", "--deploy", "--revision", "SECOND", *OF_STACK), "[secret]"),
    Row(("rollback", "agent", "--yes", "--to", "FIRST", *OF_STACK), "Rolled back"),
    Row(("doctor", "--cwd", "PROGRAM"), "ok ", 1),
    Row(("doctor", *OF_STACK, "--json"), '"ok"', 1),
    Row(("import", "agent", "--out", "OUT"), "pulumi config set --secret"),
    Row(("review", "--format", "text", "PLAN"), "OPENAI_API_KEY"),
    Row(("review", "--format", "markdown", "--fail-on", "drift", "PLAN"), "OPENAI_API_KEY", 8),
    Row(("review", "--format", "json", "PLAN"), "OPENAI_API_KEY"),
    Row(("issue", "REPORT", "--report", "REPORT.json"), "opened an issue"),
)
LOCAL = ("review", "issue")
"""Commands that send nothing to the control plane."""
OTHERS = {"comment", "simulate", "simulator", "offline"}
"""Scenarios and the tests of workflows look at everything that these print."""


class Scene:
    """A stack whose deployment was changed by somebody, with a revision that has failed."""

    def __init__(self, simulator: Simulator, forge: ForgeServer, home: Path) -> None:
        self.simulator = simulator
        program = home / "program.json"
        settings = {"LANGSMITH_PULUMI_POLL_SECONDS": "0", "LANGSMITH_PULUMI_DEBUG": "1"}
        self._environ = {
            **os.environ,
            **simulator.env,
            **github_environ(forge, home),
            **settings,
            "SCENARIO": str(program),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }
        (home / "engine").mkdir()
        self._engine = OfflineEngine(home / "engine", self._environ)
        program.write_text(json.dumps({"agent": github()}))
        assert self._engine.up().ok
        names = ("PLAN", "REPORT", "REPORT.json", "OUT")
        self._words = {name: str(home / name) for name in names}
        self._words["PROGRAM"] = str(self._engine.program)
        self._words["FIRST"] = simulator.deployment("agent")["latest_revision_id"]
        self._change()
        self._report()

    def _change(self) -> None:
        variables = {"OPENAI_API_KEY": f"{CANARY} of others", "ADDED": CANARY}
        pairs = [{"name": name, "value": value} for name, value in variables.items()]
        self.simulator.outcome("agent", "DEPLOYED", deploy_log=[f"started with {CANARY}"])
        self.simulator.drift("agent", secrets=pairs)
        self._words["SECOND"] = self.simulator.deployment("agent")["latest_revision_id"]
        self.simulator.outcome("agent", "BUILD_FAILED", f"no {CANARY}", [f"key={CANARY}", HOSTILE])
        self.simulator.drift("agent", source_revision_config={"repo_ref": "theirs"})

    def _report(self) -> None:
        """Write the plan that puts the drift back, and what is reported of it."""
        assert self._engine.refresh().ok
        plan, _ = json.JSONDecoder().raw_decode(self._engine.preview().text)
        Path(self._words["PLAN"]).write_text(json.dumps(plan), encoding="utf-8")
        for form, name in (("markdown", "REPORT"), ("json", "REPORT.json")):
            report = self.run("review", "--format", form, "PLAN").stdout
            Path(self._words[name]).write_text(report, encoding="utf-8")

    def run(self, *arguments: str) -> CommandResult:
        """Run a command with debugging; what it prints holds none of the secrets."""
        words = [self._words.get(word, word) for word in arguments]
        result = run_command(*words, environ=self._environ)
        # It writes to the output of this command.
        logging.getLogger("langsmith_pulumi.control_plane").handlers.clear()
        assert_harmless(result.output)
        assert TOKEN not in result.output
        assert "of others" not in result.output
        return result


@pytest.fixture
def scene(
    simulator: Simulator, forge: ForgeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    logger = logging.getLogger("langsmith_pulumi.control_plane")
    before = logger.level, logger.propagate
    ready = toolchain.judge_plugin("python", "", "", "left out")
    monkeypatch.setattr(toolchain, "check_plugin", lambda _cwd, **_named: ready)
    monkeypatch.setattr(toolchain, "check_pulumi", lambda: ready)
    yield Scene(simulator, forge, tmp_path)
    logger.level, logger.propagate = before


def test_no_command_prints_a_secret(scene: Scene) -> None:
    """Each one with debugging, which shows its requests, and again where the service refuses it."""
    assert {row.arguments[0] for row in ROWS} == main.commands.keys() - OTHERS
    for row in ROWS:
        result = scene.run(*row.arguments)
        assert row.prints in result.output, (row, result.output)
        assert result.exit_code == row.exit_code, (row, result.output)
        assert ("GET /v2/" in result.stderr) is (row.arguments[0] not in LOCAL), row
    quoting = json.dumps({"detail": f"unknown key {API_KEY}"})
    scene.simulator.fail("*", "/v2/*", "status", times=-1, status=403, body=quoting)
    for row in ROWS:
        if row.arguments[0] not in LOCAL:
            result = scene.run(*row.arguments)
            assert result.exit_code == 1, (row, result.output)
            assert "unknown key [" in result.output, (row, result.output)
