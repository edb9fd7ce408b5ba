"""The URL of a deployment: known in a plan where it is known, and never silently missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scenario import docker, github, leaks

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

SECRET_URL = "https://s3cr3t-host-canary.example.com"


def two_deployments(first: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a deployment, and another one that has its URL as a variable."""
    peer = github(name="peer", secrets__PEER_URL={"output": ["agent", "url"]}, **changes)
    return {"agent": first, "peer": peer}


def up(runner: ScenarioRunner, program: dict[str, Any]) -> None:
    runner.write(program)
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert runner.engine.preview().ops == {}


def test_a_new_revision_rebuilds_nobody_who_uses_the_url(runner: ScenarioRunner) -> None:
    """Right after the creation, the preview of a change knows the URL, for it does not change."""
    up(runner, two_deployments(github()))
    runner.write(two_deployments(github(source_revision_config__repo_ref="other")))
    expected = {"Deployment agent": "update", "Rollout agent": "update"}
    assert runner.engine.preview().ops == expected
    outcome = runner.engine.up()
    assert outcome.ops == expected, outcome.errors
    assert outcome.outputs["agent"].startswith("https://")
    assert runner.engine.refresh().ok
    assert runner.engine.preview().ops == {}


def test_a_replacement_shows_who_gets_another_url(runner: ScenarioRunner) -> None:
    """The URL of the new deployment is not known, so what uses it shows as changed."""
    up(runner, two_deployments(github(delete_tracing_project=True)))
    changed = github(delete_tracing_project=True, source_config__deployment_type="prod")
    runner.write(two_deployments(changed))
    ops = runner.engine.preview().ops
    assert ops["Deployment agent"] == "replace"
    assert ops["Deployment peer"] == "update"
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert runner.engine.preview().ops == {}


def test_a_custom_url_is_known_and_its_change_shows(runner: ScenarioRunner) -> None:
    """What the program names is the URL, before the deployment exists and after each change."""
    first = docker(source_config__custom_url="https://one.example.com")
    up(runner, two_deployments(first))
    second = docker(source_config__custom_url="https://two.example.com")
    runner.write(two_deployments(second))
    ops = runner.engine.preview().ops
    assert ops["Deployment agent"] == "update"
    assert "Rollout agent" not in ops
    assert ops["Rollout peer"] == "update"
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert outcome.outputs["agent"] == "https://two.example.com"
    live = {one["name"]: one["value"] for one in runner.simulator.deployment("peer")["secrets"]}
    assert live["PEER_URL"] == "https://two.example.com"
    assert runner.engine.preview().ops == {}


@pytest.mark.parametrize("whole", [False, True])
def test_a_custom_url_that_is_secret_stays_secret(runner: ScenarioRunner, *, whole: bool) -> None:
    """It is in clear in no state and no output, whether the URL or its parent is secret."""
    program = docker(source_config__custom_url={"secret": SECRET_URL})
    if whole:
        program = docker(source_config={"secret": {"custom_url": SECRET_URL, "resource_spec": {}}})
    for config in (program, {**program, "display_name": "Support"}):
        up(runner, {"agent": config})
        assert runner.engine.refresh().ok
        assert runner.engine.preview().ops == {}
        files = [file for file in runner.engine.home.rglob("*") if file.is_file()]
        clear = [file for file in files if SECRET_URL.encode() in file.read_bytes()]
        assert [file for file in clear if "program" not in file.parts] == []
    assert leaks(str(runner.engine.state())) == []


def test_the_next_up_reads_a_url_that_was_not_waited_for(runner: ScenarioRunner) -> None:
    """Without a wait the plan promises to read the URL, and nobody goes without it unannounced."""
    runner.simulator.reads = 1
    hasty = two_deployments(github(wait_for_rollout=False), wait_for_rollout=False)
    runner.write(hasty)
    first = runner.engine.up()
    assert not first.ok
    refused = [error for error in first.errors if "secrets.PEER_URL" in error]
    assert any("is not waited for" in error for error in refused), first.errors
    for _ in range(20):
        plan = runner.engine.preview().ops
        if not plan:
            break
        assert set(plan.values()) <= {"create", "update"}
        assert "Deployment agent" not in plan
        runner.engine.up()
    live = {one["name"]: one["value"] for one in runner.simulator.deployment("peer")["secrets"]}
    assert live["PEER_URL"] == runner.simulator.deployment("agent")["url"]
    assert len(runner.simulator.revisions("agent")) == 1
    assert runner.engine.preview().ops == {}


def test_a_configuration_that_is_unknown_plans_no_replacement(runner: ScenarioRunner) -> None:
    """What `up` does in place is planned as an update, with a word on what may come of it."""
    config = github()["source_config"]
    up(runner, {"agent": github()})
    made = {"after": ["peer", config]}
    runner.write({"peer": github(name="peer"), "agent": {**github(), "source_config": made}})
    preview = runner.engine.preview()
    assert preview.ops["Deployment agent"] == "update"
    assert "source_config is not known before" in preview.text
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert "Deployment agent" not in outcome.ops
