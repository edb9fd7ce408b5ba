"""Deletions of independent deployments are under way at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.engines import PulumiEngine
from tests.support.processes import wait_until
from tests.support.scenario import API_KEY, ScenarioRunner, docker

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNT = 40
_now = [1_800_000_000.0]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Return a control plane whose deletions end when the test says so."""
    with Simulator(api_key=API_KEY, clock=lambda: _now[0], deletion_seconds=100) as running:
        yield running


def test_all_deletions_start_at_once(runner: ScenarioRunner, simulator: Simulator) -> None:
    """A destroy asks for every deletion before the first one has ended."""
    if isinstance(runner.engine, PulumiEngine):
        pytest.skip("it runs four steps at once for each core")
    runner.write({f"agent-{n}": docker() for n in range(COUNT)})
    assert runner.engine.up().ok
    simulator.clear_requests()
    runner.engine.environ["LANGSMITH_PULUMI_POLL_SECONDS"] = "0.5"
    destroy = runner.engine.start("destroy")
    wait_until(lambda: deletions(simulator) == COUNT, destroy)
    assert destroy.poll() is None  # the clock stands still, so no deletion has ended
    _now[0] += 200
    output, _ = destroy.communicate()
    assert destroy.returncode == 0, output
    assert deletions(simulator) == COUNT
    assert not simulator.deployments()


def deletions(simulator: Simulator) -> int:
    """Return the number of requests to delete."""
    return sum(request.method == "DELETE" for request in simulator.requests)
