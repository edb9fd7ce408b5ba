"""A project that `langsmith-pulumi import` writes adopts a workspace as it is."""

from __future__ import annotations

import json
import py_compile
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from langsmith_pulumi.cli import main
from langsmith_pulumi.testing import Simulator
from tests.operations.stacks import ENGINES, STACK
from tests.operations.workspace import API_KEY, LISTENERS, SECRETS, fill

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tests.operations.stacks import Stack

SERVICES: dict[str, dict[str, Any]] = {
    "as published": {"shows_tiers": True},
    "cloud": {"behaviour": "cloud"},
    "self-hosted": {"behaviour": "self-hosted"},
}
DEPLOYMENTS = {"as published": 25, "cloud": 25, "self-hosted": 12}
NEEDS_PULUMI = pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")
CASES = [
    *[("offline", service) for service in SERVICES],
    pytest.param("pulumi", "as published", marks=NEEDS_PULUMI),
]


def run_import(environ: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(main, ["import", *arguments], env=environ)


@pytest.mark.parametrize(("engine", "service"), CASES)
def test_a_workspace_is_adopted_by_two_commands(engine: str, service: str, tmp_path: Path) -> None:
    """After `import` and `up` nothing has changed, nothing is planned, and no secret is seen."""
    with Simulator(api_key=API_KEY, listeners=LISTENERS, **SERVICES[service]) as simulator:
        fill(simulator)
        stack, project = ENGINES[engine](tmp_path, simulator), tmp_path / "project"
        before = simulator.deployments()
        assert len(before) == DEPLOYMENTS[service]
        simulator.clear_requests()
        written = run_import(
            stack.environ,
            "--all",
            "--out",
            str(project),
            "--set-secrets",
            STACK,
            "--plain",
            "LOG_LEVEL",
        )
        assert written.exit_code == 0, written.output
        _assert_well_written(project)
        texts = [written.output, *_adopt(stack, project)]
        assert simulator.deployments() == before
        assert {request.method for request in simulator.requests} == {"GET"}
    _assert_no_secrets(*texts, *_texts(project))


def _adopt(stack: Stack, project: Path) -> list[str]:
    up = stack.up(project)
    assert up.ok, up.text
    preview = stack.preview(project)
    assert preview.ok, preview.text
    assert preview.ops == set()
    return [up.text, preview.text]


def _assert_well_written(project: Path) -> None:
    program = project / "__main__.py"
    py_compile.compile(str(program), cfile=str(project.parent / "compiled"), doraise=True)
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["format", "--check"], ["check", "--select=E,F,I,UP,B,A", "--ignore=E501"]):
        checked = subprocess.run(
            [*ruff, *command, "--isolated", str(program)],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.returncode == 0, checked.stdout


def _texts(folder: Path) -> list[str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return [file.read_bytes().decode(errors="replace") for file in files]


def _assert_no_secrets(*texts: str) -> None:
    for secret in (*SECRETS, API_KEY):
        forms = {
            secret,
            secret.strip().splitlines()[0],
            json.dumps(secret)[1:-1],
            repr(secret)[1:-1],
        }
        assert [form for form in forms for text in texts if form in text] == []
