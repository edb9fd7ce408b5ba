"""Tests that the programs, commands and links of the README work."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from langsmith_pulumi.cli import main
from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.offline import OfflineStack

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
PROGRAM = next(block for block in BLOCKS if "Deployment(" in block)
CONFIG = {"integrationId": "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11"}
SECRETS = {"anthropicApiKey": "not a real key"}


def environ(simulator: Simulator) -> dict[str, str]:
    return {**os.environ, **simulator.env, "PULUMI_CONFIG_PASSPHRASE": "readme"}


def test_the_program_in_the_readme_runs(tmp_path: Path) -> None:
    """The program of the README, in an empty project, deploys and exports the URL."""
    (tmp_path / "Pulumi.yaml").write_text("name: readme\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(PROGRAM)
    with Simulator() as simulator:
        stack = OfflineStack(tmp_path, config=CONFIG, secrets=SECRETS, environ=environ(simulator))
        result = stack.up()
    assert result.ok, result.diagnostics
    assert result.outputs["url"].startswith("https://support-agent-")


def test_the_project_at_the_root_is_the_example(tmp_path: Path) -> None:
    """`pulumi up` at the root deploys the example; only the secrets have to be set."""
    for name in ("Pulumi.yaml", "examples/react-agent/__main__.py"):
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((ROOT / name).read_text())
    keys = {"anthropicApiKey": "a", "tavilyApiKey": "b"}
    with Simulator() as simulator:
        result = OfflineStack(tmp_path, secrets=keys, environ=environ(simulator)).up()
    assert result.ok, result.diagnostics
    assert result.outputs.keys() == {"url", "commit"}


def test_the_example_with_a_local_folder(tmp_path: Path) -> None:
    """`pulumi up` in the example uploads the agent beside it, and a second one does nothing."""
    project = tmp_path / "local_folder"
    shutil.copytree(ROOT / "examples" / "local_folder", project)
    with Simulator() as simulator:
        stack = OfflineStack(project, environ=environ(simulator))
        assert stack.up().ok
        simulator.clear_requests()
        assert stack.up().ok
        assert [one.method for one in simulator.requests] == []
        (upload,) = simulator.uploads("echo-agent")
        (revision,) = simulator.revisions("echo-agent")
    assert revision["status"] == "DEPLOYED"
    assert upload["files"] == [".gitignore", "echo.py", "langgraph.json", "requirements.txt"]


def commands(group: click.Group, prefix: str = "") -> list[str]:
    """Return the names of all commands; a group's name precedes those of its commands."""
    found: list[str] = []
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found += commands(command, f"{prefix}{name} ") if inner else [f"{prefix}{name}"]  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("command", commands(main))
def test_each_command_is_documented_and_helps(command: str) -> None:
    """The README names each command or its group, and --help describes it.

    The reference has all of them, made from the commands themselves.
    """
    words = command.split()
    assert f"langsmith-pulumi {words[0]}" in README
    shown = CliRunner().invoke(main, [*words, "--help"])
    assert shown.exit_code == 0


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_each_link_has_a_target(link: str) -> None:
    """Each relative link of the README names a file or folder that exists."""
    assert (ROOT / link).exists()
