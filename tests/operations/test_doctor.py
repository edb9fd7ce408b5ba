"""`doctor` says what has to be fixed, and its exit code if something has."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from langsmith_pulumi.operations import toolchain
from langsmith_pulumi.testing.simulator import Integration
from tests.support.commands import run_command, run_for_stack
from tests.support.scenario import docker, github

from .conftest import HOSTILE, assert_harmless

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.scenario import ScenarioRunner

FAKE = Path(__file__).parents[1] / "workflows/tools/fake"
WORKSPACE = "9d1d4a6e-4b0c-4a39-8f0e-0f5b7d0f6a10"
ACME = Integration(name="acme", repositories=("https://github.com/acme/agents.git",))


@pytest.fixture
def no_plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start no process where a test is about something else."""
    judged = toolchain.judge_plugin("python", "", "", "left out")
    monkeypatch.setattr(toolchain, "check_plugin", lambda _cwd, **_: judged)


def examined(
    environ: dict[str, str], cwd: Path, *arguments: str
) -> tuple[dict[str, dict[str, str]], str]:
    """Return the findings by name, and all that was printed."""
    result = run_command("doctor", "--json", "--cwd", str(cwd), *arguments, environ=environ)
    assert_harmless(result.output)
    found = json.loads(result.stdout)
    assert result.exit_code == int(any(one["status"] == "problem" for one in found))
    return {one["name"]: one for one in found}, result.output


def test_all_is_well(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It starts the plugin process, sends nothing but reads, and ends with 0."""
    simulator.integrations = [ACME]
    monkeypatch.setenv("PATH", f"{FAKE}{os.pathsep}{os.environ['PATH']}")
    environ = {**simulator.env, "FAKE_PULUMI": str(tmp_path)}
    (tmp_path / "fails").write_text("^$")
    (tmp_path / "fails-late").write_text("^$")
    wanted = ["--integration", "ACME", "--repo", "git@github.com:Acme/agents"]
    result = run_command("doctor", "--cwd", str(tmp_path), *wanted, environ=environ)
    assert result.exit_code == 0, result.output
    lines = {line.split()[1] for line in result.stdout.splitlines() if line.startswith("ok")}
    assert lines == {"pulumi", "plugin", "control", "key", "workspace", "product", "repository"}
    assert {request.method for request in simulator.requests} == {"GET"}


class Wrong(NamedTuple):
    """A setting that is wrong, and the finding about it."""

    name: str
    text: str
    advice: str
    environ: dict[str, str] = {}  # noqa: RUF012 - never changed
    simulator: dict[str, Any] = {}  # noqa: RUF012 - never changed


WRONG = [
    Wrong("key", "Invalid API key", "The API key is not accepted", {"LANGSMITH_API_KEY": "wrong"}),
    Wrong("key", "There is no LangSmith API key.", "Set it with", {"LANGSMITH_API_KEY": ""}),
    Wrong("workspace", "is no UUID", "Copy it", {"LANGSMITH_WORKSPACE_ID": "x"}),
    Wrong(
        "workspace",
        "no access to the workspace",
        "The API key is not one of this workspace",
        {"LANGSMITH_WORKSPACE_ID": WORKSPACE},
        {"workspace_id": WORKSPACE.replace("9", "8")},
    ),
    Wrong(
        "workspace",
        "requires workspace",
        "config set langsmith:workspaceId",
        simulator={"requires_workspace": True},
    ),
    Wrong(
        "control plane",
        "in LANGGRAPH_HOST_URL is no plain http(s) URL",
        "Write it as https://",
        {"LANGGRAPH_HOST_URL": "htp://x"},
    ),
    Wrong("product", "not enabled", "An administrator has to", simulator={"enabled": False}),
    Wrong(
        "control plane",
        "could not be sent",
        "Nothing listens at this address",
        {"LANGGRAPH_HOST_URL": "http://127.0.0.1:9"},
    ),
]


@pytest.mark.usefixtures("no_plugin")
@pytest.mark.parametrize("wrong", WRONG, ids=lambda one: f"{one.name} {one.text}")
def test_what_is_wrong_with_the_settings_is_told_apart(
    simulator: Simulator, tmp_path: Path, wrong: Wrong
) -> None:
    """What comes before the failure is good, and what comes after it was not checked."""
    for key, value in wrong.simulator.items():
        setattr(simulator, key, value)
    found, output = examined({**simulator.env, **wrong.environ}, tmp_path)
    checks = [one for key, one in found.items() if key not in ("pulumi", "plugin", "stack")]
    problems = [one["name"] for one in checks if one["status"] == "problem"]
    assert problems == [wrong.name], output
    assert wrong.text in found[wrong.name]["text"]
    assert wrong.advice in found[wrong.name]["advice"]


@pytest.mark.usefixtures("no_plugin")
@pytest.mark.parametrize("status", [200, 404])
def test_another_server_is_no_control_plane(
    simulator: Simulator, tmp_path: Path, status: int
) -> None:
    """A page instead of JSON, with any status, is the address's fault and not the key's."""
    page = f"<html><title>Sign in</title>{HOSTILE}</html>"
    simulator.fail("GET", "/v2/deployments", "status", status=status, body=page, times=9)
    found, _ = examined(simulator.env, tmp_path)
    assert found["control plane"]["status"] == "problem"
    assert "langsmith:controlPlaneUrl" in found["control plane"]["advice"]
    assert found["key"]["status"] == "skipped"


def test_the_repositories_of_a_stack_are_looked_up(runner: ScenarioRunner) -> None:
    """Each deployment from GitHub has to name an integration that covers its repository."""
    simulator = runner.simulator
    other = {"source_config__repo_url": "https://user:pw@github.com/acme/other"}
    foreign = {"source_config__integration_id": WORKSPACE, "name": "foreign"}
    runner.write(
        {"good": github(), "bad": github(**other), "lost": github(**foreign), "image": docker()}
    )
    assert runner.engine.up().ok
    known = github()["source_config"]["integration_id"]
    simulator.integrations = [Integration(id=known, name="acme", repositories=ACME.repositories)]
    result = run_for_stack(runner.engine, "doctor", "--json")
    assert_harmless(result.output)
    assert result.exit_code == 1
    found = [
        one for one in json.loads(result.stdout) if one["name"] in ("integration", "repository")
    ]
    assert sorted((one["status"], one["text"].partition(":")[0]) for one in found) == [
        ("ok", "deployment 'good'"),
        ("problem", "deployment 'bad'"),
        ("problem", "deployment 'foreign'"),
    ]
    assert "user:pw" not in result.output


def test_a_key_that_may_not_list_integrations_is_a_warning(
    simulator: Simulator, tmp_path: Path
) -> None:
    """A deployment may be fine all the same."""
    simulator.fail("GET", "/v1/integrations/*", "status", status=403)
    found, _ = examined(simulator.env, tmp_path, "--integration", "acme")
    assert found["integration"]["status"] == "warning"


@pytest.mark.parametrize(
    ("printed", "status"),
    [(None, "problem"), ("v3.100.0", "problem"), ("v3.260.0", "ok"), ("dev build", "warning")],
)
def test_the_version_of_pulumi_is_judged(printed: str | None, status: str) -> None:
    """A CLI that is missing or too old has to be installed anew."""
    judged = toolchain.judge_pulumi(printed)
    assert judged.status == status
    assert ("https://www.pulumi.com" in judged.advice) is (status == "problem")


def test_a_python_without_the_provider_is_named(tmp_path: Path) -> None:
    """The program's virtualenv counts, and the last line of the error is the reason."""
    project = "name: a\nruntime:\n  name: python\n  options:\n    virtualenv: .venv # ours\n"
    (tmp_path / "Pulumi.yaml").write_text(project)
    missing = toolchain.check_plugin(tmp_path)
    assert (missing.status, ".venv" in missing.text) == ("problem", True)
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    python.chmod(0o755)
    broken = toolchain.check_plugin(tmp_path)
    assert "ModuleNotFoundError" in broken.text
    assert "pulumi install" in broken.advice


@pytest.mark.parametrize(
    ("options", "python"),
    [("", "bin/python3"), ("\n  options: {toolchain: uv}", ".venv/bin/python")],
    ids=["the one on PATH", "uv's own"],
)
def test_the_python_is_the_one_that_pulumi_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str, python: str
) -> None:
    """Not the one that runs this command, which may have been installed apart."""
    (tmp_path / "Pulumi.yaml").write_text(f"name: a\nruntime:\n  name: python{options}\n")
    taken = tmp_path / python
    taken.parent.mkdir(parents=True)
    taken.write_text(f'#!/bin/sh\nexec "{sys.executable}" -S "$@"\n')
    taken.chmod(0o755)
    monkeypatch.delenv("PULUMI_PYTHON_CMD", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    result = run_command("doctor", "--json", "--cwd", str(tmp_path), environ={})
    found = {one["name"]: one for one in json.loads(result.stdout)}
    assert found["plugin"]["status"] == "problem"
    assert f"does not start with {taken}" in found["plugin"]["text"]
