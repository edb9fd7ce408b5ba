"""What the command line makes of arguments that make no sense: a sentence, never a traceback."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from langsmith_pulumi.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("command", ["comment", "issue"])
@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"[]",
        json.dumps({"changes": 1}).encode(),
        json.dumps({"changes": [], "labels": [], "stacks": [{}]}).encode(),
    ],
)
def test_a_file_that_is_no_report_is_named(content: bytes, command: str, tmp_path: Path) -> None:
    """Nothing is sent, whatever else the file holds."""
    report = tmp_path / "report.json"
    report.write_bytes(content)
    result = CliRunner().invoke(main, [command, str(report), "--report", str(report)])
    assert result.exit_code == 1
    assert "report.json is not a report made by" in result.output


@pytest.mark.parametrize(
    "arguments",
    [["simulate", "--port", "70000"], ["simulate", "--port", "-1"], ["comment", "no-such-file"]],
    ids=" ".join,
)
def test_an_argument_that_cannot_be_is_refused(arguments: list[str]) -> None:
    """Click says which and why."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "Invalid value" in result.output
