"""Passphrases: a stack that was created without one gets one, and moves to Pulumi."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing.offline import OfflineError, OfflineStack
from langsmith_pulumi.testing.simulator import Simulator
from tests.support.engines import PROGRAM
from tests.support.scenario import CANARY, github

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDS_PULUMI = pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")


class ProjectWithoutPassphrase:
    """A project whose stack was created offline without a passphrase."""

    def __init__(self, simulator: Simulator, parent: Path) -> None:
        self.folder = parent / "program"
        shutil.copytree(PROGRAM, self.folder)
        scenario = parent / "scenario.json"
        scenario.write_text(json.dumps({"agent": github()}))
        unset = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
        self.environ = {
            **{key: value for key, value in os.environ.items() if key not in unset},
            **simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "SCENARIO": str(scenario),
            "XDG_CONFIG_HOME": str(parent / "config"),
        }
        assert self.stack().up().ok

    def stack(self, **environ: str) -> OfflineStack:
        return OfflineStack(self.folder, "test", environ={**self.environ, **environ})

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environ, "PATH": path, **environ},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path) -> Iterator[ProjectWithoutPassphrase]:
    with Simulator() as simulator:
        yield ProjectWithoutPassphrase(simulator, tmp_path)


def test_a_passphrase_replaces_the_generated_one(project: ProjectWithoutPassphrase) -> None:
    """The next write encrypts with the new passphrase, and the generated one is invalid then."""
    given = {"PULUMI_CONFIG_PASSPHRASE": "correct horse"}
    assert project.stack(**given).preview().steps == []
    assert project.stack(**given).refresh().ok
    with pytest.raises(OfflineError, match=r"none is given.*offline-passphrase"):
        project.stack().preview()
    assert project.stack(**given).destroy().ok


def test_a_wrong_passphrase(project: ProjectWithoutPassphrase) -> None:
    """The error names the variable, and the file of the generated passphrase."""
    assert project.stack(PULUMI_CONFIG_PASSPHRASE="right").refresh().ok
    with pytest.raises(OfflineError, match=r"PULUMI_CONFIG_PASSPHRASE.*generated.*offline-passphr"):
        project.stack(PULUMI_CONFIG_PASSPHRASE="wrong").preview()


def test_an_export_needs_a_passphrase(project: ProjectWithoutPassphrase) -> None:
    """An export without a passphrase is an error."""
    command = (sys.executable, "-m", "langsmith_pulumi.cli", "offline", "export", "-s", "test")
    refused = project.run(*command)
    assert refused.returncode == 1
    assert "PULUMI_CONFIG_PASSPHRASE" in refused.stderr
    done = project.run(*command, PULUMI_CONFIG_PASSPHRASE="correct horse")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["version"] == 3
    assert CANARY[:10] not in done.stdout


@NEEDS_PULUMI
def test_move_to_pulumi(project: ProjectWithoutPassphrase, tmp_path: Path) -> None:
    """After two commands Pulumi has the stack, and its preview shows no change."""
    (tmp_path / "state").mkdir()
    given = {
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    assert project.run("pulumi", "stack", "init", "test", **given).returncode == 0
    moved = project.run(
        "bash", "-c", "langsmith-pulumi offline export -s test | pulumi stack import", **given
    )
    assert moved.returncode == 0, moved.stderr
    preview = project.run(
        "pulumi", "preview", "--json", "--non-interactive", "--stack", "test", **given
    )
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert set(json.loads(preview.stdout)["changeSummary"]) == {"same"}
    destroyed = project.run("pulumi", "destroy", "--yes", "--skip-preview", "-s", "test", **given)
    assert destroyed.returncode == 0, destroyed.stdout
