# ruff: noqa: INP001 - a script, run by its path
"""Runs the SDK's plugin for dynamic providers as `python -m pulumi.dynamic <engine>` does."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import parent_watchdog  # type: ignore[import-not-found]  # beside this script, which is run by path

parent_watchdog.start()
sys.path[0] = str(Path.cwd())  # as `-m` sets it, so that the program's own modules are found
runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
