"""Tests of the set-up that precedes each command of the Makefile."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = """#!/usr/bin/env bash
# Makes an "environment" whose pip prints what pip prints.
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  *"pip install"*)
    for n in {1..70}; do echo "Collecting package-$n"; echo "  Downloading package-$n.whl"; done
    echo "Installing collected packages: package-1"
    if [ -n "$BROKEN" ]; then echo "ERROR: no network" >&2; exit 1; fi ;;
esac
"""


def _set_up(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    python = folder / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    venv = folder / "venv"
    # The suite runs in a `make` itself, which passes its options and its depth on.
    inherited = {key: text for key, text in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.run(
        ["make", f"{venv}/.ready", f"VENV={venv}", f"PYTHON={python}"],
        cwd=ROOT,
        env={**inherited, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.skipif(not shutil.which("make"), reason="make is not on PATH")
def test_the_set_up_is_one_line(tmp_path: Path) -> None:
    """Seventy packages are one line of progress, and a second command prints nothing of it."""
    first = _set_up(tmp_path)
    assert first.returncode == 0, first.stderr
    (line,) = first.stdout.splitlines()
    assert line.startswith("Setting up ")
    assert line.endswith("." * 14)

    again = _set_up(tmp_path)
    assert "Setting up" not in again.stdout


@pytest.mark.skipif(not shutil.which("make"), reason="make is not on PATH")
def test_a_set_up_that_fails_says_why_and_is_repeated(tmp_path: Path) -> None:
    """What pip says about a failure is shown, and the next command tries again."""
    failed = _set_up(tmp_path, BROKEN="1")
    assert failed.returncode != 0
    assert "no network" in failed.stderr
    assert "Setting up" in _set_up(tmp_path).stdout
