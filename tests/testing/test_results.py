"""Results in the words of the report, and short enough to read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing import Changes, Diagnostic, Operation, Result, Simulator, StackFactory
from tests.support.engines import PROGRAM
from tests.support.scenario import github, listener

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


BEFORE = {
    "same": github(),
    "set": github(display_name="one"),
    "rolled": github(),
    "anew": github(name="anew-1"),
    "gone": github(),
    "left": github(opts={"retain_on_delete": True}),
    "drifting": github(display_name="one"),
    "cluster": listener(),
}
AFTER = {
    "same": github(),
    "set": github(display_name="two"),
    "rolled": github(source_revision_config__repo_ref="v2"),
    "anew": github(name="anew-2"),
    "drifting": github(display_name="one"),
    "cluster": listener("agents", "more"),
    "new": github(opts={"component": "box"}),
}
CHANGES = {
    "set": "in place",
    "rolled": "revision",
    "anew": "replaced",
    "gone": "deleted",
    "left": "released",
    "cluster": "in place",
    "new": "created",
    "box": "created",
}


def test_changes_are_those_of_the_report(simulator: Simulator, tmp_path: Path) -> None:
    """A preview and its `up` name the same changes, and a refresh names what drifted."""
    scenario = tmp_path / "scenario.json"
    stack = StackFactory(simulator, tmp_path)(PROGRAM, environ={"SCENARIO": str(scenario)})

    scenario.write_text(json.dumps(BEFORE))
    assert stack.up().assert_ok().changes == dict.fromkeys(BEFORE, "created")

    scenario.write_text(json.dumps(AFTER))
    planned = stack.preview().assert_ok()
    assert planned.changes == CHANGES
    assert planned.changes["same"] == "unchanged"
    assert stack.up().assert_ok().changes == CHANGES

    scenario.write_text(json.dumps({**AFTER, "set": github(secrets={"NEW": "value"})}))
    simulator.outcome("set", "DEPLOY_FAILED", "no memory")
    failed = stack.up()
    assert failed.changes == {"set": "revision"}
    assert "no memory" in failed.errors[0]

    simulator.drift("drifting", display_name="Other")
    assert stack.refresh().assert_ok().changes == {"drifting": "drift"}
    assert stack.preview().assert_ok().changes == {"drifting": "drift", "set": "retried"}
    assert stack.destroy().assert_ok().changes == dict.fromkeys([*AFTER, "box"], "deleted")


def test_an_adoption_is_named(simulator: Simulator, tmp_path: Path) -> None:
    """`adopted` is a deployment that existed before."""
    scenario = tmp_path / "scenario.json"
    make = StackFactory(simulator, tmp_path)
    environ = {"SCENARIO": str(scenario)}
    scenario.write_text(json.dumps({"agent": github()}))
    make(PROGRAM, environ=environ).up().assert_ok()
    live = simulator.deployment("agent")["id"]
    scenario.write_text(json.dumps({"agent": github(opts={"import_": live})}))
    assert make(PROGRAM, "other", environ=environ).up().assert_ok().changes == {"agent": "adopted"}


def test_the_names_of_a_lookup() -> None:
    """A name that is not in the stack is an error that lists those that are."""
    changes = Changes({"a": "revision"}, {"b"})
    assert changes == {"a": "revision"}
    assert (changes["a"], changes["b"]) == ("revision", "unchanged")
    with pytest.raises(KeyError, match="c: no such resource; there are: a, b"):
        changes["c"]


def result(operation: Operation, *messages: tuple[str, str], ok: bool = False) -> Result:
    urn = "urn:pulumi:dev::agents::pulumi-python:dynamic/langsmith:Deployment::support-agent"
    diagnostics = [Diagnostic(urn, text, severity) for severity, text in messages]
    plan: dict[str, Any] = {"changeSummary": {}}
    return Result(operation, ok, [], diagnostics, {}, {}, plan)


def test_a_failure_shows_all_messages() -> None:
    """`assert_ok` passes a success on, and shows every message of a failure, errors first."""
    good = result("up", ok=True)
    assert good.assert_ok() is good
    bad = result("up", ("info", "done soon"), ("warning", "slow"), ("error", "refused\nby rule 4"))
    with pytest.raises(AssertionError) as failure:
        bad.assert_ok()
    assert str(failure.value).splitlines() == [
        "up failed",
        "langsmith:Deployment support-agent: error: refused",
        "    by rule 4",
        "langsmith:Deployment support-agent: warning: slow",
        "langsmith:Deployment support-agent: done soon",
    ]
    assert (bad.errors, bad.warnings) == (["refused\nby rule 4"], ["slow"])


def test_a_result_is_one_line() -> None:
    """The representation has the outcome, the changes and the first error, not the whole plan."""
    assert repr(result("preview", ok=True)) == "<Result of preview: ok, changes={}>"
    failed = result("up", ("error", "x" * 500), ("error", "y"))
    assert repr(failed) == f"<Result of up: failed, changes={{}}, error='{'x' * 97}...'>"
