"""Tests that the current code reads the states of each released version.

`python -m tests.upgrades.record VERSION` records the state of a release, with the offline engine.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.offline import OfflineStack
from langsmith_pulumi.testing.stacks import PRELOAD
from tests.support.engines import PASSPHRASE, PROGRAM

STATES = sorted((Path(__file__).parent / "states").iterdir())


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_an_upgrade_changes_nothing(state: Path, tmp_path: Path) -> None:
    """A preview of an unchanged program over an old state is empty and sends no request."""
    project = tmp_path / "program"
    shutil.copytree(PROGRAM, project)
    (project / ".pulumi-offline").mkdir()
    shutil.copy(state / "state.json", project / ".pulumi-offline/test.json")
    with Simulator() as simulator:
        environ = {
            **os.environ,
            **simulator.env,
            "SCENARIO": str(state / "scenario.json"),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }
        stack = OfflineStack(project, "test", environ=environ, preload=PRELOAD)
        preview = stack.preview()
        assert simulator.requests == []
    assert preview.ok, preview.diagnostics
    assert preview.steps == []
