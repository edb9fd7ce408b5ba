"""A new optional field of the API takes a line in each of a few places; the rest follows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inputs.new_field_edits import FIELD, OF_THE_SERVICE, OURS, PATH, REASON

ROOT = Path(__file__).parents[2]
COPIED = ("langsmith_pulumi", "docs", "pyproject.toml", "tests/__init__.py", "tests/inputs")
RUN = "tests/inputs/new_field_run.py"
TESTS = ("tests/inputs/test_wire.py", "tests/inputs/test_documentation.py")
SECONDS = 100


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project to which the field was added."""
    root = tmp_path_factory.mktemp("project")
    for name in COPIED:
        source, target = ROOT / name, root / name
        target.parent.mkdir(exist_ok=True)
        ignored = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignored)
        else:
            shutil.copy(source, target)
    for edit in (*OURS, *OF_THE_SERVICE):
        edit.apply(root)
    return root


def run(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_field_is_shown_everywhere(copied: Path) -> None:
    """With a line in the models, the arguments, the table and a test, nothing else is to be done.

    It is in the documentation, the diff, the PATCH, the report and an imported program, and
    the tests that compare the places are content.
    """
    found = json.loads(run(copied, RUN, str(copied), FIELD))
    assert found["arguments"].count(f"{FIELD}: Input[str] | None") == 2
    assert found["page"] == f"| `{PATH}` | {REASON} |"
    assert found["diff"] == [["update", "agent"], ["update", "agent"]]
    assert "new revision: rebuilt and redeployed" in found["report"]
    assert f"{FIELD}: debug → info" in found["report"]
    assert (found["writes"], found["live"], found["revisions"]) == (["PATCH"], "info", 2)
    assert f'"{FIELD}": "info"' in found["import"]
    options = ["-q", "-n", "0", "-p", "no:cacheprovider", "--rootdir", str(copied)]
    run(copied, "-m", "pytest", *options, *TESTS)
