"""Checks of what runs a program: the Pulumi CLI, Python, and the provider's plugin process."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from threading import Timer
from typing import TYPE_CHECKING, Any

from langsmith_pulumi._version import __version__
from langsmith_pulumi.control_plane.text import sanitize

from .findings import Finding

if TYPE_CHECKING:
    from pathlib import Path

_MINIMUM_PULUMI = (3, 216)
"""The oldest release, of the SDK and of the CLI, that this package is made for."""
_COMMAND_SECONDS = 60.0
_VIRTUALENV = re.compile(r"^[^#\n]*\bvirtualenv:\s*['\"]?([^'\"#,}\n]+)", re.MULTILINE)
_TOOLCHAIN = re.compile(r"^[^#\n]*\btoolchain:\s*['\"]?(\w+)", re.MULTILINE)
_VERSION = re.compile(r"v?(\d+)\.(\d+)")
_INSTALL_PULUMI = "Install a newer one: https://www.pulumi.com/docs/install/."
_PLUGIN = """
import json, platform, runpy
from importlib.metadata import version
import langsmith_pulumi.control_plane.client, langsmith_pulumi.provider, langsmith_pulumi._version
found = {"python": platform.python_version(), "pulumi": version("pulumi")}
found["provider"] = langsmith_pulumi._version.__version__
print(json.dumps(found), flush=True)
runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
"""
"""Imports the provider and starts the SDK's plugin process, which prints its port."""


def check_pulumi() -> Finding:
    """Check that the Pulumi CLI is there and not too old."""
    if shutil.which("pulumi") is None:
        return judge_pulumi(None)
    try:
        done = subprocess.run(
            ["pulumi", "version"],  # noqa: S607 - as PATH has it
            capture_output=True,
            text=True,
            check=False,
            timeout=_COMMAND_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return judge_pulumi(f"`pulumi version` failed: {type(error).__name__}")
    return judge_pulumi(done.stdout.strip() or sanitize(done.stderr))


def judge_pulumi(printed: str | None) -> Finding:
    """Judge what `pulumi version` printed; None without the command."""
    if printed is None:
        return Finding(
            "pulumi",
            "problem",
            "The Pulumi CLI is not on PATH.",
            "Install it: https://www.pulumi.com/docs/install/.",
        )
    found, shown = _VERSION.match(printed), sanitize(printed, 80)
    if found is None:
        return Finding(
            "pulumi", "warning", f"The version of the Pulumi CLI is unknown: {shown}.", ""
        )
    if tuple(map(int, found.groups())) < _MINIMUM_PULUMI:
        oldest = ".".join(map(str, _MINIMUM_PULUMI))
        text = f"The Pulumi CLI is {shown}; this package needs {oldest} or newer."
        return Finding("pulumi", "problem", text, _INSTALL_PULUMI)
    return Finding("pulumi", "ok", f"The Pulumi CLI is {shown}.")


def check_plugin(cwd: Path, *, offline: bool = False) -> Finding:
    """Check that the program's Python can import the provider and start its plugin process."""
    python = project_python(cwd, offline=offline)
    command = [python, "-u", "-c", _PLUGIN]
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed command, without a shell
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    except OSError as error:
        return judge_plugin(python, "", "", str(error.strerror))
    with process:
        timer = Timer(_COMMAND_SECONDS, process.kill)
        timer.start()
        assert process.stdout is not None, "it is a pipe"  # noqa: S101
        assert process.stderr is not None, "it is a pipe"  # noqa: S101
        versions, port = process.stdout.readline(), process.stdout.readline()
        timer.cancel()
        process.kill()
        return judge_plugin(python, versions, port, process.stderr.read())


def judge_plugin(python: str, versions: str, port: str, errors: str) -> Finding:
    """Judge the two lines that the plugin process printed, or its errors."""
    advice = (
        "Install what the program needs into this Python (`pulumi install`, or `pip install "
        "langsmith-pulumi`), or name the right virtualenv in Pulumi.yaml."
    )
    shown = sanitize(shutil.which(python) or python, 200)
    if not port.strip().isdigit():
        why = sanitize((errors.strip().splitlines() or ["it printed nothing"])[-1])
        text = f"The provider's plugin process does not start with {shown}: {why}"
        return Finding("plugin", "problem", text, advice)
    found: dict[str, Any] = json.loads(versions)
    text = (
        f"The plugin process starts with {shown}: Python {found['python']}, Pulumi SDK "
        f"{found['pulumi']}, langsmith-pulumi {found['provider']}."
    )
    sdk = _VERSION.match(str(found["pulumi"]))
    if sdk and tuple(map(int, sdk.groups())) < _MINIMUM_PULUMI:
        return Finding("plugin", "problem", f"{text} This SDK is too old.", advice)
    if found["provider"] != __version__:
        note = f"This command is of {__version__}; run it with the program's Python."
        return Finding("plugin", "warning", text, note)
    return Finding("plugin", "ok", text)


def project_python(cwd: Path, *, offline: bool = False) -> str:
    """Return the Python that the project in a folder runs with.

    That is the one of the virtualenv that Pulumi.yaml names (uv has one by default). Without one,
    Pulumi takes PULUMI_PYTHON_CMD or the one on PATH, and the offline engine takes this one.
    """
    files = (cwd / name for name in ("Pulumi.yaml", "Pulumi.yml"))
    text = next((file.read_text(encoding="utf-8") for file in files if file.is_file()), "")
    named, tool = _VIRTUALENV.search(text), _TOOLCHAIN.search(text)
    toolchain = tool[1] if tool else "pip"
    if named is None and toolchain != "uv":
        # Only Poetry knows where its virtualenv is, and without a project there is none.
        is_this = offline or toolchain == "poetry" or not text
        return sys.executable if is_this else os.environ.get("PULUMI_PYTHON_CMD") or "python3"
    folder = cwd.absolute() / (named[1].strip() if named else ".venv")
    places = (folder / "bin/python", folder / "Scripts/python.exe")
    return str(next((place for place in places if place.exists()), places[0]))
