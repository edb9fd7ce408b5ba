"""Create, change, break, retry and delete the example's deployment, in a minute.

Run by ``make demo``. It needs no account: the control plane is the simulator, on loopback. The
engine is the Pulumi CLI if it is on PATH, else the offline engine of this package.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import click

from langsmith_pulumi.testing import Simulator

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".demo"
STACK = "dev"
NAME = f"react-agent-{STACK}"
COMMAND = [sys.executable, "-m", "langsmith_pulumi.cli"]
SECRETS = {"anthropicApiKey": "sk-ant-not-a-real-key", "tavilyApiKey": "tvly-not-a-real-key"}


@dataclass
class Demo:
    """A copy of the example, the engine that runs it, and its configuration."""

    simulator: Simulator
    config: dict[str, str] = field(default_factory=dict[str, str])
    pulumi: str | None = shutil.which("pulumi")

    def prepare(self) -> None:
        shutil.rmtree(HOME, ignore_errors=True)
        shutil.copytree(ROOT / "examples/react-agent", HOME / "examples/react-agent")
        project = (ROOT / "Pulumi.yaml").read_text()
        python = Path(sys.prefix)
        (HOME / "Pulumi.yaml").write_text(
            project.replace("virtualenv: .venv", f"virtualenv: {python}")
        )
        if self.pulumi:
            (HOME / "state").mkdir()
            self._quietly("stack", "init", STACK)
            for key, value in SECRETS.items():
                self._quietly("config", "set", "--secret", key, value, "--stack", STACK)

    def run(self, operation: str, *, fails: bool = False) -> None:
        """Run one operation and show it; exit if it does not succeed or fail as expected."""
        command = self._pulumi(operation) if self.pulumi else self._offline(operation)
        shown = " ".join(["pulumi" if self.pulumi else "langsmith-pulumi offline", operation])
        click.secho(f"$ {shown}", fg="cyan", bold=True)
        done = subprocess.run(command, cwd=HOME, env=self._environ(), check=False)
        click.echo()
        if (done.returncode != 0) is not fails:
            sys.exit(f"`{shown}` ended with exit code {done.returncode}; the demo stops here.")

    def review(self) -> None:
        """Show the plan as a report for a pull request."""
        click.secho("$ ... preview --json | langsmith-pulumi review -", fg="cyan", bold=True)
        command = [
            *(self._pulumi("preview") if self.pulumi else self._offline("preview")),
            "--json",
        ]
        plan = subprocess.run(
            command, cwd=HOME, env=self._environ(), check=True, stdout=subprocess.PIPE
        )
        subprocess.run([*COMMAND, "review", "-", "--format", "text"], input=plan.stdout, check=True)
        click.echo()

    def _pulumi(self, operation: str) -> list[str]:
        for key, value in self.config.items():
            self._quietly("config", "set", key, value, "--stack", STACK)
        confirmed = [] if operation == "preview" else ["--yes", "--skip-preview"]
        return ["pulumi", operation, "--stack", STACK, "--non-interactive", *confirmed]

    def _offline(self, operation: str) -> list[str]:
        pairs = {**SECRETS, **self.config}
        config = [part for key, value in pairs.items() for part in ("--config", f"{key}={value}")]
        return [*COMMAND, "offline", operation, "--stack", STACK, *config]

    def _quietly(self, *arguments: str) -> None:
        command = ["pulumi", *arguments, "--non-interactive"]
        subprocess.run(command, cwd=HOME, env=self._environ(), check=True, capture_output=True)

    def _environ(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.simulator.env,
            "LANGSMITH_PULUMI_POLL_SECONDS": "0.5",
            "PULUMI_BACKEND_URL": f"file://{HOME / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "demo",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
        }


def chapter(title: str, text: str) -> None:
    click.secho(f"━━ {title} ", bold=True, nl=False)
    click.secho("━" * max(0, 76 - len(title)), bold=True)
    click.echo(f"{text}\n")


def play(demo: Demo) -> None:
    chapter("1. A new deployment", "The program is examples/react-agent/__main__.py.")
    demo.run("preview")
    demo.run("up")

    chapter("2. A change in place", "Another display name: one setting changes, nothing is built.")
    demo.config["displayName"] = "ReAct agent (support team)"
    demo.run("preview")
    demo.run("up")

    chapter("3. A new revision", "Another branch: the Rollout in the plan means a new build.")
    demo.config["repoRef"] = "release"
    demo.run("preview")
    demo.review()
    demo.run("up")

    chapter("4. A build fails", "The error gives the reason. Nothing is lost:")
    demo.simulator.outcome(
        NAME,
        "BUILD_FAILED",
        status_message="the image could not be built",
        build_log=[
            "#9 RUN pip install .",
            "ERROR: No matching distribution found for langgrap==1.0",
        ],
    )
    demo.config["repoRef"] = "experiment"
    demo.run("up", fails=True)

    chapter("5. The retry", "The plan shows only the failed rollout; the next up redeploys.")
    demo.run("preview")
    demo.run("up")

    chapter("6. The deletion", "The deployment is deleted; destroy waits until it is gone.")
    demo.run("destroy")


def main() -> None:
    with Simulator(revision_seconds=4.0) as simulator:
        demo = Demo(simulator)
        engine = "the Pulumi CLI" if demo.pulumi else "the offline engine (no pulumi on PATH)"
        click.secho("LangSmith deployments with Pulumi: the demo", bold=True)
        click.echo(f"Engine: {engine}. Control plane: the simulator at {simulator.url}.\n")
        demo.prepare()
        play(demo)
        sent = [request for request in simulator.requests if request.method != "GET"]
    click.secho("Done.", bold=True, nl=False)
    click.echo(f" {len(sent)} requests changed something:")
    for request in sent:
        click.echo(f"  {request.method:6} {request.path}  {request.status}")


if __name__ == "__main__":
    main()
