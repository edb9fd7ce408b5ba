"""From offline to Pulumi: a stack that was begun without a passphrase goes on with one."""

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


class Begun:
    """A stack that was brought up offline without a passphrase."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self.project = folder / "program"
        shutil.copytree(PROGRAM, self.project)
        scenario = folder / "scenario.json"
        scenario.write_text(json.dumps({"agent": github()}))
        unset = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
        self.environ = {
            **{key: value for key, value in os.environ.items() if key not in unset},
            **simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0",
            "SCENARIO": str(scenario),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
        assert self.stack().up().ok

    def stack(self, **environ: str) -> OfflineStack:
        return OfflineStack(self.project, "test", environ={**self.environ, **environ})

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            command,
            cwd=self.project,
            env={**self.environ, "PATH": path, **environ},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Begun]:
    with Simulator() as simulator:
        yield Begun(simulator, tmp_path)


def test_it_goes_on_with_a_passphrase(begun: Begun) -> None:
    """The next write encrypts with the new one; the generated one opens nothing then."""
    given = {"PULUMI_CONFIG_PASSPHRASE": "correct horse"}
    assert begun.stack(**given).preview().steps == []
    assert begun.stack(**given).refresh().ok
    with pytest.raises(OfflineError, match=r"none is given.*offline-passphrase"):
        begun.stack().preview()
    assert begun.stack(**given).destroy().ok


def test_a_wrong_passphrase_is_told_from_the_generated_one(begun: Begun) -> None:
    """The message names both, and where the generated one is kept."""
    assert begun.stack(PULUMI_CONFIG_PASSPHRASE="right").refresh().ok
    with pytest.raises(OfflineError, match=r"PULUMI_CONFIG_PASSPHRASE.*generated.*offline-passphr"):
        begun.stack(PULUMI_CONFIG_PASSPHRASE="wrong").preview()


def test_an_export_needs_a_passphrase(begun: Begun) -> None:
    """Without one nobody could read it."""
    command = (sys.executable, "-m", "langsmith_pulumi.cli", "offline", "export", "-s", "test")
    refused = begun.run(*command)
    assert refused.returncode == 1
    assert "PULUMI_CONFIG_PASSPHRASE" in refused.stderr
    done = begun.run(*command, PULUMI_CONFIG_PASSPHRASE="correct horse")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["version"] == 3
    assert CANARY[:10] not in done.stdout


@NEEDS_PULUMI
def test_pulumi_takes_the_stack_over(begun: Begun, tmp_path: Path) -> None:
    """Two commands, and then a preview that shows no change."""
    (tmp_path / "state").mkdir()
    given = {
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "correct horse",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    assert begun.run("pulumi", "stack", "init", "test", **given).returncode == 0
    moved = begun.run(
        "bash", "-c", "langsmith-pulumi offline export -s test | pulumi stack import", **given
    )
    assert moved.returncode == 0, moved.stderr
    preview = begun.run(
        "pulumi", "preview", "--json", "--non-interactive", "--stack", "test", **given
    )
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert set(json.loads(preview.stdout)["changeSummary"]) == {"same"}
    destroyed = begun.run("pulumi", "destroy", "--yes", "--skip-preview", "-s", "test", **given)
    assert destroyed.returncode == 0, destroyed.stdout
