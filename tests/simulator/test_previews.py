"""Preview builds: deployments that the service makes for pull requests."""

from collections.abc import Callable
from typing import Any

import httpx

from langsmith_pulumi.testing import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]


def test_previews_are_listed_among_the_deployments(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """A preview is a deployment with `is_preview`, and has the secrets of its parent."""
    new_deployment(secrets=[{"name": "A", "value": "1"}])
    made = simulator.add_preview("agent", 7)
    over_http = http.post("/_simulator/previews", json={"deployment": "agent", "number": 8})

    found = http.get("/v2/deployments").json()["resources"]

    assert [(d["name"], d["is_preview"]) for d in found] == [
        ("agent", False),
        ("agent-pr-7", True),
        ("agent-pr-8", True),
    ]
    assert (made["id"], over_http.json()["id"]) == (found[1]["id"], found[2]["id"])
    assert found[1]["secrets"] == [{"name": "A", "value": "1"}]
    assert found[1]["source_revision_config"]["repo_ref"] == "pr-7"


def test_previews_go_with_their_parent(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """Deleting a parent deletes its previews; deleting a preview leaves the parent."""
    parent, other = new_deployment(), new_deployment("other")
    kept = simulator.add_preview("other", 1)
    for number in (1, 2):
        preview = simulator.add_preview("agent", number)
    http.delete(f"/v2/deployments/{preview['id']}")
    assert list(simulator.deployments()) == ["agent", "other", "other-pr-1", "agent-pr-1"]

    http.delete(f"/v2/deployments/{parent['id']}")

    left = {deployment["id"] for deployment in simulator.deployments().values()}
    assert left == {other["id"], kept["id"]}
