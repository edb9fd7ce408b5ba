"""Tests that the example workflows pass linters, a security scanner and our own rules."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from langsmith_pulumi._version import __version__
from langsmith_pulumi.cli import main
from tests.workflows.runner import ACTION, GITHUB, GITLAB, OWN_ACTION, load

BIN = Path(sys.executable).parent
ZIZMOR = ["zizmor", "--offline", "--no-progress", "--persona", "pedantic"]
CONFIG = Path(__file__).parent / "zizmor.yml"
TOOLS = sorted(path for path in (Path(__file__).parent / "tools").rglob("*") if path.is_file())
LINTERS = {
    "schema of GitHub": [
        "check-jsonschema",
        "--builtin-schema",
        "vendor.github-workflows",
        *GITHUB,
    ],
    "schema of GitLab": ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", GITLAB],
    "schema of our action": [
        "check-jsonschema",
        "--builtin-schema",
        "vendor.github-actions",
        ACTION,
    ],
    "zizmor": [*ZIZMOR, "--config", CONFIG, *GITHUB, ACTION],
    "shellcheck of our tools": ["shellcheck", *TOOLS],
}


def _jobs() -> list[tuple[str, dict[str, Any]]]:
    """Return the jobs of GitHub, and the steps of our action as one more."""
    jobs = [(path.stem, job) for path in GITHUB for job in load(path)["jobs"].values()]
    return [*jobs, ("action", load(ACTION)["runs"])]


def _scripts() -> dict[str, str]:
    """Return every script of both forges."""
    found = {
        f"{name}: {step['name']}": step["run"]
        for name, job in _jobs()
        for step in job["steps"]
        if "run" in step
    }
    for name, job in load(GITLAB).items():
        parts = [
            part for key in ("before_script", "script", "after_script") for part in _part(job, key)
        ]
        if parts:
            found[f"gitlab: {name}"] = "\n".join(parts)
    return found


def _part(job: Any, key: str) -> list[str]:
    return list(job.get(key, [])) if isinstance(job, dict) else []


SCRIPTS = _scripts()


@pytest.mark.parametrize("command", LINTERS.values(), ids=LINTERS)
def test_linters_find_nothing(command: list[str | Path]) -> None:
    """Schemas, the security scanner at its second strictest level, and the shell linter pass."""
    name, *arguments = map(str, command)
    done = subprocess.run([BIN / name, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actionlint_finds_nothing() -> None:
    """The linter for workflows passes if it is on PATH; no Python package provides it."""
    if not shutil.which("actionlint"):
        pytest.skip("actionlint is not on PATH")
    command = ["actionlint", "-shellcheck", str(BIN / "shellcheck"), *map(str, GITHUB)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_every_script_is_sound_and_short(script: str) -> None:
    """Each script passes the shell linter and is short; longer ones belong into a program."""
    done = subprocess.run(
        # Variables come from the workflow, and GitLab's scripts share theirs.
        [BIN / "shellcheck", "--shell=bash", "--exclude=SC2034,SC2153,SC2154", "-"],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert len(script.splitlines()) <= 14


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_our_own_commands_exist(script: str) -> None:
    """Each call of ``langsmith-pulumi`` uses an existing command with existing options."""
    for call in re.findall(r"langsmith-pulumi ((?:[^|>&\n\\]|\\\n)+)", script):
        words = [word.strip("\"'") for word in call.replace("\\\n", " ").split()]
        _assert_parses(main, words)


def _assert_parses(command: click.Command, words: list[str]) -> None:
    if isinstance(command, click.Group):
        return _assert_parses(command.commands[words[0]], words[1:])
    known = {option for parameter in command.params for option in parameter.opts}
    given = {word for word in words if word.startswith("-") and word != "-"}
    assert given <= known
    return None


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.stem)
def test_rights_are_the_least(path: Path) -> None:
    """No workflow has permissions by default; each job names its own, and a time limit."""
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        assert job["permissions"]["contents"] == "read"
        posts_to = "issues" if path.stem == "drift" else "pull-requests"
        assert set(job["permissions"]) == {"contents", posts_to}
        assert job["timeout-minutes"] <= 90


def test_actions_are_few_and_pinned() -> None:
    """Only three actions are used, pinned to commits; no checkout keeps the token.

    Our own is named by the tag of this version, for a file cannot name the commit it is part of.
    """
    used = [step for _, job in _jobs() for step in job["steps"] if "uses" in step]
    steps = [step for step in used if not step["uses"].startswith(OWN_ACTION)]
    own = {step["uses"] for step in used} - {step["uses"] for step in steps}
    assert own == {f"{OWN_ACTION}v{__version__}"}
    assert {step["uses"].partition("@")[0] for step in steps} == {
        "actions/checkout",
        "actions/setup-python",
        "pulumi/actions",
    }
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in steps)
    checkouts = [step for step in steps if step["uses"].startswith("actions/checkout")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


ACCESS = {
    "PULUMI_ACCESS_TOKEN",
    "PULUMI_BACKEND_URL",
    "PULUMI_CONFIG_PASSPHRASE",
    "LANGSMITH_API_KEY",
    "LANGSMITH_WORKSPACE_ID",
    "LANGSMITH_ENDPOINT",
}
"""The settings of the backend and the control plane."""


def test_secrets_go_only_to_the_steps_that_need_them() -> None:
    """No secret is job-wide, a step that comments has no keys, and no script has expressions."""
    for _, job in _jobs():
        assert "secrets." not in str(job.get("env"))
        for step in job["steps"]:
            env = step.get("env", {})
            if any("secrets." in str(value) for value in env.values()):
                assert set(env) == ACCESS
            assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.stem)
def test_the_backend_is_set_in_one_place(path: Path) -> None:
    """Each file names the settings of the backend and the control plane once."""
    text = path.read_text(encoding="utf-8")
    for name in ACCESS:
        spelt = name.lower().replace("_", "-") if path.stem == "preview" else name
        assert len(re.findall(rf"^ +{spelt}: ", text, re.MULTILINE)) == 1


def test_the_action_hands_keys_to_its_previews_alone() -> None:
    """The defaults of inputs use no context that an action has none of, and keys stay apart."""
    action = load(ACTION)
    keys = {name for name in action["inputs"] if name.upper().replace("-", "_") in ACCESS}
    assert len(keys) == len(ACCESS)
    for step in action["runs"]["steps"]:
        given = {name for name in keys if f"inputs.{name}" in str(step)}
        assert given == (keys if step.get("name") == "Preview" else set())
    defaults = str([spec.get("default") for spec in action["inputs"].values()])
    assert set(re.findall(r"\$\{\{(.+?)\}\}", defaults)) == {" github.token "}


def test_every_install_is_by_hash() -> None:
    """No job installs a file that the repository has no hash of, nor runs a build for it."""
    installs = [script for script in SCRIPTS.values() if "pip install" in script]
    assert len(installs) == 5
    for script in installs:
        assert "--require-hashes" in script
        assert "--only-binary" in script
