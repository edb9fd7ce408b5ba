"""What the command line makes of arguments that make no sense: a sentence, never a traceback."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import click
import pytest
from click.testing import CliRunner

from langsmith_pulumi.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def commands(command: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[Command]:
    """Yield every command and group with the words that call it."""
    yield Command(path, command)
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))


class Command(NamedTuple):
    path: tuple[str, ...]
    command: click.Command

    @property
    def test_id(self) -> str:
        return " ".join(self.path) or "(none)"


@pytest.mark.parametrize("called", [*commands()], ids=lambda one: one.test_id)
def test_help_has_examples_that_can_be_copied(called: Command) -> None:
    """Each help shows examples of its own command, says what exit codes mean, and cuts nothing."""
    result = CliRunner().invoke(main, [*called.path, "--help"])
    assert result.exit_code == 0
    assert "Exit codes: 0 " in result.output
    assert "...\n" not in result.output.partition("Options:")[2]
    undescribed = [
        option.opts
        for option in called.command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert undescribed == []
    shown = re.findall(r"^    langsmith-pulumi (.+)$", result.output, re.MULTILINE)
    assert shown
    for example in shown:
        words = shlex.split(re.split(r" [|>] ", example)[0])
        assert tuple(words[: len(called.path)]) == called.path
        assert parses(words), example


def parses(words: list[str]) -> bool:
    """Return True if a command takes these words; files and folders need not exist."""
    command: click.Command = main
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None
        command = found
    parser = command.make_parser(click.Context(command))
    _, rest, _ = parser.parse_args(args=words)
    return rest == []


class UnluckyError(Exception):
    """An error that nobody expects."""


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (UnluckyError("hunter2"), "An unexpected error, UnluckyError in test_cli.py, line"),
        (PermissionError(13, "Permission denied", "/etc/plan"), "/etc/plan: Permission denied."),
    ],
)
def test_an_unexpected_error_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    """No traceback reaches a terminal or a log, for it could show a secret."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(main.commands["doctor"], "callback", fail)
    result = CliRunner().invoke(main, ["doctor"])
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {says}")
    assert "hunter2" not in result.output
    assert result.output.count("\n") == 1


def test_the_shell_completes_commands_and_options() -> None:
    """Click's completion, which the documentation sets up, answers for bash."""
    words = "langsmith-pulumi status --he"
    environ = {
        **os.environ,
        "_LANGSMITH_PULUMI_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": "2",
    }
    script = "from langsmith_pulumi.cli import main; main(prog_name='langsmith-pulumi')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "plain,--health" in done.stdout.splitlines()
