"""Tests of the nightly search for drift on both forges."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.review import EXIT_CODES, Gate
from langsmith_pulumi.testing import Simulator
from tests.workflows.forges import TOKEN
from tests.workflows.repository import KEYS, NEEDED
from tests.workflows.runner import GITLAB, load
from tests.workflows.test_github import completed
from tests.workflows.test_on_pulumi import simulated_repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.forges import ForgeServer
    from tests.workflows.repository import Repository

pytestmark = NEEDED


def on_github(repository: Repository, stack: str = "dev") -> tuple[bool, str]:
    """Run the job of a stack, and return whether it was refused, and its log."""
    result = completed(repository.github("drift", "drift", {}, name="schedule", stack=stack))
    assert result.failed in ([], ["Gate"]), result.log
    return bool(result.failed), result.log


def on_gitlab(repository: Repository, stack: str = "dev") -> tuple[bool, str]:
    """Run the job of a stack, and return whether it was refused, and its log."""
    done = repository.gitlab(f"drift-{stack}")
    refusals = [EXIT_CODES[Gate.DRIFT], EXIT_CODES[Gate.UNJUDGED]]
    assert done.returncode in (0, *refusals), done.stdout
    return bool(done.returncode), done.stdout


@pytest.mark.parametrize("night", [on_github, on_gitlab])
def test_one_issue_per_stack_as_long_as_there_is_drift(
    repository: Repository, night: Callable[..., tuple[bool, str]]
) -> None:
    """Nothing is opened without drift, nothing twice, and what is gone is closed."""
    forge = repository.forge
    logs = []

    def after(plan: str, stack: str = "dev") -> list[tuple[str, bool]]:
        repository.set_plan(stack, plan)
        refused, log = night(repository, stack)
        logs.append(log)
        assert refused is (plan in ("08_drift", "09_failed_preview"))
        return [(issue.title, issue.is_open) for issue in forge.issues]

    dev, prod = ("Drift in agents/dev", True), ("Drift in agents/prod", True)
    assert after("02_in_place") == []
    assert after("08_drift") == after("08_drift") == [dev]
    assert after("08_drift", "prod") == [dev, prod]
    assert after("09_failed_preview") == [dev, prod]
    assert after("10_nothing") == [("Drift in agents/dev", False), prod]
    assert "changed outside of the program" in forge.issues[0].body
    secrets = (TOKEN, *KEYS.values())
    shown = "".join([*logs, *(issue.body for issue in forge.issues)])
    assert not any(secret in shown for secret in secrets)
    assert repository.calls == []


def test_a_schedule_of_gitlab_deploys_nothing() -> None:
    """A schedule runs on the default branch, as a merge does; it starts only the search."""
    pipeline = load(GITLAB)
    schedule = '$CI_PIPELINE_SOURCE == "schedule"'
    assert pipeline[".deploy"]["rules"][0] == {"if": schedule, "when": "never"}
    assert pipeline[".drift"]["rules"] == [{"if": schedule}]
    conditions = [
        rule["if"]
        for job in ("preview", "preview-fork", "preview-environment", "remove-preview-environment")
        for rule in pipeline[job]["rules"]
        if rule.get("when") != "never" and "MERGE_REQUEST_LABELS" not in rule["if"]
    ]
    assert all("merge_request_event" in condition for condition in conditions)


@pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH")
def test_the_search_writes_neither_state_nor_deployment(forge: ForgeServer, tmp_path: Path) -> None:
    """On the Pulumi CLI the state stays as it is, and a merge puts back what was found."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = simulated_repository(forge, tmp_path, simulator)
        deploy = repository.github("deploy", "up", {}, name="push", stack="dev")
        assert completed(deploy).failed == []
        assert not on_github(repository)[0]
        simulator.drift("support-agent-dev", source_revision_config={"repo_ref": "by-hand"})
        before = _state(tmp_path)
        simulator.clear_requests()

        assert on_github(repository)[0]
        assert _state(tmp_path) == before
        assert {request.method for request in simulator.requests} == {"GET"}
        assert "by-hand" in forge.issues[0].body
        completed(repository.github("deploy", "up", {}, name="push", stack="dev"))
        assert not on_github(repository)[0]
    assert [issue.is_open for issue in forge.issues] == [False]


def _state(folder: Path) -> dict[str, bytes]:
    """Return the files of the backend."""
    files = (path for path in (folder / "state").rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in files}
