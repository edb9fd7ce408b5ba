"""A deployment's repository: changed in place where the service allows it, never by surprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.scenario import github

if TYPE_CHECKING:
    from tests.support.scenario import Stage

NEXT = "https://github.com/acme/next"


def test_the_deployment_stays_when_its_repository_changes(stage: Stage) -> None:
    """One PATCH without a revision; the next revision is built from the new repository."""
    stage.write({"agent": github()})
    assert stage.engine.up().ok
    before = stage.simulator.deployment("agent")
    stage.simulator.clear_requests()
    stage.write({"agent": github(source_config__repo_url=NEXT)})
    assert stage.engine.preview().ops == {"Deployment agent": "update"}
    outcome = stage.engine.up()
    assert outcome.ops == {"Deployment agent": "update"}, outcome.errors
    assert [one.method for one in stage.simulator.requests if one.method != "GET"] == ["PATCH"]
    after = stage.simulator.deployment("agent")
    assert after["source_config"]["repo_url"] == NEXT
    assert (after["id"], after["latest_revision_id"]) == (
        before["id"],
        before["latest_revision_id"],
    )
    assert stage.engine.preview().ops == {}


def test_a_service_that_takes_it_for_fixed_is_explained(stage: Stage) -> None:
    """The error names the choices, and nothing is replaced that the plan did not show."""
    stage.write({"agent": github()})
    assert stage.engine.up().ok
    before = stage.simulator.deployment("agent")["id"]
    stage.simulator.fixed_repo_url = True
    changed = github(source_config__repo_url=NEXT, delete_tracing_project=True)
    stage.write({"agent": changed})
    for operation in (stage.engine.up, stage.engine.up):
        outcome = operation()
        assert not outcome.ok
        [error] = [error for error in outcome.errors if "repo_url" in error]
        assert 'replace_on_changes=["source_config.repo_url"]' in error
        assert "keep repo_url as it was" in error
    assert stage.simulator.deployment("agent")["id"] == before
    options = {"replace_on_changes": ["source_config.repo_url"]}
    stage.write({"agent": {**changed, "opts": options}})
    assert stage.engine.preview().ops["Deployment agent"] == "replace"
    outcome = stage.engine.up()
    assert outcome.ok, outcome.errors
    assert stage.simulator.deployment("agent")["id"] != before


def test_drift_of_the_repository_is_put_back(stage: Stage) -> None:
    """A refresh shows another repository, and the next up patches it."""
    stage.write({"agent": github()})
    assert stage.engine.up().ok
    stage.simulator.drift("agent", source_config={"repo_url": NEXT})
    assert stage.engine.refresh().ok
    assert stage.engine.preview().ops == {"Deployment agent": "update"}
    outcome = stage.engine.up()
    assert outcome.ok, outcome.errors
    live = stage.simulator.deployment("agent")["source_config"]["repo_url"]
    assert live == "https://github.com/acme/agents"
