"""Rollouts that hang keep none of the others waiting."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.engines import PulumiEngine
from tests.support.processes import wait_until
from tests.support.scenario import API_KEY, ScenarioRunner, docker

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

HANGING = [f"hanging-{n}" for n in range(4)]
HEALTHY = [f"healthy-{n}" for n in range(3)]
BROKEN = "broken"
_REVISION = re.compile(r"/v2/deployments/([^/]+)/revisions/[^/]+")
_now = [1_800_000_000.0]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Return a control plane whose revisions end when the test says so."""
    with Simulator(api_key=API_KEY, clock=lambda: _now[0], revision_seconds=100) as running:
        yield running


def polled_deployments(simulator: Simulator) -> set[str]:
    """Return the deployments whose revision has been read."""
    found = (_REVISION.fullmatch(request.path) for request in simulator.requests)
    return {match[1] for match in found if match}


def printed_lines(process: subprocess.Popen[str]) -> list[str]:
    """Yield the lines that a process prints."""
    lines: list[str] = []
    assert process.stdout
    threading.Thread(target=lines.extend, args=(process.stdout,), daemon=True).start()
    return lines


def test_a_failure_is_reported_while_four_rollouts_hang(
    runner: ScenarioRunner, simulator: Simulator
) -> None:
    """Of eight rollouts four never end: the others are watched, end, and one says why it failed."""
    runner.write({name: docker(rollout_timeout=3600) for name in [*HANGING, *HEALTHY, BROKEN]})
    for name in HANGING:
        simulator.outcome(name, "REHEARSING")
    simulator.outcome(BROKEN, "BUILD_FAILED", "the build of this one is broken")
    up = runner.engine.start("up")
    wait_until(lambda: len(polled_deployments(simulator)) == 8, up)
    lines = printed_lines(up)
    _now[0] += 200

    wait_until(lambda: any(seen.path.endswith("/logs") for seen in simulator.requests), up)
    if isinstance(runner.engine, PulumiEngine):  # the offline engine prints errors at the end
        wait_until(lambda: any("the build of this one is broken" in line for line in lines), up)
    assert up.poll() is None
