"""Tiers and sizes of deployments on Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scenario import github

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

DEDICATED = "source_config__deployment_type"


def dedicated(**changes: Any) -> dict[str, Any]:
    """Return a dedicated deployment."""
    return github(**{DEDICATED: "dedicated"}, **changes)


def up(runner: ScenarioRunner, program: dict[str, Any]) -> dict[str, str]:
    """Bring a program up and return the operations; the next preview has to be empty."""
    runner.write(program)
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert runner.engine.preview().ops == {}
    return outcome.ops


def writes(runner: ScenarioRunner) -> list[str]:
    """Return the requests that change something, without the ids in their paths."""
    return [
        f"{request.method} {request.path.rpartition('/')[2]}"
        for request in runner.simulator.requests
        if request.method != "GET"
    ]


REVISION = {"Deployment agent": "update", "Rollout agent": "update"}


@pytest.mark.parametrize(
    ("old", "new"), [("dev_zero", "serverless"), ("prod", "dedicated"), ("dedicated", "prod")]
)
def test_the_present_and_the_older_name_of_a_type_are_equal(
    runner: ScenarioRunner, old: str, new: str
) -> None:
    """A program that adopts the new name plans nothing."""
    up(runner, {"agent": github(**{DEDICATED: old})})
    runner.write({"agent": github(**{DEDICATED: new})})
    assert runner.engine.preview().ops == {}
    assert runner.engine.refresh().ok
    assert runner.engine.preview().ops == {}


def test_an_unknown_type_is_sent_with_a_warning(runner: ScenarioRunner) -> None:
    """A word that the service learns later is no reason to refuse a program."""
    runner.write({"agent": github(**{DEDICATED: "dedicatd"})})
    preview = runner.engine.preview()
    assert preview.ok
    assert "did you mean 'dedicated'" in preview.text


def test_a_size_is_one_request_and_one_revision(runner: ScenarioRunner) -> None:
    """The plan shows a revision, and the rollout waits for the one of the resize."""
    up(runner, {"agent": dedicated()})
    runner.simulator.clear_requests()
    medium = {"agent": dedicated(compute_size="medium", database_size="large")}
    runner.write(medium)
    assert runner.engine.preview().ops == REVISION
    assert up(runner, medium) == REVISION
    assert writes(runner) == ["PATCH resource-tiers"]
    assert len(runner.simulator.revisions("agent")) == 2


def test_a_size_and_another_change_are_two_revisions(runner: ScenarioRunner) -> None:
    """The rollout waits for the last of them, and the plan tells of both."""
    up(runner, {"agent": dedicated()})
    runner.simulator.clear_requests()
    program = {"agent": dedicated(compute_size="large", source_revision_config__repo_ref="v2")}
    runner.write(program)
    preview = runner.engine.preview()
    assert preview.ops == REVISION
    assert "two revisions" in preview.text
    assert up(runner, program) == REVISION
    assert writes(runner)[-1] == "PATCH resource-tiers"
    assert len(runner.simulator.revisions("agent")) == 3


def test_a_new_deployment_is_resized_after_its_creation(runner: ScenarioRunner) -> None:
    """A POST takes no size, so a second request follows."""
    up(runner, {"agent": dedicated(compute_size="medium")})
    assert [one for one in writes(runner) if "PATCH" in one] == ["PATCH resource-tiers"]


def test_a_resize_that_failed_at_creation_is_made_up_for(runner: ScenarioRunner) -> None:
    """The deployment is in the state, without its size, and the next up sets it."""
    program = {"agent": dedicated(compute_size="medium")}
    runner.simulator.fail("PATCH", "*/resource-tiers", "status", status=503, times=5)
    runner.write(program)
    first = runner.engine.up()
    assert first.ok, first.errors
    assert "not resized" in first.text
    runner.simulator.clear_faults()
    assert runner.engine.preview().ops == REVISION
    assert up(runner, program) == REVISION


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"compute_size": "huge"}, "compute_size", "small"),
        ({DEDICATED: "serverless", "database_size": "small"}, "database_size", "dedicated only"),
        ({DEDICATED: "future", "compute_size": "small"}, "compute_size", "deployment_type"),
    ],
    ids=["an unknown size", "a database of its own", "an unknown type"],
)
def test_a_size_that_cannot_be_set_is_refused_at_preview(
    runner: ScenarioRunner, changes: dict[str, Any], field: str, reason: str
) -> None:
    """Before any request, naming the field."""
    runner.write({"agent": github(**{DEDICATED: "dedicated", **changes})})
    preview = runner.engine.preview()
    assert not preview.ok
    assert any(field in error and reason in error for error in preview.errors), preview.errors
    assert runner.simulator.requests == []


def test_drift_of_a_size_that_the_service_shows_is_put_back(runner: ScenarioRunner) -> None:
    """A refresh reads the tier, and the next up resizes."""
    runner.simulator.shows_tiers = True
    program = {"agent": dedicated(compute_size="medium")}
    up(runner, program)
    runner.simulator.resize("agent", compute_tier="DEDICATED_L")
    assert runner.engine.refresh().ok
    assert runner.engine.preview().ops == REVISION
    assert up(runner, program) == REVISION
    assert runner.simulator.deployment("agent")["compute_tier"] == "DEDICATED_M"


def test_an_adoption_sets_the_size(runner: ScenarioRunner) -> None:
    """Where the service does not show the size, nothing proves that it is the declared one."""
    up(runner, {"agent": dedicated(name="agent")})
    identifier = runner.simulator.deployment("agent")["id"]
    runner.simulator.clear_requests()
    adopted = dedicated(name="agent", compute_size="large", opts={"import_": identifier})
    runner.write({"other": adopted})
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert writes(runner) == ["PATCH resource-tiers"]
    assert runner.engine.preview().ops == {}


def test_a_resize_waits_for_a_revision_in_progress(runner: ScenarioRunner) -> None:
    """Where revisions do not queue, the revision of the PATCH ends before the size is sent."""
    runner.simulator.reads = 1
    runner.simulator.revision_in_progress = "reject"
    program = {"agent": dedicated(compute_size="medium")}
    runner.write(program)
    created = runner.engine.up()
    assert created.ok, created.errors
    assert "not resized" in created.text
    assert up(runner, program) == REVISION
    runner.simulator.clear_requests()
    program = {"agent": dedicated(compute_size="large", source_revision_config__repo_ref="v2")}
    assert up(runner, program) == REVISION
    sent = [request.status for request in runner.simulator.requests if request.method == "PATCH"]
    assert (sent[:2], sent[-1]) == ([200, 409], 200)
    assert len(runner.simulator.revisions("agent")) == 4
