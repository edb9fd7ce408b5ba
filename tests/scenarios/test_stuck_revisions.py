"""A revision by others that hangs holds ours in the queue, until it is interrupted on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.processes import kill_tree, wait_until
from tests.support.scenario import API_KEY, RETRY, REVISION, Step, docker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.scenario import ScenarioRunner

SIXTEEN_MINUTES = 960.0
SERVICES: dict[str, Any] = {"present": {}, "older": {"behaviour": "older"}}


class Clock:
    """The time of the service, which a test advances."""

    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service() -> str:
    return "present"


@pytest.fixture
def simulator(service: str, clock: Clock) -> Iterator[Simulator]:
    with Simulator(api_key=API_KEY, clock=clock, **SERVICES[service]) as running:
        yield running


def program(**changes: Any) -> dict[str, Any]:
    image = {"source_revision_config__image_uri": "registry.example.com/agent:v2"}
    return {"agent": docker(**image, **changes)}


def hold_the_next_revision(runner: ScenarioRunner, clock: Clock) -> None:
    """Have a revision by others hang, and ours wait behind it for sixteen minutes."""
    runner.write({"agent": docker()})
    assert runner.engine.up().ok
    runner.simulator.outcome("agent", "DEPLOYING")
    runner.simulator.drift("agent", source_revision_config={"image_uri": "theirs:v1"})
    runner.write(program(rollout_timeout=1))
    given_up = runner.engine.up()
    assert any("is QUEUED after 1 s" in error for error in given_up.errors), given_up.errors
    clock.now += SIXTEEN_MINUTES


def statuses(runner: ScenarioRunner) -> list[str]:
    return [revision["status"] for revision in runner.simulator.revisions("agent")]


@pytest.mark.parametrize(
    ("service", "writes"), [("present", ["POST"]), ("older", ["POST", "POST"])], ids=["new", "old"]
)
def test_a_stuck_revision_is_interrupted_on_request_only(
    runner: ScenarioRunner, clock: Clock, writes: list[str]
) -> None:
    """With the default the rollout times out; an older service knows only the second route."""
    hold_the_next_revision(runner, clock)
    runner.run(Step(program(rollout_timeout=1), RETRY, error="is QUEUED after 1 s", up={}))
    runner.run(Step(program(interrupt_stuck=True), REVISION, writes))
    assert statuses(runner) == ["DEPLOYED", "INTERRUPTED", "DEPLOYED"]


def test_a_crash_after_the_interruption_is_settled_by_the_next_up(
    runner: ScenarioRunner, clock: Clock
) -> None:
    """Whoever did not see the answer finds the queue moving."""
    hold_the_next_revision(runner, clock)
    runner.write(program(interrupt_stuck=True))
    runner.simulator.fail("POST", "*/interrupt", "delay", seconds=3600, after=True)
    running = runner.engine.start("up")
    wait_until(lambda: statuses(runner)[1] == "INTERRUPTED", running)
    kill_tree(running)
    runner.engine.unlock()
    runner.simulator.clear_faults()
    assert runner.engine.up().ok
    assert statuses(runner) == ["DEPLOYED", "INTERRUPTED", "DEPLOYED"]
    assert runner.engine.preview().ops == {}
