# ruff: noqa: INP001 - a script, run by its path
"""Ends this process as soon as its engine is gone, whichever way the engine ended."""

from __future__ import annotations

import os
import signal
import threading


def hold() -> None:
    """Watch the pipe that the engine gave us as standard input, and leave nobody else reading it.

    The engine holds the other end and never writes: the pipe ends when the engine does, even
    after SIGKILL.
    """
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_die_with, args=(pipe,), daemon=True).start()


def _die_with(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGKILL)
