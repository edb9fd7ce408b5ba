"""The public types, as mypy and pyright see them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from langsmith_pulumi import inputs
from langsmith_pulumi.provider.sizes import DEPLOYMENT_TYPES
from langsmith_pulumi.provider.sources import SOURCES

ROOT = Path(__file__).parents[2]
USES = [ROOT / "tests/inputs/typing_api.py", ROOT / "tests/testing/typing_testing.py"]


CHECKERS = {
    "mypy": ["mypy", *map(str, USES)],
    "pyright": ["pyright", "--pythonpath", sys.executable],
}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    # Without it, pyright asks a server whether there is a newer version.
    environ = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", CHECKERS.values(), ids=CHECKERS)
def test_right_uses_pass_and_wrong_ones_are_found(command: list[str]) -> None:
    """A checker finds each line that is marked as a mistake, and nothing else."""
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pyright_reads_these_uses_and_all_examples() -> None:
    """The settings of pyright name the files that they should: it ignores a path that is wrong."""
    report = json.loads(run(*CHECKERS["pyright"], "--outputjson").stdout)
    programs = (ROOT / "examples").rglob("*.py")
    examples = [file for file in programs if file.parent.name != "agent"]
    assert report["summary"]["filesAnalyzed"] == len([*USES, *examples])


@pytest.mark.parametrize(
    ("alias", "accepted"),
    [
        (inputs.DeploymentSource, SOURCES),
        (inputs.DeploymentType, DEPLOYMENT_TYPES),
    ],
    ids=["source", "deployment_type"],
)
def test_the_literals_are_what_the_provider_accepts(alias: object, accepted: object) -> None:
    """An editor completes exactly the values that pass the preview."""
    assert set(get_args(alias)) == set(accepted)  # type: ignore[call-overload]
