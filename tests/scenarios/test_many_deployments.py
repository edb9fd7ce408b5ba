"""Many deployments in one stack cost few requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.scenario import REVISION, docker

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

NAMES = [f"agent-{number}" for number in range(12)]


def test_a_refresh_reads_pages(runner: ScenarioRunner) -> None:
    """It finds the drift of a secret without a request for each deployment."""
    runner.write({name: docker() for name in NAMES})
    assert runner.engine.up().ok
    runner.simulator.drift(NAMES[7], secrets=[{"name": "OPENAI_API_KEY", "value": "theirs"}])
    runner.simulator.clear_requests()

    refreshed = runner.engine.refresh()
    assert refreshed.ok, refreshed.errors
    assert len(runner.simulator.requests) <= 5, runner.simulator.requests
    assert runner.engine.preview().ops == {f"{kind} agent-7": "update" for kind in REVISION}
