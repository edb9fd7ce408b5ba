"""A secret's value that an answer holds does not change what the answer means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.scenario import docker

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.scenario import ScenarioRunner

VALUES = {"the peer's id": {"output": ["agent", "id"]}, "a word of the answer": "Deployment"}


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("operation", ["refresh", "destroy"])
def test_what_is_gone_is_recognised(
    runner: ScenarioRunner, simulator: Simulator, operation: str, value: str
) -> None:
    """A deployment was deleted by hand, and its id, or a word, is a variable of another one."""
    runner.write({"agent": docker(), "peer": docker(secrets={"PEER": VALUES[value]})})
    assert runner.engine.up().ok
    lost = simulator.deployment("agent")["id"]
    simulator._service.delete(lost, delete_tracing_project=True, force=False)

    done = getattr(runner.engine, operation)()

    assert done.ok, done.errors
    left = {row["id"] for row in runner.engine.state() if row.get("id")}
    assert lost not in left
