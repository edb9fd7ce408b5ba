"""Timings of what users wait for. Run by `make bench`; no test depends on them."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.redaction import Redactor
from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.offline import OfflineStack

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = Path(__file__).parent / "support/program"
DEPLOYMENTS = 40
REVISION_SECONDS = 5.0


def main() -> None:
    row("import langsmith_pulumi (program)", repeated(lambda: imports("langsmith_pulumi")))
    row("  of which the SDK", repeated(lambda: imports("pulumi")))
    row("import of the provider (plugin)", repeated(lambda: imports(PLUGIN)))
    row("5,000 secrets learned by page, an error", repeated(scrubbing))
    with tempfile.TemporaryDirectory() as folder:
        fleet(Path(folder))


PLUGIN = "langsmith_pulumi.provider.deployments, langsmith_pulumi.control_plane.client"


def imports(modules: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {modules}"], check=True)


def scrubbing() -> None:
    """Time the redaction of a text that holds none of the secrets of 250 deployments."""
    redactor = Redactor()
    for page in range(3):
        redactor.register_secrets(f"value-{page}-{n}-of-a-variable" for n in range(1700))
    redactor.redact("something is wrong " * 25)


def fleet(folder: Path) -> None:
    """Many deployments at once: the engine posts all before it waits for the first."""
    shutil.copytree(PROGRAM, folder / "program")
    spec = folder / "scenario.json"
    spec.write_text(json.dumps({f"agent-{n}": arguments() for n in range(DEPLOYMENTS)}))
    with Simulator(revision_seconds=REVISION_SECONDS) as simulator:
        environ = {
            **os.environ,
            **simulator.env,
            "SCENARIO": str(spec),
            "PULUMI_CONFIG_PASSPHRASE": "b",
        }
        stack = OfflineStack(folder / "program", environ=environ)
        title = f"{DEPLOYMENTS} deployments, revisions of {REVISION_SECONDS:g} s"
        row(f"up of {title}", [timed(stack.up)])
        simulator.clear_requests()
        row("preview of no change", repeated(stack.preview))
        row("up of no change", repeated(stack.up))
        print(f"  requests sent by these: {len(simulator.requests)}")
        row("refresh", repeated(stack.refresh, times=3))
        row("destroy", [timed(stack.destroy)])


def arguments() -> dict[str, Any]:
    return {
        "source": "external_docker",
        "source_revision_config": {"image_uri": "registry.example.com/agent:v1"},
    }


def repeated(action: Callable[[], object], times: int = 5) -> list[float]:
    action()
    return [timed(action) for _ in range(times)]


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def row(title: str, seconds: list[float]) -> None:
    """Print least, median and greatest, in seconds."""
    figures = (min(seconds), statistics.median(seconds), max(seconds))
    print(f"{title:52} " + "  ".join(f"{figure:7.2f}" for figure in figures))


if __name__ == "__main__":
    print(f"{'seconds':52} {'least':>7}  {'median':>7}  {'most':>7}")
    main()
