"""A plan says what an adoption changes, before it is made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.support.scenario import CANARY, github, leaks

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.engines import OperationResult
    from tests.support.scenario import ScenarioRunner

THEIRS = {"OPENAI_API_KEY": CANARY, "LOG_LEVEL": "debug", "EXTRA": "extra-0123456789"}


def create_outside(simulator: Simulator, **changes: Any) -> str:
    """Make the deployment `agent` with variables of its own; return its id."""
    listed = [{"name": name, "value": value} for name, value in THEIRS.items()]
    body = {**github(**changes), "name": "agent", "secrets": listed}
    headers = {"X-Api-Key": simulator.api_key}
    made = httpx.post(f"{simulator.url}/v2/deployments", headers=headers, json=body)
    identifier = str(made.raise_for_status().json()["id"])
    simulator.clear_requests()
    return identifier


def planned_adoption(outcome: OperationResult) -> dict[str, Any]:
    """Return the summary of the only adoption in the plan of a preview."""
    document, _ = json.JSONDecoder().raw_decode(outcome.text)
    states = [step["newState"] for step in document["steps"] if step.get("newState")]
    [adoption] = [s["inputs"]["adoption"] for s in states if "adoption" in s.get("inputs", {})]
    return dict(adoption)


def test_the_plan_names_what_an_adoption_changes(runner: ScenarioRunner) -> None:
    """Each difference, each variable by what becomes of it, and whether a revision comes."""
    identifier = create_outside(runner.simulator)
    wanted = github(
        source_config__build_on_push=True,
        source_config__build_command="make",
        secrets__ADDED="added-0123456789",
        opts={"import_": identifier},
    )
    runner.write({"agent": wanted})
    preview = runner.engine.preview()
    assert preview.ok, preview.errors
    assert [one.method for one in runner.simulator.requests] == ["GET"]
    assert planned_adoption(preview) == {
        "compared": True,
        "revision": True,
        "differences": [
            {"path": "source_config.build_command"},
            {"path": "source_config.build_on_push", "live": False},
        ],
        "variables_added": ["ADDED"],
        "variables_changed": ["LOG_LEVEL"],
        "variables_removed": ["EXTRA"],
    }
    assert "removes variables" in preview.text
    fields = "source_config.build_command, source_config.build_on_push"
    names = "secrets.ADDED, secrets.LOG_LEVEL, secrets.EXTRA"
    assert f"adopts {identifier} and changes in a new revision: {fields}, {names}" in preview.text
    assert leaks(preview.text) == []
    assert runner.engine.up().ok
    assert runner.engine.preview().ops == {}
    live = {one["name"] for one in runner.simulator.deployment("agent")["secrets"]}
    assert live == {"OPENAI_API_KEY", "LOG_LEVEL", "ADDED"}


def test_an_adoption_of_the_same_changes_nothing(runner: ScenarioRunner) -> None:
    """No difference, no write."""
    identifier = create_outside(runner.simulator)
    wanted = github(secrets=None) | {"secrets": THEIRS, "opts": {"import_": identifier}}
    runner.write({"agent": wanted})
    preview = runner.engine.preview()
    assert planned_adoption(preview) == {"compared": True, "revision": False}
    assert f"adopts {identifier} as it is: nothing is created or changed" in preview.text
    runner.simulator.clear_requests()
    assert runner.engine.up().ok
    assert [one.method for one in runner.simulator.requests if one.method != "GET"] == []
    assert runner.engine.preview().ops == {}


def test_fixed_differences_are_refused_at_preview(runner: ScenarioRunner) -> None:
    """With both values."""
    identifier = create_outside(runner.simulator, source_config__deployment_type="prod")
    runner.write({"agent": github(opts={"import_": identifier})})
    for outcome in (runner.engine.preview(), runner.engine.up()):
        assert not outcome.ok
        [error] = outcome.errors
        assert "'prod' there and 'dev' in the program" in error


def test_adoption_changes_the_repository_in_place(runner: ScenarioRunner) -> None:
    """The plan shows the live URL without the credentials that it may hold."""
    there = "https://user:hunter22@github.com/acme/other"
    identifier = create_outside(runner.simulator, source_config__repo_url=there)
    runner.write({"agent": github(secrets=None, opts={"import_": identifier})})
    preview = runner.engine.preview()
    assert planned_adoption(preview)["revision"] is False
    [row] = planned_adoption(preview)["differences"]
    assert row == {
        "path": "source_config.repo_url",
        "live": "https://[hidden]@github.com/acme/other",
    }
    outcome = runner.engine.up()
    assert outcome.ok, outcome.errors
    assert "hunter22" not in preview.text + outcome.text
    live = runner.simulator.deployment("agent")["source_config"]["repo_url"]
    assert live == "https://github.com/acme/agents"
    assert runner.engine.preview().ops == {}


@pytest.mark.parametrize("lacking", ["key", "network"])
def test_a_plan_that_cannot_compare_says_so(runner: ScenarioRunner, lacking: str) -> None:
    """A preview without key or network still makes a plan."""
    identifier = create_outside(runner.simulator)
    engine: Any = runner.engine
    if lacking == "key":
        engine.environ["LANGSMITH_API_KEY"] = ""
    else:
        engine.environ["LANGGRAPH_HOST_URL"] = "http://127.0.0.1:9"
    runner.write({"agent": github(opts={"import_": identifier})})
    preview = runner.engine.preview()
    assert preview.ok, preview.errors
    assert planned_adoption(preview) == {"compared": False}
    assert "could not be read" in preview.text
    assert runner.simulator.requests == []


def test_an_id_that_is_not_there_is_refused_at_preview(runner: ScenarioRunner) -> None:
    """It is not made anew, and nothing is left for `up` to fail at."""
    nobody = "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c99"
    runner.write({"agent": github(opts={"import_": nobody})})
    preview = runner.engine.preview()
    assert not preview.ok
    assert any(nobody in error and "does not have" in error for error in preview.errors)
