"""What `langsmith-pulumi rollback` says of the next `up` is what the next `up` does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.commands import run_for_stack
from tests.support.scenario import (
    IN_PLACE,
    NOTHING,
    RETRY,
    REVISION,
    Step,
    docker,
    github,
    leaks,
)

if TYPE_CHECKING:
    from tests.support.commands import CommandResult
    from tests.support.scenario import ScenarioRunner

NO_CHANGE = "`pulumi up` alone shows no change"
DRIFT = "After a refresh (`pulumi up --refresh`) the plan shows"
NO_DRIFT = "A refresh finds no difference"


def ref(name: str) -> dict[str, Any]:
    return {"agent": github(source_revision_config__repo_ref=name)}


def image(tag: str) -> dict[str, Any]:
    uri = f"registry.example.com/agent:{tag}"
    return {"agent": docker(source_revision_config__image_uri=uri)}


def deploy(runner: ScenarioRunner, *programs: dict[str, Any]) -> None:
    for program in programs:
        runner.write(program)
        assert runner.engine.up().ok


def roll_back(runner: ScenarioRunner, *arguments: str) -> CommandResult:
    result = run_for_stack(runner.engine, "rollback", "agent", "--yes", *arguments)
    assert result.exit_code == 0, result.output
    assert leaks(result.output) == []
    return result


def test_a_rollback_stays_until_a_refresh(runner: ScenarioRunner) -> None:
    """`up` alone leaves it; after a refresh the plan puts the program's ref back."""
    deploy(runner, ref("v1"), ref("v2"))
    said = roll_back(runner).stdout
    assert NO_CHANGE in said
    assert f"{DRIFT} source_revision_config.repo_ref ('v1' now, 'v2' before)" in said
    status = run_for_stack(runner.engine, "status")
    assert status.exit_code == 3
    assert "source_revision_config.repo_ref" in status.stdout
    live = {"source_revision_config.repo_ref": "v1"}
    runner.run(Step(ref("v2"), NOTHING, [], live=live))
    live = {"source_revision_config.repo_ref": "v2"}
    runner.run(Step(ref("v2"), REVISION, ["PATCH"], refresh=True, live=live))


def test_the_change_of_the_program_makes_it_last(runner: ScenarioRunner) -> None:
    """It is one revision of the commit that was redeployed, and no drift afterwards."""
    deploy(runner, ref("v1"), ref("v2"))
    built = re.search(r'"repo_ref": "([0-9a-f]{40})"', roll_back(runner).stdout)
    assert built
    runner.run(Step(ref(built[1]), REVISION, ["PATCH"]))
    runner.run(Step(ref(built[1]), NOTHING, [], refresh=True))


@pytest.mark.parametrize(
    ("programs", "sentence", "after_refresh"),
    [
        ([image("v1"), image("v2")], DRIFT, REVISION),
        ([{"agent": github()}, {"agent": github(secrets__LOG_LEVEL="debug")}], NO_DRIFT, NOTHING),
    ],
    ids=["an image", "another variable"],
)
def test_what_a_refresh_finds(
    runner: ScenarioRunner,
    programs: list[dict[str, Any]],
    sentence: str,
    after_refresh: dict[str, str],
) -> None:
    """An image differs as a ref does; where only a variable was changed, nothing shows."""
    deploy(runner, *programs)
    said = roll_back(runner).stdout
    assert NO_CHANGE in said
    assert sentence in said
    runner.run(Step(programs[1], NOTHING, []))
    expected = ["PATCH"] if after_refresh else []
    runner.run(Step(programs[1], after_refresh, expected, refresh=True))


def test_after_a_failed_up_the_rollout_is_due(runner: ScenarioRunner) -> None:
    """The next `up` finds the redeployed revision and sends nothing."""
    deploy(runner, ref("v0"), ref("v1"))
    runner.simulator.outcome("agent", "BUILD_FAILED")
    runner.run(Step(ref("v2"), REVISION, ["PATCH"], error="BUILD_FAILED", up=IN_PLACE))
    refused = run_for_stack(runner.engine, "rollback", "agent", "--yes")
    found = re.search(r"add --to ([0-9a-f-]{36})", refused.output)
    assert found, refused.output
    said = roll_back(runner, "--to", found[1]).stdout
    assert "the next plan shows `~ Rollout`" in said
    live = {"source_revision_config.repo_ref": "v0"}
    runner.run(Step(ref("v2"), RETRY, [], live=live))
