# ruff: noqa: INP001 - a script, run by its path
"""A watchdog that kills this process when the engine's process has ended for any reason."""

from __future__ import annotations

import os
import signal
import threading


def start() -> None:
    """Watch the pipe on standard input, and replace standard input by /dev/null.

    The engine holds the other end and never writes: the pipe reaches its end when the engine
    ends, even after SIGKILL.
    """
    pipe = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    threading.Thread(target=_kill_at_end_of, args=(pipe,), daemon=True).start()


def _kill_at_end_of(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGKILL)
