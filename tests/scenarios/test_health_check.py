"""A rollout with a health check succeeds only when the agent itself answers well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.control_plane.fake_server import FakeClock, FakeServer, Response
from tests.support.scenario import API_KEY, CREATE, IN_PLACE, NOTHING, Step, docker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.scenario import ScenarioRunner

TOKEN = "tok-3f9a77c2b1e0"
BRIEF = {"successes": 2, "interval": 0.1, "timeout": 1}


@pytest.fixture
def agent() -> Iterator[FakeServer]:
    agent = FakeServer(FakeClock())
    yield agent
    agent.stop()


def program(agent: FakeServer, **changes: Any) -> dict[str, Any]:
    return {"agent": {**docker(source_config__custom_url=agent.url), **changes}}


def test_a_rollout_waits_for_the_agent(runner: ScenarioRunner, agent: FakeServer) -> None:
    """A failed check fails the rollout, without a new revision; the next `up` asks again."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    checked = program(agent, health_check={**BRIEF, "headers": headers})
    agent.respond_with(Response(503, {"detail": f"no {TOKEN}"}))
    runner.write(checked)
    failed = runner.engine.up()
    assert not failed.ok
    assert any("did not answer GET /ok with 2xx" in error for error in failed.errors)
    agent.respond_with(Response(200))
    runner.simulator.clear_requests()
    again = runner.engine.up()
    assert again.ok, again.errors
    assert [one.method for one in runner.simulator.requests if one.method != "GET"] == []
    assert agent.requests[-1].headers["authorization"] == f"Bearer {TOKEN}"
    assert all(API_KEY not in str(request.headers) for request in agent.requests)
    assert runner.engine.preview().ops == {}
    assert TOKEN not in failed.text + again.text
    files = [file.read_text(errors="replace") for file in runner.engine.home.rglob("*.json")]
    assert not any(TOKEN in text for text in files)


def test_its_settings_change_in_place(runner: ScenarioRunner, agent: FakeServer) -> None:
    """No request is sent to anyone, and False where nothing was set is no change."""
    agent.respond_with(Response(200))
    runner.run(Step(program(agent), CREATE, ["POST"]))
    runner.run(Step(program(agent, health_check=False, interrupt_stuck=False), NOTHING, []))
    runner.run(Step(program(agent, health_check=True, interrupt_stuck=True), IN_PLACE, []))
    assert agent.requests == []


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"health_check": True, "wait_for_rollout": False}, "wait_for_rollout"),
        ({"health_check": {"path": "ok"}}, "health_check.path"),
        ({"health_check": {"timeout": 5}}, "health_check.timeout"),
        ({"health_check": {"headers": {"A B": "x"}}}, "health_check.headers"),
        ({"interrupt_stuck": True, "rollout_timeout": 60}, "interrupt_stuck"),
    ],
)
def test_wrong_settings_are_refused(
    runner: ScenarioRunner, agent: FakeServer, changes: dict[str, Any], refused: str
) -> None:
    """A preview names the field, before any request."""
    runner.run(Step(program(agent, **changes), NOTHING, preview_error=refused))
