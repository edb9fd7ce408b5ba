"""A repository with the example's program, for running its pipelines."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows.forges import HEAD, TOKEN, github_environ, gitlab_environ
from tests.workflows.runner import EXAMPLES, GitHubRun, run_gitlab

if TYPE_CHECKING:
    from tests.workflows.forges import ForgeServer
    from tests.workflows.runner import JobResult

HERE = Path(__file__).parent
PLANS = HERE.parent / "review/plans"
KEYS = {"PULUMI_ACCESS_TOKEN": "pul-canary", "LANGSMITH_API_KEY": "lsv2-canary"}

NEEDED = [
    pytest.mark.skipif(
        not shutil.which("jq"), reason="the workflows need jq, which is not on PATH"
    ),
]

ENCRYPTED = "config:\n  agents:openaiApiKey:\n    secure: AAABAHxhpb2I3yjbz6cHEOJLnBvj\n"
"""A stack's configuration with an encrypted secret."""


@dataclass
class Repository:
    """A repository that is checked out for each run; Pulumi is a fake that records its calls."""

    forge: ForgeServer
    folder: Path
    fake_pulumi: bool = True
    extra: dict[str, str] = field(default_factory=dict)
    """Variables that override the workflow's own."""
    inputs: dict[str, str] = field(default_factory=dict)
    """Inputs that override those a workflow gives our action."""
    runs: int = 0

    @classmethod
    def create(cls, forge: ForgeServer, folder: Path) -> Repository:
        """Create a repository with one commit, and two stacks with a plan each."""
        shutil.copytree(EXAMPLES / "project", folder / "origin")
        (folder / "fake/plans").mkdir(parents=True)
        repository = cls(forge, folder)
        repository.write("agent/graph.py", "graph = None\n")
        repository.configure_fake("fails", "^$")
        repository.configure_fake("fails-late", "^$")
        repository.configure_fake("stacks", "")
        repository.set_plan("dev", "03_new_revision")
        repository.set_plan("prod", "02_in_place")
        return repository

    def write(self, name: str, text: str) -> None:
        """Commit a file."""
        path = self.folder / "origin" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)
        author = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        for command in (["init", "-q"], ["add", "."], [*author, "commit", "-q", "-m", "change"]):
            subprocess.run(["git", *command], cwd=path.parents[name.count("/")], check=True)

    def set_plan(self, stack: str, recorded: str, project: str = "") -> None:
        """Set the recorded plan that a preview of a stack prints.

        A project is that of the folder ``agents/PROJECT``; without one it is that of the root.
        """
        text = (PLANS / f"{recorded}.json").read_text()
        urns = f"urn:pulumi:{stack.rpartition('/')[2]}::{project or 'agents'}::"
        folder = f"plans/agents/{project}" if project else "plans"
        self.configure_fake(
            f"{folder}/{stack}.json", text.replace("urn:pulumi:prod::support::", urns)
        )

    def set_plan_of_many(self, stack: str, number: int) -> str:
        """Set a plan that creates this many resources, and return the name of the last one."""
        urn = f"urn:pulumi:{stack}::agents::pkg:index:Thing::a-thing-with-a-long-name-{{:08}}"
        steps = [{"op": "create", "urn": urn.format(n), "newState": {}} for n in range(number)]
        plan = {"steps": steps, "changeSummary": {"create": number}}
        self.configure_fake(f"plans/{stack}.json", json.dumps(plan))
        return urn.rpartition("::")[2].format(number - 1)

    def configure_fake(self, name: str, text: str) -> None:
        """Write a file that configures the fake Pulumi."""
        path = self.folder / "fake" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text)

    @property
    def calls(self) -> list[str]:
        """Return the calls of Pulumi that change something."""
        path = self.folder / "fake/calls"
        lines = path.read_text().splitlines() if path.exists() else []
        kept = ("up ", "refresh ", "destroy ", "cancel ", "stack select", "config cp")
        return [line for line in lines if line.startswith(kept)]

    @property
    def folders(self) -> set[str]:
        """Return the folders that Pulumi was called in."""
        return set((self.folder / "fake/folders").read_text().splitlines())

    def github(
        self,
        workflow: str,
        job: str,
        event: dict[str, Any],
        *,
        name: str = "pull_request",
        **matrix: str,
    ) -> JobResult | None:
        """Run a job of a workflow for an event."""
        github = {
            "event": event,
            "event_name": name,
            "repository": "acme/agents",
            "token": TOKEN,
            "base_ref": "main",
        }
        if name == "pull_request":
            github["head_ref"] = event["pull_request"]["head"]["ref"]
        context = {"github": github, "secrets": KEYS, "matrix": {"project": ".", **matrix}}
        environ = {**github_environ(self.forge, self.folder, event.get("number", 7)), **self._tools}
        # A token is given to steps one by one.
        environ.pop("GITHUB_TOKEN")
        path = EXAMPLES / f"github/{workflow}.yml"
        run = GitHubRun(path, context, environ, self._checkout(), self.extra, self.inputs)
        return run.job(job)

    def gitlab(self, job: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a job of the pipeline without checking its rules."""
        environ = {**gitlab_environ(self.forge), **KEYS, **self._tools, **variables}
        return run_gitlab(job, environ, self._checkout())

    @property
    def _tools(self) -> dict[str, str]:
        path = f"{HERE}/tools:{os.environ['PATH']}"
        return {
            "FAKE_PULUMI": str(self.folder / "fake"),
            "GITHUB_SHA": HEAD,
            "HOME": str(self.folder),
            "LANGGRAPH_HOST_URL": f"{self.forge.url}/control-plane",
            "PATH": f"{HERE}/tools/fake:{path}" if self.fake_pulumi else path,
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "TEST_PREFIX": sys.prefix,
            "TEST_PYTHON": sys.executable,
        }

    def _checkout(self) -> Path:
        self.runs += 1
        checkout = self.folder / f"run-{self.runs}"
        shutil.copytree(self.folder / "origin", checkout)
        return checkout
