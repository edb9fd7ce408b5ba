"""A deployment that `ResourceOptions(id=...)` reads is neither changed, built again nor deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.engines import OfflineEngine
from tests.support.scenario import github

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.scenario import Stage

READ = {"Deployment agent": "read", "Rollout agent": "read"}


def make_by_hand(simulator: Simulator) -> str:
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


def is_served(stage: Stage, identifier: str) -> bool:
    """Whether the engine reads resources; one that does not says so in a sentence."""
    if not isinstance(stage.engine, OfflineEngine):
        return True
    stage.write(reading(identifier))
    outcome = stage.engine.preview()
    assert not outcome.ok
    assert "needs the Pulumi CLI" in outcome.text
    return False


@pytest.mark.parametrize("failed", [False, True])
def test_a_deployment_that_is_only_read_is_left_as_it_is(stage: Stage, *, failed: bool) -> None:
    """Not even somebody's failed revision is retried, and no plan ever has anything to do."""
    simulator = stage.simulator
    if failed:
        simulator.outcome("agent", "BUILD_FAILED", status_message="exit code 1")
    identifier = make_by_hand(simulator)
    if not is_served(stage, identifier):
        return
    stage.write(reading(identifier))
    for _ in range(2):
        simulator.clear_requests()
        preview = stage.engine.preview()
        assert preview.ok, preview.errors
        assert preview.ops.items() <= READ.items()
        outcome = stage.engine.up()
        assert outcome.ok, outcome.errors
        assert outcome.ops.items() <= READ.items()
        assert writes(simulator) == []
    [deployment] = [entry for entry in stage.engine.state() if entry["type"].endswith("Deployment")]
    assert deployment["outputs"]["name"] == "agent"
    assert stage.engine.refresh().ok
    assert stage.engine.destroy().ok
    assert writes(simulator) == []
    assert live(simulator) == {identifier: "agent"}


@pytest.mark.parametrize("reader", ["agent", "other"])
def test_a_managed_deployment_that_is_only_read_from_now_on_stays(
    stage: Stage, reader: str
) -> None:
    """Whatever the reading resource is called, the deployment is not deleted."""
    stage.write({"agent": github()})
    assert stage.engine.up().ok
    [identifier] = live(stage.simulator)
    if not is_served(stage, identifier):
        return
    stage.simulator.clear_requests()
    stage.write(reading(identifier, reader))
    outcome = stage.engine.up()
    assert outcome.ok, outcome.errors
    assert writes(stage.simulator) == []
    assert live(stage.simulator) == {identifier: "agent"}


def test_a_deployment_that_is_gone_cannot_be_read(stage: Stage) -> None:
    """The engine says which one is missing."""
    nobody = "11111111-1111-4111-8111-111111111111"
    if not is_served(stage, nobody):
        return
    stage.write(reading(nobody))
    outcome = stage.engine.preview()
    assert not outcome.ok
    assert nobody in outcome.text
    assert "Traceback" not in outcome.text
