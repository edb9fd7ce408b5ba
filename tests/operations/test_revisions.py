"""`revisions` lists what was built, and what of it serves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.scenario import CANARY

from .conftest import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.testing.simulator import Simulator
    from tests.support.commands import CommandResult

    from .conftest import Deployments


def test_the_newest_is_first_and_the_active_one_is_marked(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """A deployed revision stays DEPLOYED when it is replaced; a failed one says why."""
    identifier = deployments.create("agent", source_revision_config__repo_ref="v1")
    first = deployments.get(identifier)["latest_revision_id"]
    second = deployments.revise(identifier, "v2")
    deployments.get(identifier)
    simulator.outcome("agent", "BUILD_FAILED", status_message=f"{HOSTILE} {CANARY}")
    third = deployments.revise(identifier, "v3")
    result = cli("revisions", "agent")
    assert result.exit_code == 0
    header, *rows = result.stdout.splitlines()
    assert header.split()[:2] == ["REVISION", "STATUS"]
    assert [row.split("  ")[0] for row in rows] == [third, second, first]
    assert [row.split("  ")[1].strip() for row in rows] == [
        "BUILD_FAILED",
        "DEPLOYED, active",
        "DEPLOYED, replaced",
    ]
    assert "[secret]" in rows[0]
    document = json.loads(cli("revisions", identifier, "--json", "--limit", "2").stdout)
    assert [(one["id"], one["is_active"], one["source"]) for one in document] == [
        (third, False, "v3"),
        (second, True, "v2"),
    ]


def test_an_unknown_name_lists_similar_ones(
    deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """Only an exact name or an id is taken."""
    deployments.create("support-agent")
    deployments.create("sales-agent", source_config__repo_url="https://github.com/acme/sales")
    result = cli("revisions", "suport-agent")
    assert result.exit_code == 1
    assert "no deployment of the name or id 'suport-agent'" in result.output
    assert "Similar names: support-agent, sales-agent." in result.output
    unknown = cli("revisions", "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11")
    assert "no deployment of the name or id '6f6c7b7e" in unknown.output


def test_a_preview_build_is_named_as_one(
    simulator: Simulator, deployments: Deployments, cli: Callable[..., CommandResult]
) -> None:
    """It exists, so it is not called missing; its id is taken."""
    deployments.create("agent")
    preview = simulator.add_preview("agent", 7)
    result = cli("revisions", "agent-pr-7")
    assert (result.exit_code, f"its id: {preview['id']}." in result.stderr) == (1, True)
    assert cli("revisions", str(preview["id"])).exit_code == 0
