"""Two pipelines at the same time: one goes on as if alone, the other is told why it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.processes import kill_tree, wait_until
from tests.support.scenario import API_KEY, github

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.engines import OperationResult
    from tests.support.scenario import ScenarioRunner

REVISION = "/v2/deployments/*/revisions/*"


def test_a_stack_is_locked_while_it_goes_up(runner: ScenarioRunner) -> None:
    """The second `up` of a stack sends nothing; the first ends as it would have."""
    simulator = runner.simulator
    runner.write({"agent": github()})
    simulator.fail("GET", REVISION, "delay", seconds=3600)
    first = runner.engine.start("up")
    try:
        wait_until(lambda: any("/revisions/" in one.path for one in simulator.requests), first)
        simulator.clear_requests()

        second = runner.engine.start("up")

        assert "lock" in second.communicate()[0]
        assert second.returncode != 0
        assert simulator.requests == []
    finally:
        kill_tree(first)


@pytest.fixture
def other(runner: ScenarioRunner, make_runner: Callable[[str], ScenarioRunner]) -> ScenarioRunner:
    """Return a stack of another project on the same control plane."""
    return make_runner("other")


def refused(runner: ScenarioRunner, other: ScenarioRunner, program: dict[str, Any]) -> str:
    """Let the other stack declare something that the first one has; returns its error."""
    assert runner.engine.up().ok
    there = runner.simulator.deployments()
    other.write({"agent": program})
    assert other.engine.preview().ok
    outcome: OperationResult = other.engine.up()
    assert not outcome.ok
    assert runner.simulator.deployments() == there
    assert runner.engine.refresh().ok
    assert runner.engine.preview().ops == {}
    assert other.engine.destroy().ok
    assert runner.simulator.deployments() == there
    return " ".join(outcome.errors)


def test_a_name_belongs_to_the_stack_that_took_it_first(
    runner: ScenarioRunner, other: ScenarioRunner
) -> None:
    """The other stack is told whose it is, and how it could take it over."""
    runner.write({"agent": github()})
    error = refused(runner, other, github(source_config__deployment_type="prod"))
    there = runner.simulator.deployment("agent")["id"]
    assert f"Deployment 'agent' exists already (id {there})" in error
    assert f'import_="{there}"' in error


def test_an_agent_environment_takes_one_deployment(
    runner: ScenarioRunner, other: ScenarioRunner
) -> None:
    """Where the service wants one deployment for each, another one is refused with its reason."""
    runner.simulator.one_per_agent_environment = True
    runner.write({"agent": github()})
    error = refused(runner, other, github(name="agent-two"))
    there = runner.simulator.deployment("agent")["id"]
    assert f"Deployment 'agent' (id {there}) is made from the same repository" in error


def test_a_name_is_waited_for_while_its_deletion_is_under_way(
    runner: ScenarioRunner, other: ScenarioRunner
) -> None:
    """The row says what is waited for, and the deployment is made when the name is free."""
    simulator = runner.simulator
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    older = simulator.deployment("agent")["id"]
    simulator.reads = 3
    with httpx.Client(base_url=simulator.url, headers={"X-Api-Key": API_KEY}) as first:
        path = f"/v2/deployments/{older}"
        assert first.delete(path, params={"delete_tracing_project": "true"}).is_success
    simulator.clear_requests()
    other.write({"agent": github()})

    result = other.engine.up()

    assert result.ok, result.errors
    assert simulator.deployment("agent")["id"] != older
    waiting = f"deployment 'agent' ({older}) is being deleted and keeps its place; waiting"
    assert sum(waiting in message for message in result.messages) == 1
    assert [one.method for one in simulator.requests if one.method != "GET"] == ["POST"] * 2
