"""A control plane with deployments that nobody declares, and the commands that operate them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

# The fixtures of scenarios, for commands that read a stack.
from tests.scenarios.conftest import make_runner, runner, simulator
from tests.support.commands import run_command
from tests.support.scenario import github, leaks

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.commands import CommandResult

__all__ = ["make_runner", "runner", "simulator"]

HOSTILE = "\x1b]0;title\x07\x1b[2Jred\r\n::error::forged\n##vso[task.setvariable]\u202eevil"
"""Text that would steer a terminal, or the runner of a pipeline."""


class Deployments:
    """Makes and changes deployments as another client would."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._http = httpx.Client(headers={"X-Api-Key": simulator.api_key})

    def create(self, name: str, **changes: Any) -> str:
        """Create a deployment, and return its id."""
        body = github(**changes)
        body["secrets"] = [{"name": key, "value": text} for key, text in body["secrets"].items()]
        return str(self._send("POST", "", {**body, "name": name})["id"])

    def revise(self, identifier: str, ref: str) -> str:
        """Make a revision of a ref, and return its id."""
        body = {"source_revision_config": {"repo_ref": ref}}
        return str(self._send("PATCH", f"/{identifier}", body)["latest_revision_id"])

    def get(self, identifier: str) -> dict[str, Any]:
        """Return a deployment; the first look lets a revision end."""
        return self._send("GET", f"/{identifier}")

    def delete(self, identifier: str) -> None:
        """Delete a deployment."""
        self._http.delete(f"{self._simulator.url}/v2/deployments/{identifier}").raise_for_status()

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        url = f"{self._simulator.url}/v2/deployments{path}"
        reply = self._http.request(method, url, json=body)
        return dict(reply.raise_for_status().json())


@pytest.fixture
def deployments(simulator: Simulator) -> Deployments:
    return Deployments(simulator)


@pytest.fixture
def cli(simulator: Simulator) -> Callable[..., CommandResult]:
    """Return a function that runs a command, whose output must hold nothing that it must not."""

    def run(*arguments: str, answer: str | None = None) -> CommandResult:
        result = run_command(*arguments, environ=simulator.env, answer=answer)
        assert_harmless(result.output)
        return result

    return run


def assert_harmless(output: str) -> None:
    assert leaks(output) == []
    assert not any(code in output for code in ("\x1b", "\x07", "\r", "\u202e", "##vso["))
    assert not any(line.startswith("::") for line in output.splitlines())
    assert "Traceback" not in output
