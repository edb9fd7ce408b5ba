"""`logs` prints a revision's log without secrets, and follows it to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.processes import TIMEOUT_SECONDS
from tests.support.scenario import CANARY, leaks

from .conftest import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.commands import CommandResult

    from .conftest import Deployments

LOGS = "/v2/deployments/*/logs"


def texts(output: str) -> list[str]:
    return [line.partition(" | ")[2] for line in output.splitlines() if " | " in line]


@pytest.mark.parametrize(
    ("outcome", "arguments", "heading", "last"),
    [
        ("DEPLOYED", [], "Deploy log", "Application startup complete"),
        ("DEPLOYED", ["--build"], "Build log", "Pushing the image"),
        ("BUILD_FAILED", [], "Build log", "error: no such module"),
    ],
)
def test_the_log_that_matters_is_printed(  # noqa: PLR0913 - fixtures, and the row
    simulator: Simulator,
    deployments: Deployments,
    cli: Callable[..., CommandResult],
    *,
    outcome: str,
    arguments: list[str],
    heading: str,
    last: str,
) -> None:
    """The deploy log of a revision that has one, else the build log; standard error says which."""
    log = ["error: no such module"] if outcome == "BUILD_FAILED" else []
    simulator.outcome("agent", outcome, build_log=log)
    identifier = deployments.create("agent")
    revision = deployments.get(identifier)["latest_revision_id"]
    result = cli("logs", "agent", *arguments)
    assert result.exit_code == 0
    assert f"{heading} of revision {revision} ({outcome}) of deployment 'agent'" in result.stderr
    assert texts(result.stdout)[-1] == last


def test_secrets_and_hostile_text_are_hidden(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """The deployment's variables, whole or over several entries, and codes of a terminal."""
    first, second = CANARY.split("\n")
    log = ["start", f"key={CANARY}", first, second, HOSTILE, "error: no", first, second, "the end"]
    simulator.outcome("agent", "DEPLOYED", deploy_log=log)
    deployments.create("agent")
    result = cli("logs", "agent")
    assert "[secret]" in result.stdout
    # Entries beside a secret keep their own level, and so their time.
    whole = [line.partition("Z ")[2] for line in result.stdout.splitlines()]
    assert whole[0] == "INFO | start"
    assert whole[-3:] == ["ERROR | error: no", "INFO | [secret]", "INFO | the end"]
    assert all(" | " in line for line in result.stdout.splitlines())


def test_filters_and_their_limits(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """--lines, --level and --since narrow the log; what cannot be is refused in a sentence."""
    simulator.outcome("agent", "DEPLOYED", deploy_log=["one", "an error", "three"])
    identifier = deployments.create("agent")
    older = deployments.get(identifier)["latest_revision_id"]
    deployments.revise(identifier, "v2")
    deployments.get(identifier)
    last = cli("logs", "agent", "--revision", older, "--lines", "1")
    assert texts(last.stdout) == ["three"]
    assert "--lines shows more" in last.stderr
    assert texts(cli("logs", identifier, "--revision", older, "--level", "error").stdout) == [
        "an error"
    ]
    assert len(texts(cli("logs", "agent", "--since", "1h").stdout)) == 2
    late = cli("logs", "agent", "--since", "2100-01-01T00:00Z")
    assert (texts(late.stdout), "no entries" in late.stderr) == ([], True)
    wrong = cli("logs", "agent", "--since", "yesterday")
    assert (wrong.exit_code, "takes a duration such as 10m" in wrong.output) == (1, True)
    unknown = cli("logs", "agent", "--revision", identifier)
    assert (unknown.exit_code, "has no revision" in unknown.output) == (1, True)


def test_a_build_is_followed_to_its_end(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """Each line is printed once, temporary errors are told once, and the command ends."""
    simulator.reads = 2
    deployments.create("agent")
    simulator.fail("GET", LOGS, "status", status=502, times=4)
    result = cli("logs", "agent", "--build", "--follow")
    assert result.exit_code == 0, result.output
    assert len(texts(result.stdout)) == len(set(texts(result.stdout))) == 3
    assert result.stderr.count("Trying again.") == 1
    assert result.stderr.strip().endswith("is DEPLOYED.")


def test_an_older_service_has_the_older_route(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """It is found by its absence, and then used."""
    simulator.revision_logs = False
    deployments.create("agent")
    assert len(texts(cli("logs", "agent", "--build").stdout)) == 3


@pytest.mark.parametrize("kind", ["build", "deploy"])
def test_a_log_that_cannot_be_read_is_a_sentence(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult], kind: str
) -> None:
    """Nothing is printed in place of a log that was refused."""
    deployments.create("agent")
    simulator.fail("GET", LOGS, "status", status=403)
    result = cli("logs", "agent", f"--{kind}")
    assert result.exit_code == 1
    assert "was answered 403" in result.output


def test_ctrl_c_ends_a_deploy_log(simulator: Simulator, deployments: Deployments) -> None:
    """It goes on until then, and that is no failure."""
    deployments.get(deployments.create("agent"))
    command = [sys.executable, "-m", "langsmith_pulumi.cli", "logs", "agent", "--follow"]
    environ = {**os.environ, **simulator.env, "LANGSMITH_PULUMI_POLL_SECONDS": "0.05"}
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 0, errors
    assert texts("".join(lines)) == ["Starting agent", "Application startup complete"]
    assert rest == ""
    assert leaks(errors) == []
    assert "Traceback" not in errors
