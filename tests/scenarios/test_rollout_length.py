"""The state remembers how long a rollout took, which no plan shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.processes import wait_until
from tests.support.scenario import API_KEY, ScenarioRunner, docker

if TYPE_CHECKING:
    from collections.abc import Iterator

_now = [1_800_000_000.0]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Return a control plane whose revisions end when the test says so."""
    with Simulator(api_key=API_KEY, clock=lambda: _now[0], revision_seconds=300) as running:
        yield running


def remembered(runner: ScenarioRunner) -> list[int]:
    """Return the lengths of rollouts in the state, in seconds."""
    outputs = [resource.get("outputs", {}) for resource in runner.engine.state()]
    return [one["rollout_seconds"] for one in outputs if "rollout_seconds" in one]


def test_length_is_no_change(runner: ScenarioRunner, simulator: Simulator) -> None:
    """It stays with a refresh and with a change in place, and is nothing that a plan acts on."""
    runner.write({"agent": docker()})
    up = runner.engine.start("up")
    wait_until(lambda: any("/revisions/" in one.path for one in simulator.requests), up)
    _now[0] += 310
    output, _ = up.communicate(timeout=60)
    assert up.returncode == 0, output
    assert remembered(runner) == [310]

    assert runner.engine.preview().ops == {}
    assert runner.engine.refresh().ok
    assert runner.engine.preview().ops == {}
    runner.write({"agent": docker(display_name="Support")})
    assert runner.engine.up().ops == {"Deployment agent": "update"}
    assert remembered(runner) == [310]
