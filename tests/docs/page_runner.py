"""Runs the blocks of a page in order, in one folder, against one simulator, as a reader would."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.offline import command as offline_command
from langsmith_pulumi.testing.offline.forking import fork
from langsmith_pulumi.testing.offline.stack_context import Request
from langsmith_pulumi.testing.stacks import PRELOAD
from tests.support.commands import run_command
from tests.support.processes import TIMEOUT_SECONDS, kill_tree, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import Block, Command

_SETTINGS = ("LANGSMITH_", "LANGGRAPH_", "LANGCHAIN_", "CONTROL_PLANE_HOST", "PULUMI_")
_SIMULATE = "langsmith-pulumi simulate"
_SET_BY_SIMULATOR = re.compile(r"^export (\w+)=(\S+)\n", re.MULTILINE)
_READY = "export LANGSMITH_CONTROL_PLANE_URL="
_QUICK = " --revision-seconds 0.05"
_SECONDS = 240.0
"""Seconds until a command of a page is given up; `pulumi up` is slow on a busy machine."""
_OF_A_SHELL = {"|", "<", ">>", "&&", ";", "&", "2>"}
_NOT_RUN = re.compile(r"(python3? -m venv|\. \S+/activate|pip install|make)(?= |$)")
"""What is checked and not run: a set-up, which the tests have, and the repository's own targets."""


@dataclass
class PageRun:
    """What the blocks of one page share."""

    home: Path
    folder: Path
    """Where the reader is, in or below ``home / "project"``."""
    environ: dict[str, str]
    processes: contextlib.ExitStack
    names: dict[str, Any] = field(default_factory=dict)
    """The names of the page's Python blocks."""
    has_simulator: bool = False

    def run(self, block: Block) -> None:
        """Do what a reader does with a block, and name its line in an error."""
        try:
            self._run(block)
        except AssertionError as failed:
            raise AssertionError(f"line {block.line}: {failed}") from None

    def _run(self, block: Block) -> None:
        if "checked" in block.remarks:
            return
        if block.caption:
            self._write(block)
        elif block.language == "python":
            exec(block.text, self.names)
        elif block.commands:
            self._run_commands(block)

    def _write(self, block: Block) -> None:
        assert block.caption
        file = self.folder / block.caption
        file.parent.mkdir(parents=True, exist_ok=True)
        text = block.text
        if block.language == "diff":
            text = _patched(file.read_text(encoding="utf-8"), text)
        file.write_text(text, encoding="utf-8")

    def _run_commands(self, block: Block) -> None:
        steps = [step for step in block.commands if not _NOT_RUN.match(step.text)]
        if not steps:
            return
        if not (self.has_simulator or block.text.lstrip("$ ").startswith(_SIMULATE)):
            self._use(self.processes.enter_context(Simulator()).env)
        if any(re.match(r"(for|if|while|cat) ", step.text) for step in steps):
            steps = [replace(steps[0], text=f"set -e\n{block.text}")]
        expected_code = int(block.remarks.get("exit code", "0"))
        for step in steps:
            is_last = step is steps[-1]
            self._run_command(step, expected_code if is_last else 0)

    def _run_command(self, command: Command, expected_code: int) -> None:
        if command.text.startswith(f"{_SIMULATE} "):
            self._start_simulator(command)
            return
        words = _words_of_own(command.text)
        code, output = self._run_own(words) if words else self._run_in_shell(command.text)
        assert code == expected_code, f"{command.text}\n{output}"
        assert_matches(command, output)

    def _run_own(self, words: list[str]) -> tuple[int, str]:
        """Run a command of this package in this process, which is three times as fast."""
        *arguments, file = words if words[-2:-1] == [">"] else [*words, ""]
        arguments = arguments[:-1] if file else arguments
        with _working_directory(self.folder):
            done = run_command(*arguments, environ=self.environ)
        if not file:
            return done.exit_code, done.output
        (self.folder / file).write_text(done.stdout, encoding="utf-8")
        return done.exit_code, done.stderr

    def _run_in_shell(self, script: str) -> tuple[int, str]:
        """Run commands in a shell, and keep the variables and the folder that they set."""
        after = self.home / "environ"
        keep = f"env -0 > {after}; pwd > {after}.pwd"
        process = subprocess.Popen(
            ["bash", "-c", f"trap '{keep}' EXIT\n{_without_questions(script)}"],
            cwd=self.folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            output = process.communicate(timeout=_SECONDS)[0]
        except subprocess.TimeoutExpired:
            kill_tree(process)
            raise
        pairs = (entry.partition("=") for entry in after.read_text().split("\0") if entry)
        self.environ = {name: value for name, _, value in pairs}
        self.folder = Path(Path(f"{after}.pwd").read_text().strip())
        return process.returncode, output

    def _start_simulator(self, command: Command) -> None:
        """Start the simulator of the page, with quick revisions, and take its settings."""
        log = self.home / "simulator.log"
        with log.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {command.text}{_QUICK}"],
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
            )
        self.processes.callback(_end, process)
        wait_until(lambda: re.search(f"{_READY}.*\n", log.read_text()) is not None, process)
        text = log.read_text(encoding="utf-8")
        assert_matches(command, text)
        self._use(dict(_SET_BY_SIMULATOR.findall(text)))

    def _use(self, settings: dict[str, str]) -> None:
        self.environ |= settings
        self.has_simulator = True


@contextlib.contextmanager
def _working_directory(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def page_run(home: Path) -> Iterator[PageRun]:
    """Prepare an empty folder, and commands of this code in front of all others on PATH.

    Offline commands fork their programs, as ``OfflineStack`` does, for that takes a tenth of the
    time.
    """
    folder, commands = home / "project", home / "bin"
    folder.mkdir()
    commands.mkdir()
    command = commands / "langsmith-pulumi"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m langsmith_pulumi.cli "$@"\n')
    command.chmod(0o755)
    with contextlib.ExitStack() as processes, pytest.MonkeyPatch.context() as patch:
        start = functools.partial(fork, preload=PRELOAD)
        patch.setattr(offline_command, "Request", functools.partial(Request, start=start))
        yield PageRun(home, folder, _environ(home, commands), processes)


def _environ(home: Path, commands: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SETTINGS)}
    first = f"{commands}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}"
    (home / "state").mkdir()
    return {
        **kept,
        **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
        **{f"GIT_{who}_EMAIL": "ada@example.com" for who in ("AUTHOR", "COMMITTER")},
        "COLUMNS": "80",
        "HOME": str(home),
        "LANGSMITH_CONFIG_FILE": os.devnull,
        "LANGSMITH_PULUMI_POLL_SECONDS": "0.02",
        "PATH": first + os.environ["PATH"],
        "PULUMI_BACKEND_URL": f"file://{home / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "docs",
        "PULUMI_HOME": str(home / "pulumi"),
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }


def assert_matches(command: Command, output: str) -> None:
    """Compare what a command printed with what the page shows; blanks do not count."""
    if not (command.expected and command.expected.strip()):
        return
    parts = [re.escape(part) for part in re.split(r"\s*\.\.\.\s*", command.expected.strip())]
    form = r".*?".join(re.sub(r"(\\?\s)+", r"\\s+", part) for part in parts)
    assert re.fullmatch(form, output.strip(), re.DOTALL), (
        f"{command.text}\n--- the page shows\n{command.expected}\n--- it printed\n{output}"
    )


def _words_of_own(text: str) -> list[str]:
    """Return the arguments of a command of this package that needs no shell, else nothing."""
    words = shlex.split(text) if text.startswith("langsmith-pulumi ") else []
    return [] if set(words) & _OF_A_SHELL else words[1:]


def _without_questions(text: str) -> str:
    """Let Pulumi go on without a person who agrees."""
    return re.sub(
        r"^(pulumi (?:-\S+ \S+ )*(?:up|destroy|refresh)\b)", r"\1 --yes --skip-preview", text
    )


def _patched(text: str, diff: str) -> str:
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if not line.startswith("+"))
    after = "".join(line[1:] for line in lines if not line.startswith("-"))
    assert text.count(before) == 1, f"the file does not have this once:\n{before}"
    return text.replace(before, after)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(timeout=TIMEOUT_SECONDS)
