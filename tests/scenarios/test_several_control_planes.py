"""Deployments on two control planes in one program, each with a key of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.offline import OfflineStack
from langsmith_pulumi.testing.simulator import Simulator
from tests.support.engines import OfflineEngine
from tests.support.scenario import github

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.scenario import ScenarioRunner

OTHER_KEY = "lsv2_sk_fedcba9876543210_0123456789"
REPLACED_BOTH = {"Deployment agent": "replace", "Rollout agent": "replace"}


@pytest.fixture
def other() -> Iterator[Simulator]:
    with Simulator(api_key=OTHER_KEY) as running:
        yield running


@pytest.fixture
def two(runner: ScenarioRunner, other: Simulator) -> ScenarioRunner:
    """Return a runner whose environment has a key for the other control plane too."""
    set_environment(runner, LANGSMITH_PULUMI_API_KEYS=json.dumps({other.url + "/": OTHER_KEY}))
    return runner


def set_environment(runner: ScenarioRunner, **settings: str) -> None:
    """Change the environment of the stack's later operations."""
    engine: Any = runner.engine
    engine.environ.update(settings)


def statuses(simulator: Simulator) -> set[int | None]:
    return {request.status for request in simulator.requests}


def test_each_deployment_lives_on_its_own_control_plane(
    two: ScenarioRunner, other: Simulator
) -> None:
    """Every request of a deployment goes to its control plane, with that one's key."""
    there = github(control_plane_url=other.url)
    two.write({"agent": github(), "agent-eu": there})
    assert two.engine.preview().ok
    assert two.engine.up().ok
    assert [*two.simulator.deployments()] == ["agent"]
    assert [*other.deployments()] == ["agent-eu"]
    assert two.engine.refresh().ok
    assert two.engine.preview().ops == {}
    two.write({"agent": github(), "agent-eu": {**there, "display_name": "Europe"}})
    assert two.engine.up().ops == {"Deployment agent-eu": "update"}
    assert other.deployment("agent-eu")["display_name"] == "Europe"
    assert OTHER_KEY not in json.dumps(two.engine.state())
    assert two.engine.destroy().ok
    assert (two.simulator.deployments(), other.deployments()) == ({}, {})
    assert 401 not in statuses(two.simulator) | statuses(other)


def test_a_key_in_the_configuration(runner: ScenarioRunner, other: Simulator) -> None:
    """It is set as any value in an object, and stays out of the state."""
    engine: Any = runner.engine
    if isinstance(engine, OfflineEngine):
        keys = json.dumps({other.url: OTHER_KEY})
        engine._stack = OfflineStack(
            engine.program,
            "test",
            environ=engine.environ,
            secrets={"langsmith:apiKeys": keys},
        )
    else:
        path = f'langsmith:apiKeys["{other.url}"]'
        engine._run("config", "set", "--secret", "--path", path, OTHER_KEY)
    runner.write({"agent": github(control_plane_url=other.url)})
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert [*other.deployments()] == ["agent"]
    assert OTHER_KEY not in outcome.text + json.dumps(runner.engine.state())


def test_the_same_name_on_both(two: ScenarioRunner, other: Simulator) -> None:
    """Names are unique on one control plane only; another spelling of its URL is the same one."""
    two.write({"agent": github(), "copy": github(name="agent", control_plane_url=other.url)})
    assert two.engine.up().ok
    assert ([*two.simulator.deployments()], [*other.deployments()]) == (["agent"], ["agent"])
    own = two.simulator.url + "/"
    two.write({"agent": github(), "copy": github(name="agent", control_plane_url=own)})
    assert any("declared twice" in error for error in two.engine.preview().errors)


def test_a_move_replaces_and_needs_no_permission(two: ScenarioRunner, other: Simulator) -> None:
    """The new one is created before the old one is deleted, whose tracing project stays."""
    two.write({"agent": github()})
    assert two.engine.up().ok
    two.write({"agent": github(control_plane_url=two.simulator.url + "/")})
    assert two.engine.preview().ops == {}, "it is there already"
    two.write({"agent": github(control_plane_url=other.url)})
    preview = two.engine.preview()
    assert preview.ops == REPLACED_BOTH, preview.errors
    outcome = two.engine.up()
    assert outcome.ok, outcome.errors
    assert ([*other.deployments()], two.simulator.deployments()) == (["agent"], {})
    two.write({"agent": github(control_plane_url=other.url + "/")})
    assert two.engine.preview().ops == {}


def test_an_argument_that_is_dropped_moves_nothing(two: ScenarioRunner, other: Simulator) -> None:
    """Without the argument the settings say where, and they name another control plane."""
    two.write({"agent": github(control_plane_url=other.url)})
    assert two.engine.up().ok
    two.write({"agent": github()})
    outcome = two.engine.preview()
    assert not outcome.ok
    assert any(other.url in error and "control_plane_url" in error for error in outcome.errors)
    assert [*other.deployments()] == ["agent"]


def test_the_key_of_the_settings_is_sent_to_no_other(
    runner: ScenarioRunner, other: Simulator
) -> None:
    """Without a key for it the preview warns, and ``up`` says how to set one."""
    runner.write({"agent": github(control_plane_url=other.url)})
    preview = runner.engine.preview()
    assert preview.ok
    assert "langsmith:apiKeys" in preview.text
    outcome = runner.engine.up()
    assert not outcome.ok
    assert any("langsmith:apiKeys" in error and other.url in error for error in outcome.errors)
    assert other.requests == []


@pytest.mark.parametrize("url", ["ftp://example.com", "https://user@example.com", "https://a b"])
def test_a_malformed_url_is_refused_at_preview(runner: ScenarioRunner, url: str) -> None:
    """The error names the field."""
    runner.write({"agent": github(control_plane_url=url)})
    outcome = runner.engine.preview()
    assert any("control_plane_url" in error for error in outcome.errors)


@pytest.mark.parametrize("place", ["workspace_id", "control_plane_url"])
def test_one_name_in_two_places_that_are_not_known_yet(runner: ScenarioRunner, place: str) -> None:
    """A program may make its workspaces, so a preview does not take unknown ones for the same."""
    values = {
        "workspace_id": ("{0}{0}-{0}-4{1}-8{1}-{0}{0}{0}".format(one * 4, one * 3) for one in "ab"),
        "control_plane_url": ("https://eu.example.com", "https://us.example.com"),
    }[place]
    names = ("first-one", "second-one")
    twins = {
        name: github(name="agent", **{place: {"after": ["maker", value]}})
        for name, value in zip(names, values, strict=True)
    }
    runner.write({"maker": github(), **twins})
    preview = runner.engine.preview()
    assert preview.ok, preview.errors
