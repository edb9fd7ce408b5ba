"""What look-ups return to a program, in previews and in updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.scenario import github, leaks

from .conftest import ACME, EU, US, WORKSPACE, create

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator

    from .conftest import Asking


def test_every_lookup(asking: Asking, simulator: Simulator) -> None:
    """Each look-up has a typed result, over one connection; none holds the value of a variable."""
    body = github(source_config__deployment_type="prod", source_config__build_on_push=True)
    agent = create(simulator, "agent", body=body)
    simulator.push("agent", "c0ffee")
    simulator.add_preview("agent", 7)
    create(simulator, "agent-2")
    revision = {"deployment_id": agent, "revision_id": simulator.revisions("agent")[0]["id"]}
    asking.write(
        {
            "by_name": ("get_deployment", {"name": "agent"}),
            "by_id": ("get_deployment", {"deployment_id": agent}),
            "all": ("list_deployments", {}),
            "previews": ("list_deployments", {"include_previews": True}),
            "named": ("list_deployments", {"name": "agent"}),
            "containing": ("list_deployments", {"name_contains": "t-2"}),
            "dedicated": ("list_deployments", {"deployment_type": "prod"}),
            "of_ids": ("list_deployments", {"deployment_ids": [agent]}),
            "of_no_ids": ("list_deployments", {"deployment_ids": []}),
            "revision": ("get_revision", revision),
            "newest": ("list_revisions", {"deployment_id": agent, "limit": 1}),
            "integration": ("get_github_integration", {"name": "acme"}),
            "repositories": ("list_github_repositories", {"integration_id": ACME.id}),
            "cluster": ("get_listener", {"compute_id": "us-cluster"}),
            "listener": ("get_listener", {"listener_id": EU.id}),
            "listeners": ("list_listeners", {}),
            "secret": ("get_deployment_output", {"name": {"secret": "agent"}}),
        }
    )
    preview, up = asking.engine.preview(), asking.engine.up()
    assert preview.ok, preview.errors
    assert up.ok, up.errors
    found = up.outputs
    assert found["by_id"] == found["by_name"]
    assert_describes(found["by_name"], simulator)
    assert names(found["all"]) == names(found["of_ids"] + found["containing"])
    assert names(found["previews"]) == ["agent", "agent-2", *preview_names(simulator)]
    assert names(found["named"]) == names(found["dedicated"]) == ["agent"]
    assert found["of_no_ids"] == []
    assert found["revision"]["status"] == "DEPLOYED"
    assert [one["repo_commit_sha"] for one in found["newest"]] == ["c0ffee"]
    assert found["integration"] == {"id": ACME.id, "name": "Acme", "installation_id": 7}
    repository = {"url": ACME.repositories[0], "owner": "acme", "name": "agents"}
    assert found["repositories"] == [{**repository, "default_branch": "main"}]
    assert [one["id"] for one in found["listeners"]] == [EU.id, US.id]
    assert found["listener"]["k8s_namespaces"] == ["agents", "staging"]
    assert found["cluster"]["id"] == US.id
    assert found["secret"] == "[secret]"
    assert leaks(preview.text + up.text) == []


def assert_describes(found: dict[str, Any], simulator: Simulator) -> None:
    """Assert that a result shows the deployment ``agent``, without what may be secret."""
    live = simulator.deployment("agent")
    same = ("id", "name", "source", "status", "latest_revision_id", "active_revision_id", "url")
    assert {key: found[key] for key in same} == {key: live[key] for key in same}
    assert found["workspace_id"] == WORKSPACE
    assert found["control_plane_url"] == simulator.url
    assert live["id"] in found["dashboard_url"]
    assert found["variable_names"] == ["TOKEN"]
    assert found["repo_commit_sha"] == "c0ffee"
    assert found["source_config"]["deployment_type"] == "prod"
    assert found["source_revision_config"]["repo_ref"] == "main"
    assert found["is_preview"] is False


def names(found: list[dict[str, Any]]) -> list[str]:
    return sorted(one["name"] for one in found)


def preview_names(simulator: Simulator) -> list[str]:
    return [name for name, one in simulator.deployments().items() if one["is_preview"]]


def test_an_unknown_input_asks_nothing(asking: Asking, simulator: Simulator) -> None:
    """A look-up of what a preview does not know yet is unknown; ``up`` asks when it is known."""
    ids = {"deployment_id": {"id of": "agent"}}
    integration = {"found": ["get_github_integration_output", {"name": "acme"}]}
    asking.write(
        {
            "found": ("get_deployment_output", ids),
            "listed": ("list_deployments_output", {"deployment_ids": [{"id of": "agent"}]}),
            "revisions": ("list_revisions_output", ids),
        },
        declared={"agent": github(source_config__integration_id=integration, secrets={})},
    )
    preview = asking.engine.preview()
    assert preview.ok, preview.errors
    assert [one.path for one in simulator.requests] == ["/v1/integrations/github/install"]
    up = asking.engine.up()
    assert up.ok, up.errors
    assert up.outputs["found"]["name"] == "agent"
    assert names(up.outputs["listed"]) == ["agent"]
    assert len(up.outputs["revisions"]) == 1
