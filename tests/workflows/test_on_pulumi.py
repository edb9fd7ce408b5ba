"""The life of a preview environment and a merge on the Pulumi CLI, against the simulator."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from langsmith_pulumi.testing import Simulator
from tests.workflows.repository import KEYS, NEEDED, Repository
from tests.workflows.test_github import done, event

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.forges import ForgeServer

pytestmark = [
    *NEEDED,
    pytest.mark.skipif(not shutil.which("pulumi"), reason="pulumi is not on PATH"),
]


def _repository(forge: ForgeServer, folder: Path, simulator: Simulator) -> Repository:
    """A repository whose stack ``dev`` has its configuration in the commit."""
    (folder / "state").mkdir()
    repository = Repository.create(forge, folder)
    repository.stand_in = False
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
    """New code makes a revision, other files none; closing frees the name, traces included."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = _repository(forge, tmp_path, simulator)

        def writes(job: str, action: str) -> list[str]:
            simulator.clear_requests()
            result = done(repository.github("preview-environment", job, event(action)))
            assert result.failed == [], result.log
            return [request.method for request in simulator.requests if request.method != "GET"]

        assert writes("up", "opened") == ["POST"]
        assert "served at https://support-agent-pr-7" in forge.mine[0]
        repository.write("README.md", "a typo\n")
        assert writes("up", "synchronize") == []
        repository.write("agent/graph.py", "graph = 1\n")
        assert writes("up", "synchronize") == ["PATCH"]
        forge.states[7] = "closed"
        assert writes("down", "closed") == ["DELETE"]
        assert "gone" in forge.mine[0]
        assert writes("up", "reopened") == ["POST"]


def test_what_the_preview_told_is_what_the_merge_does(forge: ForgeServer, tmp_path: Path) -> None:
    """The plan of a merge is the one that was reviewed, and it goes up past the gate."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = _repository(forge, tmp_path, simulator)
        repository.extra["STACKS"] = "dev"
        preview = done(repository.github("preview", "preview", event("opened")))
        merge = done(repository.github("deploy", "up", {}, name="push", stack="dev"))
        after = done(repository.github("preview", "preview", event("synchronize")))

    assert preview.failed == merge.failed == after.failed == []
    assert "1 deployment created" in merge.summary
    assert "Nothing changes" in after.summary
    assert "Nothing changes" in forge.mine[0]


def test_a_stack_that_is_not_there_is_told_in_the_comment(
    forge: ForgeServer, tmp_path: Path
) -> None:
    """Pulumi writes no plan at all then; the comment says so in the place of that stack."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = _repository(forge, tmp_path, simulator)
        repository.extra["STACKS"] = "nowhere"
        preview = done(repository.github("preview", "preview", event("opened")))

    assert preview.failed == ["Gate"]
    assert forge.mine[0].startswith("<!-- langsmith-pulumi review agents/nowhere -->")
    assert "The preview failed" in forge.mine[0]


def test_a_merge_puts_back_what_the_gate_saw_drifted(forge: ForgeServer, tmp_path: Path) -> None:
    """Without a refresh of their own, gate and `up` still act on what is really there."""
    with Simulator(api_key=KEYS["LANGSMITH_API_KEY"]) as simulator:
        repository = _repository(forge, tmp_path, simulator)
        done(repository.github("deploy", "up", {}, name="push", stack="dev"))
        name = "support-agent-dev"
        simulator.drift(name, source_revision_config={"repo_ref": "by-hand"})
        merge = done(repository.github("deploy", "up", {}, name="push", stack="dev"))
        after = simulator.deployment(name)["source_revision_config"]["repo_ref"]

    assert merge.failed == []
    assert "by-hand" in merge.summary
    assert after == "main"
