"""A report names drift, also where a refresh of its own came before the plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.review import EXIT_CODES, Gate, review
from tests.support.scenario import CREATE, NOTHING, Step, github

if TYPE_CHECKING:
    from tests.support.engines import OperationResult
    from tests.support.scenario import Program, ScenarioRunner

DRIFT = EXIT_CODES[Gate.DRIFT]
COMMAND = "source_config__install_command"
REF = "source_revision_config__repo_ref"


def agent(display_name: str = "Ours", **changes: Any) -> Program:
    return {"agent": github(display_name=display_name, **{COMMAND: "npm ci"}, **changes)}


def drifted(preview: OperationResult) -> tuple[int, dict[str, bool]]:
    """Return the gate's exit code, and each changed field and secret with what is told of it."""
    plan, _ = json.JSONDecoder().raw_decode(preview.text)
    result = review([("plan.json", plan)], format="json", fail_on=["drift"])
    (stack,) = json.loads(result.text)["stacks"]
    changes = [
        change for one in stack["deployments"] for change in (*one["fields"], *one["secrets"])
    ]
    return result.exit_code, {one.get("path", one.get("name")): one["drift"] for one in changes}


def refreshed(runner: ScenarioRunner, **live: Any) -> None:
    runner.simulator.drift("agent", **live)
    assert runner.engine.refresh().ok


def preview(runner: ScenarioRunner, program: Program) -> tuple[int, dict[str, bool]]:
    runner.write(program)
    return drifted(runner.engine.preview())


def test_drift_is_named_after_a_refresh_of_its_own(runner: ScenarioRunner) -> None:
    """It is told from what the program changes, by every later preview until the next up."""
    runner.run(Step(agent(), CREATE, ["POST", "PATCH"]))
    refreshed(runner, display_name="Theirs", source_config={"install_command": "npm i"})
    refreshed(runner, secrets=[{"name": "LOG_LEVEL", "value": "debug"}])
    found = {
        "display_name": True,
        "source_config.install_command": True,
        "LOG_LEVEL": True,
        "OPENAI_API_KEY": True,
    }

    assert preview(runner, agent()) == (DRIFT, found)
    other = agent("A third name", **{REF: "v2"})
    assert preview(runner, other) == (DRIFT, {**found, "source_revision_config.repo_ref": False})
    assert runner.engine.up().ok
    assert preview(runner, agent("A fourth name", **{REF: "v2"})) == (0, {"display_name": False})


def test_what_was_taken_over_or_put_back_is_no_drift(runner: ScenarioRunner) -> None:
    """A value that the program agrees with is not named, even if the program changes it later."""
    runner.run(Step(agent(), CREATE, ["POST", "PATCH"]))
    refreshed(runner, display_name="Theirs")
    runner.run(Step(agent("Theirs"), NOTHING))
    assert preview(runner, agent("New")) == (0, {"display_name": False})

    assert runner.engine.up().ok
    refreshed(runner, display_name="Theirs", source_config={"install_command": "npm i"})
    refreshed(runner, display_name="New", source_config={"install_command": "npm ci"})
    code, found = preview(runner, agent("Newer", **{REF: "v2"}))
    assert code == 0
    assert not any(found.values())
