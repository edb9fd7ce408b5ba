"""The examples run, by the commands in their READMEs, on the simulator."""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.offline import command as offline_command
from langsmith_pulumi.testing.offline.forking import fork
from langsmith_pulumi.testing.offline.stack_context import Request
from langsmith_pulumi.testing.stacks import PRELOAD
from tests.support.commands import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
TEMPLATE = EXAMPLES / "template" / "langsmith_python"
NEEDS_PULUMI = pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")

TIMEOUT_SECONDS = 120.0
STAGED = ("research", "support", "triage")
DEPLOYMENTS = {
    "react-agent": ["react-agent-dev"],
    "stages": [f"{agent}-{stage}" for stage in ("dev", "prod") for agent in STAGED],
    "self_hosted": ["support-agent"],
    "local_folder": ["echo-agent"],
    "wiring": ["research", "supervisor"],
    "stack_reference": ["chat"],
    "component": ["care-support-dev", "insights-research-dev"],
}
"""What the commands of each example deploy."""
ELSEWHERE = {"automation", "template", "workflows"}
"""Examples with tests of their own: here, and in ``tests/workflows``."""


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


@dataclass
class Copy:
    """A copy of the examples, for the commands of a reader."""

    folder: Path
    environ: dict[str, str]

    def offline(self, example: str) -> None:
        """Run the offline commands of an example's README in its folder."""
        commands = offline_commands(EXAMPLES / example)
        assert commands
        for words in commands:
            done = run_command(*words, environ=self.environ)
            assert done.exit_code == 0, done.output

    def run(self, example: str, *command: str) -> str:
        """Run a command in the folder of an example."""
        done = subprocess.run(
            command,
            cwd=self.folder / example,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def copy(simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """Copy the examples; offline commands fork their programs, which saves most of the time."""
    ignored = shutil.ignore_patterns(".pulumi-offline", "__pycache__")
    shutil.copytree(EXAMPLES, tmp_path / "examples", ignore=ignored)
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    start = functools.partial(fork, preload=PRELOAD)
    monkeypatch.setattr(offline_command, "Request", functools.partial(Request, start=start))
    (tmp_path / "state").mkdir()
    environ = {
        **os.environ,
        **simulator.env,
        "LANGSMITH_PULUMI_POLL_SECONDS": "0",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "examples",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    return Copy(tmp_path / "examples", environ)


def offline_commands(example: Path) -> list[list[str]]:
    """Return the arguments of the offline commands of an example's README."""
    text = (example / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^langsmith-pulumi (offline .+)$", text, re.MULTILINE)
    return [shlex.split(line) for line in lines]


@pytest.mark.parametrize("example", DEPLOYMENTS)
def test_example_runs(
    example: str, copy: Copy, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the README deploy what the example promises."""
    monkeypatch.chdir(copy.folder / example)
    copy.offline(example)
    live = simulator.deployments()
    assert sorted(live) == sorted(DEPLOYMENTS[example])
    assert {deployment["status"] for deployment in live.values()} == {"READY"}


def test_a_stack_reference_needs_pulumi(copy: Copy) -> None:
    """Without a URL in the configuration, the offline engine says what it cannot do."""
    folder = str(copy.folder / "stack_reference")
    done = run_command("offline", "preview", "--cwd", folder, environ=copy.environ)
    assert done.exit_code == 1
    assert "stack references" in done.output


@NEEDS_PULUMI
def test_a_stack_reference_on_pulumi(copy: Copy, simulator: Simulator) -> None:
    """The consumer gets the URL that the other stack exports."""
    for example in ("wiring", "stack_reference"):
        copy.run(example, "pulumi", "stack", "init", "dev")
        copy.run(example, "pulumi", "up", "--yes", "--skip-preview", "--stack", "dev")
    (variable,) = simulator.deployment("chat")["secrets"]
    supervisor = json.loads(copy.run("wiring", "pulumi", "stack", "output", "--json"))
    assert variable == {"name": "SUPERVISOR_URL", "value": supervisor["url"]}


@NEEDS_PULUMI
def test_the_script_on_pulumi(copy: Copy, simulator: Simulator) -> None:
    """A customer gets a stack and a deployment, and both are gone afterwards."""
    printed = copy.run("automation", sys.executable, "deploy.py", "customer-1")
    assert "customer-1: https://assistant-customer-1" in printed
    assert list(simulator.deployments()) == ["assistant-customer-1"]
    copy.run("automation", sys.executable, "deploy.py", "customer-1", "--destroy")
    assert simulator.deployments() == {}


def test_the_template_runs(simulator: Simulator, copy: Copy, tmp_path: Path) -> None:
    """With a name in place of its placeholders, the template is a project that deploys."""
    project = tmp_path / "support"
    project.mkdir()
    for file in TEMPLATE.iterdir():
        text = file.read_text(encoding="utf-8")
        filled = text.replace("${PROJECT}", "support").replace("${DESCRIPTION}", "An agent")
        (project / file.name).write_text(filled, encoding="utf-8")
    assert_deploys(project, simulator, copy)


@NEEDS_PULUMI
def test_the_template_on_pulumi(simulator: Simulator, copy: Copy, tmp_path: Path) -> None:
    """`pulumi new` makes a project of the folder that the README names."""
    new = ["pulumi", "new", str(copy.folder / "template" / TEMPLATE.name)]
    (copy.folder / "support").mkdir()
    copy.run("support", *new, "--name", "support", "--yes", "--generate-only")
    assert_deploys(copy.folder / "support", simulator, copy)


def assert_deploys(project: Path, simulator: Simulator, copy: Copy) -> None:
    """Run the offline command of the template's README in a project made of it."""
    (command,) = offline_commands(EXAMPLES / "template")
    done = run_command(*command, "--cwd", str(project), environ=copy.environ)
    assert done.exit_code == 0, done.output
    assert list(simulator.deployments()) == ["support-dev"]


def test_every_example_is_listed_and_described() -> None:
    """The table has each folder, each README both ways to run it, and each a test."""
    table = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert set(re.findall(r"^\| \[`([\w-]+)`\]", table, re.MULTILINE)) == folders
    assert folders == {*DEPLOYMENTS, *ELSEWHERE}
    for folder in folders - {"workflows"}:
        text = (EXAMPLES / folder / "README.md").read_text(encoding="utf-8")
        assert "On the simulator (`langsmith-pulumi simulate`" in text, folder
        assert "For real, " in text, folder
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (EXAMPLES / folder / link).exists(), link
