"""`rollback` redeploys an earlier revision, or says why it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.scenario import CANARY

from .conftest import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.commands import CommandResult

    from .conftest import Deployments

REDEPLOY = "/v2/deployments/*/redeploy"


def writes(simulator: Simulator) -> list[str]:
    return [f"{one.method} {one.path}" for one in simulator.requests if one.method != "GET"]


class History:
    """The deployment `agent` with two deployed revisions."""

    def __init__(self, deployments: Deployments) -> None:
        self.deployments = deployments
        self.id = deployments.create("agent", source_revision_config__repo_ref="v1")
        self.first = deployments.get(self.id)["latest_revision_id"]
        self.second = deployments.revise(self.id, "v2")
        deployments.get(self.id)


@pytest.fixture
def history(deployments: Deployments, simulator: Simulator) -> History:
    made = History(deployments)
    simulator.clear_requests()
    return made


def test_the_revision_that_served_before_is_redeployed(
    simulator: Simulator, history: History, cli: Callable[..., CommandResult]
) -> None:
    """One request makes a new revision from it, and the command waits until that serves."""
    result = cli("rollback", "agent", "--yes")
    assert result.exit_code == 0, result.output
    path = f"/v2/deployments/{history.id}/revisions/{history.first}/redeploy"
    assert writes(simulator) == [f"POST {path}"]
    live = history.deployments.get(history.id)
    assert live["source_revision_config"]["repo_ref"] == "v1"
    assert f"revision {live['active_revision_id']} is deployed" in result.stdout
    assert "secrets of then, or those of today, is not documented" in result.stdout


def test_nothing_happens_without_a_confirmation(
    simulator: Simulator, history: History, cli: Callable[..., CommandResult]
) -> None:
    """Without a terminal there is no prompt, and what would happen is shown all the same."""
    result = cli("rollback", "agent", answer="y\n")
    assert result.exit_code == 1
    assert "add --yes" in result.stderr
    assert f"to redeploy  {history.first}" in result.stdout
    assert writes(simulator) == []


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("active", "is the active one"),
        ("running", "Wait until it has ended"),
        ("failed", "There is nothing to roll back. To go back further, add --to"),
        ("never deployed", "was never deployed"),
        ("unknown", "`langsmith-pulumi revisions agent` lists them"),
        ("nothing before", "no deployed revision before the active one"),
    ],
)
def test_what_cannot_be_rolled_back_is_refused(
    simulator: Simulator,
    history: History,
    cli: Callable[..., CommandResult],
    *,
    case: str,
    text: str,
) -> None:
    """In a sentence, and without any request that changes something."""
    arguments = ["agent", "--yes"]
    if case == "active":
        arguments += ["--to", history.second]
    elif case == "running":
        simulator.revision_seconds = 3600
        history.deployments.revise(history.id, "v3")
    elif case in ("failed", "never deployed"):
        simulator.outcome("agent", "BUILD_FAILED")
        third = history.deployments.revise(history.id, "v3")
        arguments += ["--to", third] if case == "never deployed" else []
    elif case == "unknown":
        arguments += ["--to", "../.."]
    else:
        history.deployments.get(history.deployments.create("other"))
        arguments[0] = "other"
    simulator.clear_requests()
    result = cli("rollback", *arguments)
    assert (result.exit_code, text in result.output) == (1, True), result.output
    assert writes(simulator) == []


@pytest.mark.parametrize("status", [404, 405])
def test_a_service_without_the_route_is_named(
    simulator: Simulator, history: History, cli: Callable[..., CommandResult], status: int
) -> None:
    """Together with the way that is left."""
    simulator.fail("POST", REDEPLOY, "status", status=status)
    result = cli("rollback", "agent", "--yes")
    assert result.exit_code == 1
    assert "This service cannot redeploy a revision" in result.output
    assert "Set the earlier ref or image in the program" in result.output
    assert history.deployments.get(history.id)["latest_revision_id"] == history.second


def test_a_lost_answer_is_looked_up(
    simulator: Simulator, history: History, cli: Callable[..., CommandResult]
) -> None:
    """The redeploy is not sent twice."""
    simulator.fail("POST", REDEPLOY, "drop_response")
    result = cli("rollback", "agent", "--yes")
    assert result.exit_code == 0, result.output
    assert len(writes(simulator)) == 1
    assert len(cli("revisions", "agent").stdout.splitlines()) == 4
    assert history.deployments.get(history.id)["active_revision_id"] in result.stdout


def test_a_rollback_that_fails_says_what_serves(
    simulator: Simulator, history: History, cli: Callable[..., CommandResult]
) -> None:
    """With the end of the log, and without what the next `up` would not do."""
    simulator.outcome("agent", "BUILD_FAILED", HOSTILE, build_log=[HOSTILE, f"no {CANARY}"])
    result = cli("rollback", "agent", "--yes")
    assert result.exit_code == 1
    assert "ended as BUILD_FAILED" in result.output
    assert "    | no [secret]" in result.output
    assert f"Revision {history.second} serves as before" in result.output
    assert "rolls out again" not in result.output


def test_ctrl_c_says_that_the_rollback_goes_on(
    simulator: Simulator,
    history: History,
    cli: Callable[..., CommandResult],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It ends the wait alone, and before the answer nobody knows."""

    def interrupt(*_: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("langsmith_pulumi.cli.operations._Progress.__call__", interrupt)
    result = cli("rollback", "agent", "--yes")
    made = history.deployments.get(history.id)["latest_revision_id"]
    assert result.exit_code == 1
    assert f"revision {made} goes on by itself" in result.stderr
    monkeypatch.setattr(
        "langsmith_pulumi.control_plane.client.ControlPlaneClient.redeploy", interrupt
    )
    assert "shows if it was carried out" in cli("rollback", "agent", "--yes").stderr
    assert len(writes(simulator)) == 1
