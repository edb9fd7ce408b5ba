"""Two pipelines at the same time: one goes on as if alone, the other is told why it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.processes import kill_tree, wait_until
from tests.support.scenario import github

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.engines import Outcome
    from tests.support.scenario import Stage

REVISION = "/v2/deployments/*/revisions/*"


def test_a_stack_is_locked_while_it_goes_up(stage: Stage) -> None:
    """The second `up` of a stack sends nothing; the first ends as it would have."""
    simulator = stage.simulator
    stage.write({"agent": github()})
    simulator.fail("GET", REVISION, "delay", seconds=3600)
    first = stage.engine.begin("up")
    try:
        wait_until(lambda: any("/revisions/" in one.path for one in simulator.requests), first)
        simulator.clear_requests()

        second = stage.engine.begin("up")

        assert "lock" in second.communicate()[0]
        assert second.returncode != 0
        assert simulator.requests == []
    finally:
        kill_tree(first)


@pytest.fixture
def other(stage: Stage, make_stage: Callable[[str], Stage]) -> Stage:
    """A stack of another project on the same control plane."""
    return make_stage("other")


def refused(stage: Stage, other: Stage, program: dict[str, Any]) -> str:
    """Let the other stack declare something that the first one has; returns its error."""
    assert stage.engine.up().ok
    there = stage.simulator.deployments()
    other.write({"agent": program})
    assert other.engine.preview().ok
    outcome: Outcome = other.engine.up()
    assert not outcome.ok
    assert stage.simulator.deployments() == there
    assert stage.engine.refresh().ok
    assert stage.engine.preview().ops == {}
    assert other.engine.destroy().ok
    assert stage.simulator.deployments() == there
    return " ".join(outcome.errors)


def test_a_name_belongs_to_the_stack_that_took_it_first(stage: Stage, other: Stage) -> None:
    """The other stack is told whose it is, and how it could take it over."""
    stage.write({"agent": github()})
    error = refused(stage, other, github(source_config__deployment_type="prod"))
    there = stage.simulator.deployment("agent")["id"]
    assert f"Deployment 'agent' exists already (id {there})" in error
    assert f'import_="{there}"' in error


def test_an_agent_environment_takes_one_deployment(stage: Stage, other: Stage) -> None:
    """Where the service wants one deployment for each, another one is refused with its reason."""
    stage.simulator.one_per_agent_environment = True
    stage.write({"agent": github()})
    error = refused(stage, other, github(name="agent-two"))
    there = stage.simulator.deployment("agent")["id"]
    assert f"Deployment 'agent' (id {there}) is made from the same repository" in error
