"""The project, the tests and the script of docs/testing.md work as written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

# Imported here, because a run of pytest within this process forgets what it imports itself.
import langsmith_pulumi.testing.simulator
import langsmith_pulumi.testing.stacks  # noqa: F401
from langsmith_pulumi.testing import ChangeKind

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[2] / "docs/testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(?:python|yaml)\n(.*?)```", PAGE, re.DOTALL)
FILES = {named[1]: block for block in BLOCKS if (named := re.match(r"# ([\w.]+)\n", block))}


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return a folder with the files of the page."""
    for name, text in FILES.items():
        (pytester.path / name).write_text(text)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("LANGSMITH_PULUMI_POLL_SECONDS", "0")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(pytester.path))
    return pytester


def test_the_tests_pass(project: pytest.Pytester) -> None:
    """Each test of the page passes in the project of the page."""
    number = PAGE.count("def test_")
    done = project.runpytest_inprocess("-p", "pytest_langsmith_pulumi", "-W", "error")
    done.assert_outcomes(passed=number)


def test_the_script_runs(project: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    """The script without pytest prints what its comment says."""
    [script] = [block for block in BLOCKS if block not in FILES.values()]
    exec(script, {})
    printed = capsys.readouterr().out.strip()
    assert f"# {printed}" in script
    assert (project.path / "build/state/dev.json").exists()


def test_each_kind_of_change_is_explained() -> None:
    """The table has every word of `changes`."""
    rows = "".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))
    assert {f"`{kind}`" for kind in get_args(ChangeKind)} - set(re.findall(r"`[^`]+`", rows)) == {
        "`unchanged`"
    }
