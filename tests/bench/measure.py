"""Time, processor and memory of a command, with all the processes that it starts."""

from __future__ import annotations

import ctypes
import resource
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SAMPLE_SECONDS = 0.1
_PR_SET_CHILD_SUBREAPER = 36
_MEBIBYTE = 1024 * 1024


class CommandFailedError(Exception):
    """A command that ended with another code than it should have."""


@dataclass
class Measurement:
    """What a command took."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """Of all its processes, as far as they were waited for."""
    peak_mib: float = 0.0
    """The greatest sum of the resident memory of its processes; shared pages count for each."""
    lines: list[tuple[float, str]] = field(default_factory=list)
    """What it printed, with the seconds since its start."""


def adopt_orphans() -> None:
    """Make processes whose parent ends before them children of this one (on Linux).

    Their processor time is counted when they are waited for.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def measure(
    command: list[str],
    cwd: Path,
    environ: Mapping[str, str],
    others: Iterable[int] = (),
    *,
    may_fail: bool = False,
) -> Measurement:
    """Run a command to its end; ``others`` are children of this process that go on."""
    result = Measurement()
    cpu_before, began = _cpu_of_children(), time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    ended = threading.Event()
    threads = [
        threading.Thread(target=_read, args=(process, began, result)),
        threading.Thread(target=_sample, args=({*others}, ended, result)),
    ]
    for thread in threads:
        thread.start()
    code = process.wait()
    result.seconds = time.perf_counter() - began
    ended.set()
    _wait_for_orphans({*others})
    for thread in threads:
        thread.join()
    result.cpu_seconds = _cpu_of_children() - cpu_before
    if code and not may_fail:
        printed = "\n".join(line for _, line in result.lines[-30:])
        raise CommandFailedError(f"{' '.join(command)} ended with {code}:\n{printed}")
    return result


def _read(process: subprocess.Popen[str], began: float, result: Measurement) -> None:
    for line in process.stdout or ():
        result.lines.append((time.perf_counter() - began, line.rstrip()))


def _sample(others: set[int], ended: threading.Event, result: Measurement) -> None:
    """Note the greatest memory of all descendants but the others."""
    own = psutil.Process()
    while not ended.wait(_SAMPLE_SECONDS):
        found = own.children(recursive=True)
        total = sum(_resident(process) for process in found if process.pid not in others)
        result.peak_mib = max(result.peak_mib, total / _MEBIBYTE)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _wait_for_orphans(others: set[int]) -> None:
    """Wait for what the command has left behind, for a short while each."""
    for child in psutil.Process().children():
        if child.pid not in others:
            try:
                child.wait(timeout=10)
            except psutil.TimeoutExpired:
                child.kill()


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
