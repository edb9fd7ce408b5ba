"""Tests that the workflows and templates of this repository pass linters and our own rules."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.runner import load

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
LINTERS: dict[str, list[Any]] = {
    "schema of workflows": ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
    "schema of Dependabot": ["check-jsonschema", "--builtin-schema", "vendor.dependabot"],
    "schema of issue forms": ["check-jsonschema", "--builtin-schema", "vendor.github-issue-forms"],
    "zizmor": ["zizmor", "--offline", "--no-progress", "--persona", "pedantic"],
    "pre-commit": ["pre-commit", "validate-config"],
}
FILES = {
    "schema of workflows": WORKFLOWS,
    "schema of Dependabot": [GITHUB / "dependabot.yml"],
    "schema of issue forms": FORMS,
    "zizmor": [GITHUB],
    "pre-commit": [ROOT / ".pre-commit-config.yaml"],
}
STEPS = [step for path in WORKFLOWS for job in load(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", LINTERS)
def test_linters_find_nothing(name: str) -> None:
    """Schemas and the security scanner accept the repository's own automation."""
    program, *options = LINTERS[name]
    command = [BIN / program, *options, *FILES[name]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


RIGHTS = {
    "publish": {"id-token": "write"},
    "release": {"contents": "write", "id-token": "write", "attestations": "write"},
}
"""The rights of the jobs that do more than read the repository."""


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_rights_are_the_least(path: Path) -> None:
    """No workflow has rights by default, and what publishes builds nothing."""
    workflow = load(path)
    assert workflow["permissions"] == {}
    for name, job in workflow["jobs"].items():
        assert job["permissions"] == RIGHTS.get(name, {"contents": "read"})
        if name in RIGHTS:
            assert "make" not in str(job["steps"])
            assert "checkout" not in str(job["steps"])
        assert job["timeout-minutes"] <= 90


def test_actions_are_pinned_to_commits() -> None:
    """A moved tag changes nothing that runs here."""
    actions = {step["uses"] for step in STEPS if "uses" in step}
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action) for action in actions)


def test_jobs_run_make() -> None:
    """What CI runs can be run by hand: each script is a target of the Makefile, or one line."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for script in (step["run"] for step in STEPS if "run" in step):
        assert len(script.splitlines()) == 1
        target = re.fullmatch(r"make (\w+)", script)
        assert target is None or re.search(rf"^{target[1]}:", makefile, re.MULTILINE)


def test_each_supported_python_is_tested() -> None:
    """The matrix has the versions that the package's classifiers name."""
    classifiers = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    supported = re.findall(r"Python :: (3[.]\d+)", classifiers)
    jobs = load(GITHUB / "workflows/ci.yml")["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == supported
    ends = [supported[0], supported[-1]]
    for job, target in {"package": "make installed", "sdist": "make unpacked"}.items():
        assert jobs[job]["strategy"]["matrix"]["python"] == ends
        assert jobs[job]["steps"][-1]["run"] == target
