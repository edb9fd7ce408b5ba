"""Tests of preview environments and merges on the Pulumi CLI, against the simulator."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.simulator import Integration
from tests.workflows.repository import KEYS, NEEDED, Repository
from tests.workflows.test_github import completed, event

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.forges import ForgeServer

pytestmark = [
    *NEEDED,
    pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH"),
]

INTEGRATION = "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11"


def simulated_repository(forge: ForgeServer, folder: Path, simulator: Simulator) -> Repository:
    """Return a repository whose stack ``dev`` has its configuration in the commit.

    The workspace has the integration that the program names by default.
    """
    covered = ("https://github.com/acme/agents",)
    simulator.integrations = [Integration(name="acme", id=INTEGRATION, repositories=covered)]
    (folder / "state").mkdir()
    repository = Repository.create(forge, folder)
    repository.fake_pulumi = False
    repository.extra = {
        **simulator.env,
        "LANGSMITH_PULUMI_POLL_SECONDS": "0.1",
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase",
        "PULUMI_SKIP_UPDATE_CHECK": "1",
    }
    origin = folder / "origin"
    environ = {**os.environ, **repository.extra, "HOME": str(folder)}
    for command in (
        ["stack", "init", "dev"],
        ["config", "set", "--secret", "openaiApiKey", "sk-canary", "--stack", "dev"],
    ):
        subprocess.run(["pulumi", *command], cwd=origin, env=environ, check=True)
    repository.write("README.md", "commits the stack's configuration\n")
    return repository


def test_a_preview_environment_lives_and_dies(forge: ForgeServer, tmp_path: Path) -> None:
    """New code makes a revision, other files none; closing deletes the deployment and traces."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = simulated_repository(forge, tmp_path, simulator)

        def writes(job: str, action: str) -> list[str]:
            simulator.clear_requests()
            result = completed(repository.github("preview-environment", job, event(action)))
            assert result.failed == [], result.log
            return [request.method for request in simulator.requests if request.method != "GET"]

        assert writes("up", "opened") == ["POST"]
        assert "served at https://support-agent-pr-7" in forge.own_bodies[0]
        repository.write("README.md", "a typo\n")
        assert writes("up", "synchronize") == []
        repository.write("agent/graph.py", "graph = 1\n")
        assert writes("up", "synchronize") == ["PATCH"]
        forge.states[7] = "closed"
        assert writes("down", "closed") == ["DELETE"]
        assert "gone" in forge.own_bodies[0]
        assert writes("up", "reopened") == ["POST"]


def test_what_the_preview_told_is_what_the_merge_does(forge: ForgeServer, tmp_path: Path) -> None:
    """The plan of a merge is the one that was reviewed, and it passes the gate."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = simulated_repository(forge, tmp_path, simulator)
        repository.inputs = {"stacks": "dev"}
        preview = completed(repository.github("preview", "preview", event("opened")))
        merge = completed(repository.github("deploy", "up", {}, name="push", stack="dev"))
        after = completed(repository.github("preview", "preview", event("synchronize")))

    assert preview.failed == merge.failed == after.failed == []
    assert "1 deployment created" in merge.summary
    assert "Nothing changes" in after.summary
    assert "Nothing changes" in forge.own_bodies[0]


def test_a_stack_that_is_not_there_is_told_in_the_comment(
    forge: ForgeServer, tmp_path: Path
) -> None:
    """For a missing stack Pulumi writes no plan; the comment reports a failed preview."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = simulated_repository(forge, tmp_path, simulator)
        repository.inputs = {"stacks": "nowhere"}
        preview = completed(repository.github("preview", "preview", event("opened")))

    assert preview.failed == ["Gate"]
    assert forge.own_bodies[0].startswith("<!-- langsmith-pulumi review agents/nowhere -->")
    assert "The preview failed" in forge.own_bodies[0]


def test_a_merge_puts_back_what_the_gate_saw_drifted(forge: ForgeServer, tmp_path: Path) -> None:
    """Gate and `up` see drift although neither of them refreshes."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = simulated_repository(forge, tmp_path, simulator)
        completed(repository.github("deploy", "up", {}, name="push", stack="dev"))
        name = "support-agent-dev"
        simulator.drift(name, source_revision_config={"repo_ref": "by-hand"})
        merge = completed(repository.github("deploy", "up", {}, name="push", stack="dev"))
        after = simulator.deployment(name)["source_revision_config"]["repo_ref"]

    assert merge.failed == [], merge.log
    assert "by-hand" in merge.summary
    assert after == "main"
