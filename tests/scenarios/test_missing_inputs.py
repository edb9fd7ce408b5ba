"""Values that are None, ignored or renamed: what the program means is what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scenario import github

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.scenario import ScenarioRunner


def up(runner: ScenarioRunner, program: dict[str, Any]) -> None:
    """Bring a program up and forget the requests of it."""
    runner.write(program)
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    runner.simulator.clear_requests()


def variables(simulator: Simulator) -> dict[str, str]:
    return {one["name"]: one["value"] for one in simulator.deployment("agent")["secrets"]}


@pytest.mark.parametrize(
    "secrets",
    [
        {"LOG_LEVEL": "info", "TOKEN": None},
        {"LOG_LEVEL": "info", "TOKEN": {"later": None}},
        {"LOG_LEVEL": "info", "TOKEN": {"secret": None}},
        {"later": {"LOG_LEVEL": "info", "TOKEN": None}},
        {"secret": {"LOG_LEVEL": "info", "TOKEN": None}},
    ],
    ids=["plain", "output", "secret", "output of the map", "secret map"],
)
def test_a_variable_without_a_value_is_refused(
    runner: ScenarioRunner, secrets: dict[str, Any]
) -> None:
    """A setting that is missing removes no variable from a live agent."""
    both = {"LOG_LEVEL": "info", "TOKEN": "t-0123456789"}
    up(runner, {"agent": github(secrets=None) | {"secrets": both}})
    runner.write({"agent": github(secrets=None) | {"secrets": secrets}})
    preview = runner.engine.preview()
    assert not preview.ok
    assert any("secrets.TOKEN" in error and "None" in error for error in preview.errors)
    assert not runner.engine.up().ok
    assert runner.simulator.requests == []
    assert variables(runner.simulator) == both


@pytest.mark.parametrize("path", ["secrets", 'secrets["OPENAI_API_KEY"]', "secrets.OPENAI_API_KEY"])
@pytest.mark.parametrize("refreshed", [True, False])
def test_an_ignored_variable_stays_as_it_is_live(
    runner: ScenarioRunner, path: str, *, refreshed: bool
) -> None:
    """A variable that is rotated outside is not put back, not by another change either."""
    program = github(opts={"ignore_changes": [path]})
    up(runner, {"agent": program})
    rotated = {**variables(runner.simulator), "OPENAI_API_KEY": "rotated-outside"}
    listed = [{"name": name, "value": value} for name, value in rotated.items()]
    runner.simulator.drift("agent", secrets=listed)
    if refreshed:
        assert runner.engine.refresh().ok
        runner.simulator.clear_requests()
    assert runner.engine.preview().ops == {}
    assert runner.engine.up().ok
    assert [one for one in runner.simulator.requests if one.method != "GET"] == []
    changed = github(source_revision_config__repo_ref="other", opts={"ignore_changes": [path]})
    if path != "secrets":
        changed["secrets"]["LOG_LEVEL"] = rotated["LOG_LEVEL"] = "debug"
    up(runner, {"agent": changed})
    assert variables(runner.simulator) == rotated
    assert runner.engine.preview().ops == {}


def test_an_alias_keeps_the_name(runner: ScenarioRunner) -> None:
    """Without name=, a resource that is renamed with an alias keeps its deployment's name."""
    up(runner, {"agent": github(source_config__build_on_push=True)})
    renamed = github(source_config__build_on_push=True, opts={"aliases": [{"name": "agent"}]})
    runner.write({"renamed": renamed})
    preview = runner.engine.preview()
    assert preview.ops == {}, preview.errors
    up(runner, {"renamed": {**renamed, "display_name": "Support"}})
    assert list(runner.simulator.deployments()) == ["agent"]
    assert runner.engine.preview().ops == {}


@pytest.mark.parametrize("stated", [{}, {"later": True}], ids=["plain map", "output"])
def test_a_variable_that_a_transform_adds_is_refused(
    runner: ScenarioRunner, stated: dict[str, Any]
) -> None:
    """The program has not made it secret, so it would stand in clear in the state."""
    given = github(opts={"injects": {"ADDED": "in-clear-0123"}})
    if stated:
        given["secrets"] = {"later": given["secrets"]}
        given["opts"] = {}
        up(runner, {"agent": given})
        return
    runner.write({"agent": given})
    preview = runner.engine.preview()
    assert not preview.ok
    assert any("secrets.ADDED" in error and "transform" in error for error in preview.errors)
    assert "in-clear" not in " ".join(preview.errors)
