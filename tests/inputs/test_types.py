"""The public types, as mypy and pyright see them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import get_args

import pytest

from langsmith_pulumi import inputs
from langsmith_pulumi.provider.sizes import DEPLOYMENT_TYPES, SIZES
from langsmith_pulumi.provider.sources import SOURCES

ROOT = Path(__file__).parents[2]
USES = [ROOT / "tests/inputs/typing_api.py", ROOT / "tests/testing/typing_testing.py"]
PACKAGE = ROOT / "langsmith_pulumi"


CHECKERS = {
    "mypy": ["mypy", *map(str, USES)],
    "pyright": ["pyright", "--pythonpath", sys.executable],
}


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    # Without it, pyright asks a server whether there is a newer version.
    environ = {**os.environ, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", **environ}
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=120
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
        (get_args(inputs.DeploymentType)[0], DEPLOYMENT_TYPES),
        (inputs.DeploymentSize, SIZES),
    ],
    ids=["source", "deployment_type", "size"],
)
def test_the_literals_are_what_the_provider_accepts(alias: object, accepted: object) -> None:
    """An editor completes exactly the values that the preview knows."""
    assert set(get_args(alias)) == set(accepted)  # type: ignore[call-overload]


def test_every_public_type_is_known(tmp_path: Path) -> None:
    """A user's type checker infers nothing: every public name is annotated, in all packages."""
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    # pyright checks an installed package, and finds those that it imports on the same path.
    path = os.pathsep.join([str(tmp_path), sysconfig.get_path("purelib")])
    options = ["--verifytypes", PACKAGE.name, "--ignoreexternal", "--outputjson"]
    done = run(*CHECKERS["pyright"], *options, PYTHONPATH=path)
    found = json.loads(done.stdout)["typeCompleteness"]
    problems = {
        f"{symbol['name']}: {problem['message']}"
        for symbol in found["symbols"]
        for problem in symbol["diagnostics"]
        if symbol["isExported"] and "partially unknown" not in problem["message"]
    }
    assert not {one for one in problems if "docstring" not in one.lower()}
    assert found["completenessScore"] == 1
