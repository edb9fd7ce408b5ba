# ruff: noqa: INP001 - a script, run by its path
"""Runs a Pulumi program as Pulumi's language host for Python does.

Arguments: the monitor's address, the engine's address, and the program (a file, or a folder with a
`__main__.py`). The other settings of the SDK come from the environment, see `program.py`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import parent_watchdog  # type: ignore[import-not-found]  # beside this script, which is run by path

EXIT_FAILURE_REPORTED = 32  # Pulumi's exit code of a program that has reported its failure
_THREADS = 256  # as many registrations as the engine runs steps at once

parent_watchdog.start()

import pulumi  # noqa: E402 - after the watchdog: imports take a while
import pulumi.runtime  # noqa: E402


def main(monitor: str, engine: str, program: str) -> int:
    """Run the program to its end, and return the exit code."""
    _configure(monitor, engine)
    sys.argv = [program]
    sys.path.pop(0)  # this script's folder; runpy puts the program's in
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Each registration blocks a thread until its step is done.
    loop.set_default_executor(ThreadPoolExecutor(max_workers=_THREADS))
    # A failed program leaves futures behind, and asyncio would log each of them.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _run(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:  # noqa: BLE001 - every exception of the program is its failure
        pulumi.log.error(f"Program failed with an unhandled exception:\n{_own_traceback(program)}")
        return EXIT_FAILURE_REPORTED
    return 0


def _configure(monitor: str, engine: str) -> None:
    pulumi.runtime.set_all_config(
        pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env()
    )
    settings = json.loads(os.environ.pop("PULUMI_OFFLINE_SETTINGS"))
    if missing_secret := settings.pop("missing_secret"):
        _fill_missing_secrets(missing_secret)
    pulumi.runtime.configure(pulumi.runtime.Settings(monitor=monitor, engine=engine, **settings))


def _fill_missing_secrets(placeholder: str) -> None:
    """Let the program get a placeholder for a secret that it requires and nothing sets."""
    require_secret = pulumi.Config.require_secret

    def require_or_fill(self: pulumi.Config, key: str) -> pulumi.Output[str]:
        try:
            return require_secret(self, key)
        except pulumi.ConfigMissingError:
            pulumi.log.warn(f"a placeholder stands for the missing secret {self.name}:{key}")
            return pulumi.Output.secret(placeholder)

    pulumi.Config.require_secret = require_or_fill  # type: ignore[method-assign]


def _run(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def _own_traceback(program: str) -> str:
    """Return the traceback from the program's first line on, or all of it without that line."""
    error = sys.exc_info()[1]
    frames = traceback.extract_tb(error.__traceback__ if error else None)
    folder = program if Path(program).is_dir() else str(Path(program).parent)
    own = [n for n, frame in enumerate(frames) if frame.filename.startswith(folder)]
    return traceback.format_exc(limit=-(len(frames) - own[0]) if own else None)


sys.exit(main(*sys.argv[1:]))
