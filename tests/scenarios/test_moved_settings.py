"""Settings that lead elsewhere: a deployment is never looked for where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.engines import OfflineEngine
from tests.support.scenario import API_KEY, github

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.scenario import Stage

AGENT = {"agent": github()}
ELSEWHERE = "2c2a1d0e-6f0b-4f58-9b7e-4d1f3a5c7e90"


@pytest.fixture
def other() -> Iterator[Simulator]:
    with Simulator(api_key=API_KEY) as running:
        yield running


def now_uses(stage: Stage, **settings: str) -> None:
    """Change the environment of the stack's later operations."""
    engine: Any = stage.engine
    engine._environ.update(settings)


@pytest.mark.parametrize("operation", ["preview", "up", "refresh", "destroy"])
def test_another_control_plane_is_refused(stage: Stage, other: Simulator, operation: str) -> None:
    """Its "not found" would empty the state, and a second set would be made."""
    stage.write(AGENT)
    assert stage.engine.up().ok
    now_uses(stage, **other.env)
    outcome = getattr(stage.engine, operation)()
    assert not outcome.ok
    assert any(
        stage.simulator.url in error and other.url in error and "langsmith:movedFrom" in error
        for error in outcome.errors
    ), outcome.errors
    assert other.requests == []
    assert [entry["id"] for entry in stage.engine.state() if entry.get("id")]
    now_uses(stage, **stage.simulator.env)
    assert stage.engine.preview().ops == {}
    assert stage.engine.destroy().ok
    assert stage.simulator.deployments() == {}


def test_a_declared_move_goes_through(stage: Stage) -> None:
    """The same control plane under a new address: nothing changes, and later nobody asks."""
    stage.write(AGENT)
    assert stage.engine.up().ok
    renamed = stage.simulator.url.replace("127.0.0.1", "localhost")
    now_uses(stage, LANGSMITH_CONTROL_PLANE_URL=renamed, LANGGRAPH_HOST_URL=renamed)
    assert not stage.engine.preview().ok
    configure(stage, "langsmith:movedFrom", stage.simulator.url)
    assert stage.engine.preview().ops == {}
    assert stage.engine.up().ok
    assert stage.engine.refresh().ok
    configure(stage, "langsmith:movedFrom", "")
    assert stage.engine.preview().ops == {}
    stage.write({"agent": github(display_name="Support")})
    assert stage.engine.up().ok


def test_another_workspace_is_refused(stage: Stage) -> None:
    """The settings name another one than that of the deployment."""
    stage.write(AGENT)
    assert stage.engine.up().ok
    here = stage.simulator.deployment("agent")["tenant_id"]
    now_uses(stage, LANGSMITH_WORKSPACE_ID=ELSEWHERE)
    stage.simulator.clear_requests()
    for operation in (stage.engine.preview, stage.engine.refresh, stage.engine.destroy):
        outcome = operation()
        assert not outcome.ok
        assert any(here in error and ELSEWHERE in error for error in outcome.errors)
    assert stage.simulator.requests == []
    stage.write({"agent": github(workspace_id=here)})
    assert stage.engine.preview().ops == {}
    assert stage.engine.up().ok


def configure(stage: Stage, key: str, value: str) -> None:
    """Set, or with an empty value remove, a key of the stack's configuration."""
    engine: Any = stage.engine
    if isinstance(engine, OfflineEngine):
        from langsmith_pulumi.testing.offline import OfflineStack

        config = {key: value} if value else {}
        engine._stack = OfflineStack(
            engine._program, "test", environ=engine._environ, config=config
        )
    elif value:
        engine._run("config", "set", key, value)
    else:
        engine._run("config", "rm", key)
