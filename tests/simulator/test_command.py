"""The commands `simulate` and `simulator`, as a shell runs them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Integration, Listener
from langsmith_pulumi.testing.simulator.command import parse_integration, parse_listener
from tests.simulator.conftest import make_body

Json = dict[str, Any]
CLI = [sys.executable, "-m", "langsmith_pulumi.cli"]
WORKSPACE = "44444444-4444-4444-8444-444444444444"
LISTENER = "55555555-5555-4555-8555-555555555555"


class Shell:
    """A shell that the printed lines of `simulate` were pasted into."""

    def __init__(self, lines: list[str]) -> None:
        exports = [line.removeprefix("export ").partition("=") for line in lines if "=" in line]
        self.env = {"PATH": os.environ["PATH"], **{name: value for name, _, value in exports}}
        self.comments = [line for line in lines if line.startswith("#")]

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `langsmith-pulumi simulator`."""
        command = [*CLI, "simulator", *arguments]
        return subprocess.run(
            command, env=self.env | env, capture_output=True, text=True, check=False
        )

    def send(self, method: str, path: str, body: Json | None = None) -> httpx.Response:
        """Send a request to the API."""
        headers = {"X-Api-Key": self.env["LANGSMITH_API_KEY"]}
        if "LANGSMITH_WORKSPACE_ID" in self.env:
            headers["X-Tenant-Id"] = self.env["LANGSMITH_WORKSPACE_ID"]
        url = f"{self.env['LANGSMITH_CONTROL_PLANE_URL']}{path}"
        return httpx.request(method, url, headers=headers, json=body, verify=False)

    def create(self, name: str = "agent", source: str = "github", **changes: Any) -> Json:
        """Create a deployment, and return it as it is a moment later."""
        response = self.send("POST", "/v2/deployments", make_body(name, source, **changes))
        assert response.status_code == 201, response.text
        found: Json = self.send("GET", f"/v2/deployments/{response.json()['id']}").json()
        return found

    def statuses(self, deployment: Json) -> list[str]:
        """Return the statuses of the revisions of a deployment, newest first."""
        found = self.send("GET", f"/v2/deployments/{deployment['id']}/revisions").json()
        return [revision["status"] for revision in found["resources"]]


@contextmanager
def simulating(*options: str) -> Iterator[Shell]:
    """Run `langsmith-pulumi simulate` with these options."""
    command = [*CLI, "simulate", "--revision-seconds", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            lines: list[str] = []
            while not lines or lines[-1].strip() or len(lines) < 3:
                lines.append(process.stdout.readline())
                assert lines[-1], "it ended"
            yield Shell([line.strip() for line in lines[2:]])
        finally:
            process.send_signal(signal.SIGINT)


def test_listeners_workspace_and_integrations_are_options() -> None:
    """The settings of a workspace are options, and the ids to use are printed."""
    with simulating(
        *("--behaviour", "cloud", "--workspace", WORKSPACE),
        *("--listener", f"{LISTENER}:agents,tools", "--listener", "gpu"),
        *("--integration", "acme=agents,https://github.com/acme/tools"),
    ) as shell:
        listeners = shell.send("GET", "/v2/listeners").json()["resources"]
        integrations = shell.send("GET", "/v1/integrations/github/install").json()
        repositories = shell.send(
            "GET", f"/v1/integrations/github/{integrations[0]['id']}/repos"
        ).json()
        foreign = shell.env["LANGSMITH_WORKSPACE_ID"] = WORKSPACE.replace("4", "6")
        refused = shell.send("GET", "/v2/listeners")

    assert refused.status_code == 403, foreign
    assert [one["compute_config"]["k8s_namespaces"] for one in listeners] == [
        ["agents", "tools"],
        ["default"],
    ]
    assert [one["url"] for one in repositories] == [
        "https://github.com/acme/agents",
        "https://github.com/acme/tools",
    ]
    assert shell.comments == [
        f"# listener_id of '{LISTENER}': {LISTENER}",
        f"# listener_id of 'gpu': {listeners[1]['id']}",
        f"# integration_id of 'acme': {integrations[0]['id']}",
    ]


def test_fail_next_is_an_option_and_a_command() -> None:
    """Revisions fail as the option and then the command say, and then no more."""
    with simulating("--fail-next", "agent=BUILD_FAILED") as shell:
        agent = shell.create()
        done = shell.run(
            *("fail-next", "agent", "DEPLOY_FAILED"), *("--message", "out of memory", "--log", "x")
        )
        for _ in range(2):
            shell.send("POST", f"/v2/deployments/{agent['id']}/revisions", {})

        assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
        assert shell.statuses(agent) == ["DEPLOYED", "DEPLOY_FAILED", "BUILD_FAILED"]


def test_a_running_simulator_is_steered() -> None:
    """Drift, sizes, pushes, previews and the health of agents can be made from a shell."""
    with simulating("--serve-agents") as shell:
        agent = shell.create(source_config={"build_on_push": True, "deployment_type": "prod"})
        path = f"/v2/deployments/{agent['id']}"
        shell.run("drift", "agent", "display_name=By hand", "source_config.build_command=make")
        shell.run("resize", "agent", "--compute", "DEDICATED_M")
        pushed = shell.run("push", "agent", "a" * 40).stdout.strip()
        preview = shell.run("preview", "agent", "7").stdout.strip()
        shell.run("health", "agent", "503", "200")
        health = [httpx.get(f"{agent['url']}/ok", verify=False).status_code for _ in range(3)]
        after = shell.send("GET", path).json()

        assert (after["display_name"], after["source_config"]["build_command"]) == (
            "By hand",
            "make",
        )
        assert len(shell.statuses(agent)) == 4
        assert (after["latest_revision_id"], preview) == (pushed, "agent-pr-7")
        assert health == [503, 200, 200]


def test_requests_are_printed() -> None:
    """Requests are printed one a line, and can be forgotten."""
    with simulating() as shell:
        shell.send("GET", "/v2/deployments?name=agent")
        first = shell.run("requests", "--clear").stdout
        second = shell.run("requests").stdout

    assert (first, second) == ("GET /v2/deployments?name=agent 200\n", "")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["drift", "nobody", "display_name=A"], "Deployment ID nobody not found."),
        (["drift", "agent", "display_name"], "display_name: expected FIELD=VALUE."),
        (["drift", "agent", "nmae=x"], "patch.nmae: Extra inputs are not permitted"),
        (["resize", "agent", "--compute", "HUGE"], "compute_tier: Input should be"),
        (["--api-key", "wrong", "requests"], "Invalid API key."),
        (["--url", "{url}/elsewhere", "requests"], "is not a simulator: it answered 404."),
        (["--url", "http://127.0.0.1:9", "requests"], "No simulator answers at http://127.0.0.1:9"),
    ],
)
def test_errors_of_steering(arguments: list[str], error: str) -> None:
    """A wrong argument, key or address is one sentence."""
    with simulating() as shell:
        url = shell.env["LANGSMITH_CONTROL_PLANE_URL"]
        result = shell.run(*[argument.replace("{url}", url) for argument in arguments])

    assert result.returncode == 1
    assert result.stderr.startswith("Error: ")
    assert error in result.stderr
    assert result.stderr.count("\n") == 1


def test_steering_needs_an_address() -> None:
    """Without the printed lines the command says what is missing."""
    command = [*CLI, "simulator", "requests"]
    env = {"PATH": os.environ["PATH"]}
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)

    assert result.returncode == 2
    assert "Set --url and --api-key" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--fail-next", "agent"], "--fail-next agent: expected NAME=STATUS."),
        (["--listener", ":default"], "--listener :default: expected ID_OR_NAME"),
        (["--integration", "=a"], "--integration =a: expected NAME"),
        (["--workspace", "acme"], "--workspace acme: a workspace id is a UUID."),
    ],
)
def test_options_that_cannot_be_parsed(arguments: list[str], error: str) -> None:
    """An option of the wrong form is one sentence, before anything is served."""
    result = subprocess.run(
        [*CLI, "simulate", *arguments], capture_output=True, text=True, check=False
    )

    assert result.returncode == 1
    assert error in result.stderr
    assert result.stderr.count("\n") == 1


def test_names_have_the_same_id_at_each_start() -> None:
    """A name gets a stable id, so that a program can have it; a UUID is its own."""
    assert parse_listener("gpu").id == parse_listener("gpu").id != parse_listener("cpu").id
    assert parse_listener(LISTENER) == Listener(LISTENER, ("default",), LISTENER)
    assert parse_integration("acme") == Integration("acme", [], parse_integration("acme").id)
    assert parse_integration("acme=a,b/c").repositories == [
        "https://github.com/acme/a",
        "https://github.com/b/c",
    ]
