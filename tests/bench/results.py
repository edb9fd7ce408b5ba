"""The data of the benchmark, as JSON: the machine in general words, and one row an operation."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import psutil

from langsmith_pulumi._version import __version__

from .matrix import Run

if TYPE_CHECKING:
    from pathlib import Path

_LIBRARIES = ("pulumi", "grpcio", "httpx", "pydantic")


@dataclass(frozen=True)
class Row:
    """One operation of one run."""

    run: Run
    operation: str
    seconds: float
    cpu_seconds: float
    peak_mib: float
    requests: dict[str, int] = field(default_factory=dict)
    state_bytes: int = 0
    healthy_seconds: float | None = None
    """Until the last deployment was reported that is not stuck."""

    @property
    def sent(self) -> int:
        """Return the number of requests."""
        return sum(self.requests.values())


@dataclass
class Data:
    """What one machine has measured."""

    machine: dict[str, str]
    rows: list[Row] = field(default_factory=list)

    def runs(self) -> set[Run]:
        """Return the runs that have been measured."""
        return {row.run for row in self.rows}

    def write(self, file: Path) -> None:
        """Write the data, one row a line."""
        rows = ",\n".join(json.dumps(asdict(row)) for row in self.rows)
        text = f'{{"machine": {json.dumps(self.machine, indent=1)},\n"rows": [\n{rows}\n]}}\n'
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def read(file: Path) -> Data:
    """Read data from a file."""
    found = json.loads(file.read_text(encoding="utf-8"))
    return Data(found["machine"], [_row(row) for row in found["rows"]])


def _row(found: dict[str, Any]) -> Row:
    return Row(**{**found, "run": Run(**found["run"])})


def this_machine() -> dict[str, str]:
    """Describe the machine without its name, its user and its folders."""
    memory = psutil.virtual_memory().total / 2**30
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "machine": f"{psutil.cpu_count()} cores, {memory:.0f} GiB of memory",
        "load": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} on {platform.machine()}",
        "Python": platform.python_version(),
        "langsmith-pulumi": __version__,
        **{name: version(name) for name in _LIBRARIES},
        "Pulumi CLI": _pulumi_version(),
    }


def _pulumi_version() -> str:
    if not shutil.which("pulumi"):
        return "none"
    command = ["pulumi", "version"]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return found or "without a number"
