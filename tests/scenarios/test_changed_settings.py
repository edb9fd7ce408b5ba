"""Settings that lead elsewhere: a deployment is never looked for where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.engines import OfflineEngine
from tests.support.scenario import API_KEY, github

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.scenario import ScenarioRunner

AGENT = {"agent": github()}
ELSEWHERE = "2c2a1d0e-6f0b-4f58-9b7e-4d1f3a5c7e90"


@pytest.fixture
def other() -> Iterator[Simulator]:
    with Simulator(api_key=API_KEY) as running:
        yield running


def set_environment(runner: ScenarioRunner, **settings: str) -> None:
    """Change the environment of the stack's later operations."""
    engine: Any = runner.engine
    engine.environ.update(settings)


@pytest.mark.parametrize("operation", ["preview", "up", "refresh", "destroy"])
def test_another_control_plane_is_refused(
    runner: ScenarioRunner, other: Simulator, operation: str
) -> None:
    """Its "not found" would empty the state, and a second set would be made."""
    runner.write(AGENT)
    assert runner.engine.up().ok
    set_environment(runner, **other.env)
    outcome = getattr(runner.engine, operation)()
    assert not outcome.ok
    assert any(
        runner.simulator.url in error and other.url in error and "langsmith:movedFrom" in error
        for error in outcome.errors
    ), outcome.errors
    assert other.requests == []
    assert [entry["id"] for entry in runner.engine.state() if entry.get("id")]
    set_environment(runner, **runner.simulator.env)
    assert runner.engine.preview().ops == {}
    assert runner.engine.destroy().ok
    assert runner.simulator.deployments() == {}


def test_a_declared_move_goes_through(runner: ScenarioRunner) -> None:
    """The same control plane under a new address: nothing changes, and later nobody asks."""
    runner.write(AGENT)
    assert runner.engine.up().ok
    renamed = runner.simulator.url.replace("127.0.0.1", "localhost")
    set_environment(runner, LANGSMITH_CONTROL_PLANE_URL=renamed, LANGGRAPH_HOST_URL=renamed)
    assert not runner.engine.preview().ok
    configure(runner, "langsmith:movedFrom", runner.simulator.url)
    assert runner.engine.preview().ops == {}
    assert runner.engine.up().ok
    assert runner.engine.refresh().ok
    configure(runner, "langsmith:movedFrom", "")
    assert runner.engine.preview().ops == {}
    runner.write({"agent": github(display_name="Support")})
    assert runner.engine.up().ok


def test_another_workspace_is_refused(runner: ScenarioRunner) -> None:
    """The settings name another one than that of the deployment."""
    runner.write(AGENT)
    assert runner.engine.up().ok
    here = runner.simulator.deployment("agent")["tenant_id"]
    set_environment(runner, LANGSMITH_WORKSPACE_ID=ELSEWHERE)
    runner.simulator.clear_requests()
    for operation in (runner.engine.preview, runner.engine.refresh, runner.engine.destroy):
        outcome = operation()
        assert not outcome.ok
        assert any(here in error and ELSEWHERE in error for error in outcome.errors)
    assert runner.simulator.requests == []
    runner.write({"agent": github(workspace_id=here)})
    assert runner.engine.preview().ops == {}
    assert runner.engine.up().ok


def configure(runner: ScenarioRunner, key: str, value: str) -> None:
    """Set, or with an empty value remove, a key of the stack's configuration."""
    engine: Any = runner.engine
    if isinstance(engine, OfflineEngine):
        from langsmith_pulumi.testing.offline import OfflineStack

        config = {key: value} if value else {}
        engine._stack = OfflineStack(engine.program, "test", environ=engine.environ, config=config)
    elif value:
        engine._run("config", "set", key, value)
    else:
        engine._run("config", "rm", key)
