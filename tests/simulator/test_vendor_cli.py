"""The vendor's published CLI (`langgraph-cli`) against the simulator: all of its `deploy` commands.

The client is the installed one, unchanged, in a process of its own. Two things around it are ours:

- Its pauses between polls are cut to a few milliseconds by a `sitecustomize` module.
- Builds from this machine need Docker (`deploy` without `--remote`, `--image`, `--push-to`). A
  script stands in for the command `docker`: it builds and pushes nothing, and answers what the CLI
  asks about an image. So the requests before and after the push are tested, and the push is not.

Analytics are switched off, and nothing but the simulator is reached.
"""

import io
import json
import re
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.simulator import Listener
from tests.simulator.conftest import Clock

Json = dict[str, Any]
Make = Callable[..., Json]

COMMANDS = {"delete", "list", "listeners", "listeners list", "logs", "revisions", "revisions list"}
DIGEST = "a" * 64
IMAGE = f"registry.example.com/team/agent@sha256:{DIGEST}"
CANARY = "canary-of-a-secret"
LISTENER = Listener("cluster", ("agents", "tools"))

FOLDER = {
    "langgraph.json": json.dumps(
        {"dependencies": ["."], "graphs": {"agent": "./support/agent.py:graph"}, "env": ".env"}
    ),
    "support/agent.py": "graph = None\n",
    "requirements.txt": "langgraph\n",
    "notes.tmp": "not for the build\n",
    ".gitignore": "*.tmp\n.env\n",
    ".env": f"MODEL=large\nTOKEN={CANARY}\nLANGSMITH_PROJECT=reserved\n",
}
SHORT_SLEEPS = """
import time; sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.005))
"""
DOCKER = f"""#!/bin/sh
echo "$*" >> "$DOCKER_CALLS"
for last; do :; done
case "$*" in
  *RepoDigests*) echo "[\\"${{last%:*}}@sha256:{DIGEST}\\"]" ;;
  *Architecture*) echo linux/amd64 ;;
  *--password-stdin*) read -r token; echo "token $token" >> "$DOCKER_CALLS" ;;
esac
"""


class Cli:
    """The command `langgraph deploy` in a folder with an agent."""

    def __init__(self, simulator: Simulator, home: Path) -> None:
        self.simulator = simulator
        self.folder = home / "support-agent"
        self.docker_calls = home / "docker.log"
        for name, text in FOLDER.items():
            file = self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        (home / "python").mkdir()
        (home / "python" / "sitecustomize.py").write_text(SHORT_SLEEPS)
        (home / "bin").mkdir()
        docker = home / "bin" / "docker"
        docker.write_text(DOCKER)
        docker.chmod(0o755)
        self.env = {
            "DOCKER_CALLS": str(self.docker_calls),
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "LANGGRAPH_CLI_NO_ANALYTICS": "1",
            "LANGGRAPH_HOST_API_KEY": simulator.api_key,
            "LANGGRAPH_HOST_URL": simulator.url,
            "PATH": str(home / "bin"),
            "PYTHONPATH": str(home / "python"),
        }

    def start(self, *arguments: str, **env: str) -> "subprocess.Popen[str]":
        """Start a command, with its output in one pipe."""
        return subprocess.Popen(
            [sys.executable, "-m", "langgraph_cli", "deploy", *arguments],
            cwd=self.folder,
            env={**self.env, **env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, answer: str = "", status: int = 0, **env: str) -> str:
        """Run a command to its end, and return its output."""
        with self.start(*arguments, **env) as process:
            output, _ = process.communicate(answer, timeout=60)
        assert process.returncode == status, output
        return output

    def deploy(self, *arguments: str, status: int = 0, **env: str) -> list[Json]:
        """Run `langgraph deploy --json`, and return its events."""
        output = self.run("--json", "--no-input", *arguments, status=status, **env)
        return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


@pytest.fixture
def cli(simulator: Simulator, tmp_path: Path) -> Cli:
    return Cli(simulator, tmp_path)


def sent(simulator: Simulator) -> list[str]:
    """Return the requests that write, without ids, oldest first."""
    ids = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
    return [
        f"{r.method} {ids.sub('ID', r.path)} {r.status}"
        for r in simulator.requests
        if r.method != "GET"
    ]


def test_no_command_is_forgotten(cli: Cli) -> None:
    """The commands below `deploy` are the ones that this module tests."""
    listed = cli.run("--help").partition("Commands:")[2]

    assert set(re.findall(r"^  ((?:\w+ )*\w+)  +\S", listed, re.MULTILINE)) == COMMANDS


def test_a_remote_build(cli: Cli, simulator: Simulator) -> None:
    """A folder becomes a served revision, and once more when it is deployed again."""
    first = cli.deploy("--remote")
    [upload] = simulator.uploads("support-agent")
    second = cli.deploy("--remote", "--install-command", "make setup")

    shown = simulator.deployment("support-agent")
    result = first[-1]
    assert (result["status"], result["deployment_id"]) == ("succeeded", shown["id"])
    assert result["url"] == shown["source_config"]["custom_url"]
    assert shown["tenant_id"] in result["status_url"]
    assert {one["name"]: one["value"] for one in shown["secrets"]} == {
        "MODEL": "large",
        "TOKEN": CANARY,
    }
    assert shown["source_config"]["deployment_type"] == "dev_zero"
    assert shown["source_config"]["install_command"] == "make setup"
    assert upload["files"] == [
        ".gitignore",
        "langgraph.json",
        "requirements.txt",
        "support/agent.py",
    ]
    content = simulator.archive(upload["object_path"])
    assert content is not None
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        source = archive.extractfile("support/agent.py")
        assert source is not None
        assert source.read() == b"graph = None\n"
    assert any("Found existing" in event["message"] for event in second if "message" in event)
    newest, oldest = simulator.revisions("support-agent")
    assert [newest["status"], oldest["status"]] == ["DEPLOYED", "DEPLOYED"]
    assert oldest["source_revision_config"]["source_tarball_path"] == upload["object_path"]
    build = ["POST /v2/deployments/ID/upload-url 200", "PATCH /v2/deployments/ID 200"]
    assert sent(simulator) == ["POST /v2/deployments 201", *build, *build]
    assert [(r.method, r.status, r.sent_key) for r in simulator.external_requests] == [
        ("PUT", 200, False)
    ] * 2


def test_a_build_that_is_watched(cli: Cli, simulator: Simulator) -> None:
    """Every status is seen, and every line of the build log once, as it appears."""
    simulator.reads, simulator.log_end_offset = 4, True
    lines = [f"step {number}" for number in range(8)]
    simulator.outcome("watched", "DEPLOYED", build_log=lines)

    events = cli.deploy("--remote", "--verbose", "--name", "watched")

    statuses = [event["status"] for event in events if event["event"] == "status_change"]
    assert statuses == [
        "CREATING",
        "QUEUED",
        "AWAITING_BUILD",
        "BUILDING",
        "AWAITING_DEPLOY",
        "DEPLOYING",
    ]
    seen = [event["message"] for event in events if event["event"] == "log"]
    assert seen == lines[: len(seen)]
    assert len(seen) > 5
    assert events[-1]["status"] == "succeeded"


def test_builds_that_fail(cli: Cli, simulator: Simulator) -> None:
    """The reason of a failed build is shown, and an upload that is refused ends the command."""
    simulator.outcome("agent", "BUILD_FAILED", build_log=["Step 1", "error: no such package"])
    failed = cli.deploy("--remote", "--name", "agent", status=1)
    simulator.fail("PUT", "/_uploads/*", "status", status=503)
    refused = cli.run("--remote", "--no-input", "--name", "agent", status=1)
    simulator.outcome("agent", "BUILD_FAILED")
    unwatched = cli.run("--remote", "--no-input", "--no-wait", "--name", "agent")

    assert [e["message"] for e in failed if e["event"] == "log"][-1] == "error: no such package"
    assert failed[-1]["status"] == "failed"
    assert "Upload failed with status 503" in refused
    assert "Build triggered" in unwatched
    assert len(simulator.revisions("agent")) == 2


def test_images_of_a_registry(cli: Cli, simulator: Simulator) -> None:
    """An image is deployed by its digest, changed, and placed by a listener."""
    create = cli.deploy("--image-uri", IMAGE, "--name", "image")
    changed = IMAGE.replace("a" * 64, "b" * 64)
    cli.deploy("--image-uri", changed, "--name", "image")
    simulator.listeners = [LISTENER]
    listed = json.loads(cli.run("listeners", "list", "--json"))
    table = cli.run("listeners", "list")
    placement = ("--listener-id", LISTENER.id, "--k8s-namespace", "tools")
    pull = ("--image-pull-secret", "pull")
    cli.deploy("--image-uri", IMAGE, "--name", "placed", *placement, *pull)
    missing = cli.run("--no-input", "--image-uri", IMAGE, "--name", "third", status=2)

    assert create[-1]["status"] == "succeeded"
    configs = [r["source_revision_config"] for r in simulator.revisions("image")]
    assert [config["image_uri"] for config in configs] == [changed, IMAGE]
    assert [(one["id"], one["compute_config"]["k8s_namespaces"]) for one in listed] == [
        (LISTENER.id, ["agents", "tools"])
    ]
    assert f"{LISTENER.id}  cluster     agents, tools" in table
    config = simulator.deployment("placed")["source_config"]
    assert config["listener_id"] == LISTENER.id
    assert config["listener_config"] == {"k8s_namespace": "tools"}
    assert config["resource_spec"]["image_pull_secrets"] == [{"name": "pull"}]
    assert "deploys through a listener" in missing


@pytest.mark.parametrize(
    ("arguments", "source", "repository"),
    [
        (("--no-remote", "--no-pull"), "internal_docker", "registry.langgraph.app/{tenant}/agent"),
        (("--image", "local:v1"), "internal_docker", "registry.langgraph.app/{tenant}/agent"),
        (("--image", "local:v1", "--push-to", "example.com/a"), "external_docker", "example.com/a"),
        (("--push-to", "example.com/a:v2"), "external_docker", "example.com/a"),
    ],
)
def test_images_of_this_machine(
    cli: Cli, simulator: Simulator, arguments: tuple[str, ...], source: str, repository: str
) -> None:
    """An image is pushed with a token of the control plane, or to a registry of the user."""
    events = cli.deploy(*arguments, "--name", "agent")

    shown = simulator.deployment("agent")
    repository = repository.format(tenant=shown["tenant_id"])
    pushes_to_vendor = source == "internal_docker"
    calls = cli.docker_calls.read_text()
    assert (events[-1]["status"], shown["source"]) == ("succeeded", source)
    assert shown["source_revision_config"]["image_uri"] == f"{repository}@sha256:{DIGEST}"
    assert shown["active_revision_id"] == shown["latest_revision_id"]
    assert f"push {repository}:" in calls
    assert ("token push-" in calls) == pushes_to_vendor
    assert sent(simulator) == [
        "POST /v2/deployments 201",
        *(
            ["POST /v2/deployments/ID/push-token 200", "PATCH /v2/deployments/ID 200"]
            if pushes_to_vendor
            else []
        ),
    ]


def test_agents(cli: Cli, simulator: Simulator) -> None:
    """An agent and its environment take the place of a name."""
    agent = ("--agent-id", "support", "--agent-environment", "staging")
    cli.deploy("--image-uri", IMAGE, *agent)
    cli.deploy("--image-uri", IMAGE, *agent)
    listed = cli.run("list", *agent)

    assert len(simulator.revisions("support-staging")) == 2
    assert "support-staging" in listed


def test_lists_and_deletion(cli: Cli, simulator: Simulator, new_deployment: Make) -> None:
    """Deployments and revisions are listed, and a deployment is deleted, if it is confirmed."""
    empty = cli.run("list")
    first, second = new_deployment("first"), new_deployment("second", "external_docker")
    simulator.drift("first", source_revision_config={"repo_ref": "other"})
    table = cli.run("list")
    some = json.loads(cli.run("list", "--json", "--name-contains", "sec"))
    revisions = cli.run("revisions", "list", first["id"])
    newest = cli.run("revisions", "list", "--limit", "1", first["id"])
    cli.run("delete", first["id"], answer="n\n", status=1)
    kept = set(simulator.deployments())
    cli.run("delete", first["id"], answer="y\n")
    cli.run("delete", "--force", second["id"])
    gone = cli.run("delete", "--force", second["id"], status=1)

    assert "No deployments found." in empty
    assert first["id"] in table
    assert some == [{"id": second["id"], "name": "second"}]
    assert [line.split()[1] for line in revisions.splitlines()[2:]] == ["DEPLOYED", "REPLACED"]
    assert len(newest.splitlines()) == 3
    assert (kept, simulator.deployments()) == ({"first", "second"}, {})
    assert f"Deployment ID {second['id']} not found." in gone


def test_logs(cli: Cli, simulator: Simulator, clock: Clock, new_deployment: Make) -> None:
    """Logs of builds and of the server are fetched, and filtered by text, level and time."""
    simulator.outcome("agent", "DEPLOYED", build_log=["Step 1", "warning: old", "Step 2"])
    deployment = new_deployment("agent")
    clock.now += 60
    simulator.log("agent", "late question", "Error: late answer")
    build = cli.run("logs", "--name", "agent", "--type", "build", "--limit", "2")
    server = cli.run("logs", "--deployment-id", deployment["id"])
    late = datetime.fromtimestamp(clock.now - 30, timezone.utc).isoformat()
    window = ("--start-time", late, "--end-time", "2100-01-01T00:00:00Z")
    revision = ("--revision-id", deployment["latest_revision_id"])
    errors = cli.run("logs", "--name", "agent", *revision, *window, "--level", "error")
    nothing = cli.run("logs", "--name", "agent", "--query", "absent")
    missing = cli.run("logs", "--name", "other", status=1)

    def lines(output: str) -> list[str]:
        return [line.partition("] ")[2] for line in output.splitlines() if line.startswith("[")]

    assert lines(build) == ["[WARNING] warning: old", "[INFO] Step 2"]
    assert lines(server) == [
        "[INFO] Starting agent",
        "[INFO] Application startup complete",
        "[INFO] late question",
        "[ERROR] Error: late answer",
    ]
    assert lines(errors) == ["[ERROR] Error: late answer"]
    assert "No log entries found." in nothing
    assert "Deployment 'other' not found." in missing


def test_following_a_log(cli: Cli, simulator: Simulator, new_deployment: Make) -> None:
    """A line that is written later is shown by a command that follows the log, once."""
    new_deployment("agent")
    with cli.start("logs", "--name", "agent", "--follow") as process:
        watchdog = threading.Timer(30, process.kill)
        watchdog.start()
        assert process.stdout is not None
        shown = [process.stdout.readline(), process.stdout.readline()]
        simulator.log("agent", "one more")
        shown.append(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        watchdog.cancel()

    assert [line.rpartition("] ")[2] for line in shown] == [
        "Starting agent\n",
        "Application startup complete\n",
        "one more\n",
    ]
    assert (rest, process.returncode) == ("\nStopped.\n", 0)


@pytest.mark.parametrize(
    ("settings", "env", "words"),
    [
        ({}, {"LANGGRAPH_HOST_API_KEY": "wrong"}, "Invalid API key."),
        ({"enabled": False}, {}, "is not enabled for this organization"),
        ({"requires_workspace": True}, {}, "requires a workspace ID"),
        ({"scales_to_zero": False}, {}, "Use --deployment-type dev instead."),
    ],
)
def test_refusals(cli: Cli, simulator: Simulator, settings: Json, env: Json, words: str) -> None:
    """What the service refuses is understood, for its words are those that the client knows."""
    for name, value in settings.items():
        setattr(simulator, name, value)

    output = cli.run("--remote", "--no-input", status=1, **env)

    assert words in output
    assert CANARY not in output


@pytest.mark.parametrize(
    "settings", [{"behaviour": "cloud"}, {"behaviour": "older"}, {"requires_workspace": True}]
)
def test_remote_builds_of_other_backends(tmp_path: Path, settings: Json) -> None:
    """The remote build works on the other behaviours that build, in the workspace that is named."""
    workspace = "11111111-1111-4111-8111-111111111111"
    with Simulator(**settings) as simulator:
        events = Cli(simulator, tmp_path).deploy("--remote", LANGSMITH_TENANT_ID=workspace)

        assert events[-1]["status"] == "succeeded"
        assert simulator.revisions("support-agent")[0]["status"] == "DEPLOYED"
        assert simulator.deployment("support-agent")["tenant_id"] == workspace
