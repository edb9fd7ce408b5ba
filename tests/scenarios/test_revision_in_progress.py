"""A change that meets a revision in progress is made when that revision has ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scenario import IN_PLACE, REVISION, Step, docker

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

BUSY = json.dumps({"detail": "A revision of this deployment is in progress."})
TAKEN = json.dumps({"detail": "The display name is taken."})
DEPLOYMENT = "/v2/deployments/*"


def refuse(runner: ScenarioRunner, method: str, times: int, body: str = BUSY) -> None:
    """Have the service answer 409 to the next requests of a method."""
    runner.simulator.fail(method, DEPLOYMENT, "status", status=409, body=body, times=times)


@pytest.mark.parametrize(
    ("change", "plan"),
    [
        ({"source_revision_config__image_uri": "registry.example.com/agent:v2"}, REVISION),
        ({"source_config__resource_spec__max_scale": 5}, REVISION),
        ({"display_name": "Support"}, IN_PLACE),
    ],
    ids=["revision", "resources", "in place"],
)
def test_a_change_waits_for_the_revision_in_progress(
    runner: ScenarioRunner, change: dict[str, Any], plan: dict[str, str]
) -> None:
    """Whatever a PATCH changes, one that is refused for now is sent again."""
    runner.write({"agent": docker()})
    assert runner.engine.up().ok
    refuse(runner, "PATCH", times=2)
    runner.run(Step({"agent": docker(**change)}, plan, ["PATCH"] * 3))


def test_the_wait_is_told(runner: ScenarioRunner) -> None:
    """The user reads what the service answered, and that the change is not lost."""
    runner.write({"agent": docker()})
    assert runner.engine.up().ok
    refuse(runner, "PATCH", times=2)
    runner.write({"agent": docker(display_name="Support")})
    text = runner.engine.up().text
    assert "A revision of this deployment is in progress. Waiting until the revision" in text


def test_a_redeploy_waits_too(runner: ScenarioRunner) -> None:
    """A trigger asks for a revision by a request of its own."""
    template = {
        "source": "internal_template",
        "source_config": {"template_id": "t", "deployment_type": "dev"},
    }
    runner.write({"agent": {**template, "triggers": {"n": 1}}})
    assert runner.engine.up().ok
    refuse(runner, "POST", times=1)
    runner.run(Step({"agent": {**template, "triggers": {"n": 2}}}, REVISION, ["POST"] * 2))


def test_the_retry_of_a_failed_revision_waits_too(runner: ScenarioRunner) -> None:
    """The redeploy that `up` sends for a revision that failed before is refused for now as well."""
    program = {"agent": docker()}
    runner.write(program)
    runner.simulator.outcome("agent", "DEPLOY_FAILED")
    assert not runner.engine.up().ok
    refuse(runner, "POST", times=1)
    runner.run(Step(program, {"Rollout": "create"}, ["POST"] * 2))


def test_an_adoption_waits_too(runner: ScenarioRunner) -> None:
    """The PATCH of an adoption is like any other."""
    runner.write({"agent": docker(opts={"retain_on_delete": True})})
    assert runner.engine.up().ok
    identifier = str(runner.simulator.deployment("agent")["id"])
    runner.write({})
    assert runner.engine.up().ok
    refuse(runner, "PATCH", times=1)
    program = {"agent": docker(display_name="Support", opts={"import_": identifier})}
    runner.write(program)
    runner.simulator.clear_requests()
    assert runner.engine.up().ok
    methods = [one.method for one in runner.simulator.requests if one.method != "GET"]
    assert methods == ["PATCH"] * 2


def test_another_conflict_is_an_error(runner: ScenarioRunner) -> None:
    """Only a revision in progress passes by itself."""
    runner.write({"agent": docker()})
    assert runner.engine.up().ok
    refuse(runner, "PATCH", times=1, body=TAKEN)
    change = {"agent": docker(display_name="Support")}
    runner.run(Step(change, IN_PLACE, ["PATCH"], error="The display name is taken", up={}))
    runner.run(Step(change, IN_PLACE, ["PATCH"]))
