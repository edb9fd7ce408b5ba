"""A deployment's repository: changed in place where the service allows it, never by surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.scenario import github

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

NEXT = "https://github.com/acme/next"


def test_the_deployment_stays_when_its_repository_changes(runner: ScenarioRunner) -> None:
    """One PATCH without a revision; the next revision is built from the new repository."""
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    before = runner.simulator.deployment("agent")
    runner.simulator.clear_requests()
    runner.write({"agent": github(source_config__repo_url=NEXT)})
    assert runner.engine.preview().ops == {"Deployment agent": "update"}
    outcome = runner.engine.up()
    assert outcome.ops == {"Deployment agent": "update"}, outcome.errors
    assert [one.method for one in runner.simulator.requests if one.method != "GET"] == ["PATCH"]
    after = runner.simulator.deployment("agent")
    assert after["source_config"]["repo_url"] == NEXT
    assert (after["id"], after["latest_revision_id"]) == (
        before["id"],
        before["latest_revision_id"],
    )
    assert runner.engine.preview().ops == {}


def test_a_service_that_takes_it_for_fixed_is_explained(runner: ScenarioRunner) -> None:
    """The error names the choices, and nothing is replaced that the plan did not show."""
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    before = runner.simulator.deployment("agent")["id"]
    runner.simulator.fixed_repo_url = True
    changed = github(source_config__repo_url=NEXT, delete_tracing_project=True)
    runner.write({"agent": changed})
    for operation in (runner.engine.up, runner.engine.up):
        outcome = operation()
        assert not outcome.ok
        [error] = [error for error in outcome.errors if "repo_url" in error]
        assert 'replace_on_changes=["source_config.repo_url"]' in error
        assert "keep repo_url as it was" in error
    assert runner.simulator.deployment("agent")["id"] == before
    options = {"replace_on_changes": ["source_config.repo_url"]}
    runner.write({"agent": {**changed, "opts": options}})
    assert runner.engine.preview().ops["Deployment agent"] == "replace"
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert runner.simulator.deployment("agent")["id"] != before


def test_drift_of_the_repository_is_put_back(runner: ScenarioRunner) -> None:
    """A refresh shows another repository, and the next up patches it."""
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    runner.simulator.drift("agent", source_config={"repo_url": NEXT})
    assert runner.engine.refresh().ok
    assert runner.engine.preview().ops == {"Deployment agent": "update"}
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    live = runner.simulator.deployment("agent")["source_config"]["repo_url"]
    assert live == "https://github.com/acme/agents"
