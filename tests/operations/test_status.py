"""`status` shows what runs, and its exit code says if somebody has to look."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.commands import run_command, run_for_stack
from tests.support.scenario import API_KEY, CANARY, docker, github

from .conftest import HOSTILE, Deployments, assert_harmless

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.commands import CommandResult
    from tests.support.scenario import ScenarioRunner


ABSENT = "00000000-0000-4000-8000-000000000000"


def row_of(name: str, output: str) -> str:
    return next(line for line in output.splitlines() if line.startswith(f"{name} "))


def test_a_workspace_is_shown_whole(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """Failed and unreadable deployments have a row too, and the most severe exit code wins."""
    names = [f"agent-{number:02}" for number in range(25)]
    simulator.outcome("agent-03", "BUILD_FAILED", status_message=f"{HOSTILE} {CANARY}")
    ids = {name: deployments.create(name) for name in names}
    deployments.revise(ids["agent-07"], "v2")
    for identifier in ids.values():
        deployments.get(identifier)
    result = cli("status", "--workspace")
    assert result.exit_code == 3
    assert [line.split()[0] for line in result.stdout.splitlines()[1:26]] == names
    assert "BUILD_FAILED" in row_of("agent-03", result.stdout)
    assert "is BUILD_FAILED: " in result.stdout
    assert deployments.get(ids["agent-07"])["url"] in row_of("agent-07", result.stdout)
    simulator.fail("GET", f"/v2/deployments/{ids['agent-05']}/revisions/*", "status", status=403)
    unreadable = cli("status", "--workspace", "--json")
    assert unreadable.exit_code == 1
    by_name = {one["name"]: one for one in json.loads(unreadable.stdout)}
    assert "was answered 403" in by_name["agent-05"]["problem"]
    assert by_name["agent-07"]["drift"] is None
    assert by_name["agent-03"]["needs_attention"] is True


@pytest.mark.parametrize(
    ("environ", "advice"),
    [
        ({"LANGSMITH_API_KEY": "wrong"}, "The API key is not accepted."),
        ({"LANGSMITH_WORKSPACE_ID": ABSENT}, "The API key is not one of this workspace."),
        ({"LANGSMITH_WORKSPACE_ID": "acme"}, "The workspace id 'acme' is no UUID."),
        ({"LANGGRAPH_HOST_URL": "htp://x"}, "in LANGGRAPH_HOST_URL is no plain http(s) URL"),
    ],
)
def test_wrong_settings_get_the_advice_that_fits(
    simulator: Simulator, environ: dict[str, str], advice: str
) -> None:
    """The error names what to correct, in one line."""
    simulator.workspace_id = ABSENT.replace("0", "1")
    result = run_command("status", "--workspace", environ={**simulator.env, **environ})
    assert (result.exit_code, result.stdout) == (1, "")
    assert advice in result.output
    assert result.output.count("\n") == 1


def test_a_name_is_no_command_to_a_runner(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """Also where it begins a line."""
    live = deployments.get(deployments.create("agent"))
    page = {"resources": [{**live, "name": "::error::forged"}], "offset": 1}
    simulator.fail("GET", "/v2/deployments", "status", status=200, body=json.dumps(page))
    assert ": :error::forged" in cli("status", "--workspace").stdout


def test_health_is_asked_where_it_is_wanted(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """Once, at the agent's own URL, and without the API key."""
    simulator.serve_agents = True
    deployments.get(deployments.create("agent"))
    assert cli("status", "--workspace").exit_code == 0
    assert simulator.external_requests == []
    simulator.health("agent", 503, body=HOSTILE)
    sick = cli("status", "--workspace", "--health")
    assert sick.exit_code == 3
    assert "503" in row_of("agent", sick.stdout)
    assert len(simulator.external_requests) == 1
    assert API_KEY not in str(simulator.external_requests)


def test_a_stack_is_compared_with_its_state(runner: ScenarioRunner) -> None:
    """Drift is named by field, a variable's without its value; a secret URL is hidden."""
    simulator, url = runner.simulator, "https://hidden.example.com"
    image = "registry.example.com/hidden:v1"
    hidden = {
        "source_config__custom_url": {"secret": f"{url}/"},
        "source_revision_config__image_uri": {"secret": image},
    }
    runner.write({"agent": github(), "tool": docker(**hidden), "gone": docker()})
    assert runner.engine.up().ok
    simulator.clear_requests()
    fine = run_for_stack(runner.engine, "status")
    assert fine.exit_code == 0, fine.output
    assert {one.method for one in simulator.requests} == {"GET"}
    assert row_of("agent", fine.stdout).endswith("none")
    assert url not in fine.output
    assert image not in fine.output
    assert fine.stdout.count("[secret]") == 3
    variables = [{"name": "OPENAI_API_KEY", "value": "somebody-elses-key"}]
    simulator.drift("agent", secrets=variables, source_config={"build_on_push": True})
    Deployments(simulator).delete(str(simulator.deployment("gone")["id"]))
    result = run_for_stack(runner.engine, "status")
    assert_harmless(fine.output + result.output)
    assert result.exit_code == 3
    drift = row_of("agent", result.stdout).split("  ")[-1]
    expected = "source_config.build_on_push, secrets.LOG_LEVEL, secrets.OPENAI_API_KEY"
    assert sorted(drift.strip().split(", ")) == sorted(expected.split(", "))
    assert "somebody-elses-key" not in result.output
    assert "MISSING" in row_of("gone", result.stdout)
    assert runner.engine.refresh().ok
    refreshed = run_for_stack(runner.engine, "status")
    rows = [row_of("agent", one.stdout).split() for one in (refreshed, result)]
    assert rows[0] == rows[1]
    simulator.drift("agent", source_revision_config={"repo_ref": "somebodys"})
    assert runner.engine.refresh().ok
    shown = json.loads(run_for_stack(runner.engine, "status", "--json").stdout)[0]
    assert (shown["name"], shown["asked"]["source"]) == ("agent", None), "no wish of the program"
    assert "source_revision_config.repo_ref" in shown["drift"]


@pytest.mark.parametrize("make_runner", ["offline"], indirect=True)
def test_what_the_program_has_taken_over_is_no_drift(runner: ScenarioRunner) -> None:
    """After a refresh that found it, and an `up` of a program that now says the same."""
    runner.write({"agent": github()})
    assert runner.engine.up().ok
    runner.simulator.drift("agent", source_revision_config={"repo_ref": "v2"})
    assert runner.engine.refresh().ok
    assert "repo_ref" in row_of("agent", run_for_stack(runner.engine, "status").stdout)
    runner.write({"agent": github(source_revision_config__repo_ref="v2")})
    assert runner.engine.up().ok
    taken_over = run_for_stack(runner.engine, "status")
    row = row_of("agent", taken_over.stdout)
    assert (taken_over.exit_code, row.split()[1], row[-4:]) == (0, "v2", "none")
    runner.simulator.drift("agent", source_revision_config={"repo_ref": "v3"})
    assert "repo_ref" in row_of("agent", run_for_stack(runner.engine, "status").stdout)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "text"),
    [
        (["--workspace", "--stack", "dev"], 2, "--workspace shows no stack"),
        (["--offline"], 1, "there is no Pulumi.yaml"),
        (["--stack", "dev"], 1, "Add --offline"),
        (["--workspace"], 1, "A command that is given no --stack reads the environment alone"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    exit_code: int,
    text: str,
) -> None:
    """Without a project, and without the Pulumi CLI."""
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run_command("status", *arguments, "--cwd", str(tmp_path), environ={})
    assert (result.exit_code, text in result.output) == (exit_code, True), result.output
