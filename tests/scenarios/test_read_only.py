"""A deployment that `ResourceOptions(id=...)` reads is neither changed, built again nor deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.engines import OfflineEngine
from tests.support.scenario import github

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.scenario import ScenarioRunner

READ = {"Deployment agent": "read", "Rollout agent": "read"}


def create_outside(simulator: Simulator) -> str:
    """Make the deployment `agent` as somebody else would; return its id."""
    body = {**github(), "name": "agent", "secrets": []}
    made = httpx.post(
        f"{simulator.url}/v2/deployments", headers={"X-Api-Key": simulator.api_key}, json=body
    )
    return str(made.raise_for_status().json()["id"])


def writes(simulator: Simulator) -> list[str]:
    return [one.method for one in simulator.requests if one.method != "GET"]


def live(simulator: Simulator) -> dict[str, str]:
    return {str(one["id"]): name for name, one in simulator.deployments().items()}


def reading(identifier: str, name: str = "agent", **arguments: Any) -> dict[str, Any]:
    return {name: github(**arguments, secrets=None, opts={"id": identifier})}


def supports_reading(runner: ScenarioRunner, identifier: str) -> bool:
    """Whether the engine reads resources; one that does not says so in a sentence."""
    if not isinstance(runner.engine, OfflineEngine):
        return True
    runner.write(reading(identifier))
    outcome = runner.engine.preview()
    assert not outcome.ok
    assert "needs the Pulumi CLI" in outcome.text
    return False


@pytest.mark.parametrize("failed", [False, True])
def test_a_deployment_that_is_only_read_is_left_as_it_is(
    runner: ScenarioRunner, *, failed: bool
) -> None:
    """Not even somebody's failed revision is retried, and no plan ever has anything to do."""
    simulator = runner.simulator
    if failed:
        simulator.outcome("agent", "BUILD_FAILED", status_message="exit code 1")
    identifier = create_outside(simulator)
    if not supports_reading(runner, identifier):
        return
    runner.write(reading(identifier))
    for _ in range(2):
        simulator.clear_requests()
        preview = runner.engine.preview()
        assert preview.ok, preview.errors
        assert preview.ops.items() <= READ.items()
        outcome = runner.engine.up()
        assert outcome.ok, outcome.errors
        assert outcome.ops.items() <= READ.items()
        assert writes(simulator) == []
    [deployment] = [
        entry for entry in runner.engine.state() if entry["type"].endswith("Deployment")
    ]
    assert deployment["outputs"]["name"] == "agent"
    assert runner.engine.refresh().ok
    assert runner.engine.destroy().ok
    assert writes(simulator) == []
    assert live(simulator) == {identifier: "agent"}


@pytest.mark.parametrize("reader", ["agent", "other"])
def test_a_managed_deployment_that_is_only_read_from_now_on_stays(
    runner: ScenarioRunner, reader: str
) -> None:
    """Whatever the reading resource is called, the deployment is not deleted."""
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    [identifier] = live(runner.simulator)
    if not supports_reading(runner, identifier):
        return
    runner.simulator.clear_requests()
    runner.write(reading(identifier, reader))
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert writes(runner.simulator) == []
    assert live(runner.simulator) == {identifier: "agent"}


def test_a_deployment_that_is_gone_cannot_be_read(runner: ScenarioRunner) -> None:
    """The engine says which one is missing."""
    nobody = "11111111-1111-4111-8111-111111111111"
    if not supports_reading(runner, nobody):
        return
    runner.write(reading(nobody))
    outcome = runner.engine.preview()
    assert not outcome.ok
    assert nobody in outcome.text
    assert "Traceback" not in outcome.text
