"""What the command `import` says of arguments, folders and stacks that do not fit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from langsmith_pulumi.cli import main
from langsmith_pulumi.testing import Simulator
from tests.operations.stacks import OfflineEngine
from tests.operations.workspace import (
    API_KEY,
    CLUSTER,
    client_of,
    create,
    fill_with_one,
    image,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

FILES = ["Pulumi.yaml", "__main__.py", "requirements.txt"]
SECRET = "hunter2 and\nanother line"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(api_key=API_KEY) as running:
        fill_with_one(running, "support-agent", {"TOKEN": SECRET})
        yield running


@pytest.fixture
def engine(simulator: Simulator, tmp_path: Path) -> OfflineEngine:
    return OfflineEngine(tmp_path, simulator)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project"


def run_import(engine: OfflineEngine, project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        main, ["import", *arguments, "--out", str(project)], env=engine.environ
    )


WRONG = {
    (): "Name the deployments to import, or give --all. There are: support-agent.",
    ("suport-agent",): "is named 'suport-agent'; did you mean support-agent?",
    ("support-agent", "--all"): "Give either the names of deployments or --all",
    ("1f0e7a3c-4d9b-4a5e-8f6d-0c2b1a998877",): "no deployment with the id 1f0e7a3c",
    ("--all", "--plain", "TOKEN"): "--plain does not take TOKEN of support-agent",
}


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_arguments_are_explained(
    arguments: tuple[str, ...], engine: OfflineEngine, project: Path
) -> None:
    """A sentence says what is wrong, and nothing is written."""
    found = run_import(engine, project, *arguments)
    assert found.exit_code == 1
    assert WRONG[arguments] in found.output
    assert not project.exists()


def test_the_commands_that_set_secrets_are_printed(engine: OfflineEngine, project: Path) -> None:
    """They name the keys, and no value is anywhere; what each key is stands apart.

    Names of variables are other people's text, and zsh takes a comment for arguments.
    """
    found = run_import(engine, project, "support-agent")
    assert "  supportAgentToken: TOKEN of support-agent\n" in found.output
    assert "  pulumi config set --secret supportAgentToken\n" in found.output
    assert sorted(file.name for file in project.iterdir()) == FILES
    assert "hunter2" not in found.output + "".join(file.read_text() for file in project.iterdir())


def test_nothing_is_overwritten(engine: OfflineEngine, project: Path) -> None:
    """A file with another content is named, and none is written."""
    project.mkdir()
    (project / "__main__.py").write_text("precious = True\n")
    found = run_import(engine, project, "--all")
    assert found.exit_code == 1
    assert "contains __main__.py already" in found.output
    assert [file.name for file in project.iterdir()] == ["__main__.py"]
    assert (project / "__main__.py").read_text() == "precious = True\n"


def test_a_stack_that_cannot_be_set_is_explained(engine: OfflineEngine, project: Path) -> None:
    """The error is shown without the value, which is no argument; the same command goes on."""
    engine.failing.touch()
    found = run_import(engine, project, "--all", "--set-secrets", "dev")
    assert found.exit_code == 1
    assert "error: the passphrase is wrong" in found.output
    assert "hunter2" not in found.output
    engine.failing.unlink()
    assert run_import(engine, project, "--all", "--set-secrets", "dev").exit_code == 0
    assert engine.secrets() == {"supportAgentToken": SECRET}
    assert engine.arguments() == [
        ["stack", "select", "--create", "--stack=dev", "--non-interactive"],
        ["config", "set", "--secret", "--stack=dev", "supportAgentToken", "--non-interactive"],
    ]


def test_without_pulumi_nothing_is_written(engine: OfflineEngine, project: Path) -> None:
    """`--set-secrets` says that it needs the command."""
    engine.environ["PATH"] = os.devnull
    found = run_import(engine, project, "--all", "--set-secrets", "dev")
    assert "--set-secrets needs the pulumi command" in found.output
    assert not project.exists()


def test_a_preview_build_is_imported_by_its_id_only(
    engine: OfflineEngine, simulator: Simulator, project: Path
) -> None:
    """The service deletes it with its parent, so nobody gets it by accident."""
    preview = simulator.add_preview("support-agent")
    assert run_import(engine, project, preview["name"]).exit_code == 1
    assert "1 deployment:" in run_import(engine, project, "--all").output
    other = project.with_name("other")
    assert "1 deployment:" in run_import(engine, other, preview["id"]).output
    assert preview["id"] in (other / "__main__.py").read_text()


@pytest.mark.parametrize(("plan", "said"), [(True, True), (False, False)])
def test_a_listener_that_is_gone_is_said(
    engine: OfflineEngine, simulator: Simulator, project: Path, *, plan: bool, said: bool
) -> None:
    """A plan without listeners, whose routes are refused, proves nothing."""
    simulator.listeners = [CLUSTER]
    with client_of(simulator) as client:
        create(client, "tool", image())
    simulator.listeners, simulator.listener_plan = [], plan
    found = run_import(engine, project, "tool")
    assert found.exit_code == 0, found.output
    assert (f"its listener {CLUSTER.id} is gone" in found.output) is said
