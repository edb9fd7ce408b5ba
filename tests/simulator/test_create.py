"""Creates: defaults, first revision, and the form of the response."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Integration, Simulator

Json = dict[str, Any]
Call = Callable[..., httpx.Response]

A = {"name": "A", "value": "1"}


def test_an_integration_may_not_cover_the_repository(
    simulator: Simulator, new_deployment: Callable[..., Json]
) -> None:
    """A repository that the integration does not cover passes the create and fails the build."""
    simulator.integrations = [
        Integration("acme", ["https://github.com/langchain-ai/react-agent.git"])
    ]

    new_deployment("covered")
    new_deployment("uncovered", source_config={"repo_url": "https://github.com/acme/secret"})

    assert [simulator.revisions(name)[0]["status"] for name in ("covered", "uncovered")] == [
        "DEPLOYED",
        "BUILD_FAILED",
    ]


def test_defaults_of_resources(new_deployment: Callable[..., Json]) -> None:
    """An image gets one replica of 1 CPU and 2048 MB, and CPUs keep one decimal."""
    plain = new_deployment("plain", "external_docker")
    sized = new_deployment(
        "sized",
        "external_docker",
        source_config={"resource_spec": {"min_scale": 2, "cpu": 0.25, "redis_cpu_limit": 1.27}},
    )

    assert plain["source_config"]["resource_spec"] == {
        "min_scale": 1,
        "max_scale": 1,
        "cpu": 1,
        "memory_mb": 2048,
    }
    assert sized["source_config"]["resource_spec"] == {
        "min_scale": 2,
        "max_scale": 2,
        "cpu": 0.2,
        "memory_mb": 2048,
        "redis_cpu_limit": 1.3,
    }


def test_kubernetes_objects_are_returned_unchanged(new_deployment: Callable[..., Json]) -> None:
    """Volumes, mounts and containers are returned with unchanged spelling and contents."""
    spec = {
        "volumes": [{"name": "info", "downwardAPI": {"items": [{"path": "labels"}]}}],
        "volume_mounts": [{"name": "info", "mountPath": "/info", "readOnly": True}],
        "sidecars": [{"name": "proxy", "image": "proxy:1", "env": [{"name": "A", "value": "1"}]}],
    }

    shown = new_deployment("agent", "external_docker", source_config={"resource_spec": spec})

    assert shown["source_config"]["resource_spec"].items() >= spec.items()


def test_the_response_of_a_create(new_deployment: Callable[..., Json]) -> None:
    """The response names the first revision, and has no secret, URL or active revision yet."""
    deployment = new_deployment(secrets=[A])

    assert deployment["status"] == "AWAITING_DATABASE"
    assert deployment["latest_revision_id"]
    assert (deployment["active_revision_id"], deployment["url"], deployment["secrets"]) == (
        None,
        None,
        [],
    )


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("github", "us.langgraph.app"),
        ("internal_template", "us.langgraph.app"),
        ("external_docker", "langgraph.example.com"),
    ],
)
def test_urls(
    simulator: Simulator, new_deployment: Callable[..., Json], source: str, place: str
) -> None:
    """Cloud fills both URLs after the rollout, self-hosted only `custom_url`."""
    name = new_deployment("agent", source)["name"]

    shown = simulator.deployment(name)

    filled = shown["source_config"]["custom_url"]
    assert (filled.startswith(f"https://{name}-"), filled.endswith(f".{place}")) == (True, True)
    assert shown["url"] == (None if source == "external_docker" else filled)


def test_a_deployed_revision(simulator: Simulator, new_deployment: Callable[..., Json]) -> None:
    """After the rollout the response has secrets, commit, image version and active revision."""
    new_deployment(secrets=[A])

    shown = simulator.deployment("agent")

    assert shown["secrets"] == [A]
    assert shown["status"] == "READY"
    assert shown["active_revision_id"] == shown["latest_revision_id"]
    assert len(shown["source_revision_config"]["repo_commit_sha"]) == 40
    assert shown["image_version"]


@pytest.mark.parametrize("source", ["internal_docker", "internal_source"])
def test_sources_without_a_first_revision(
    simulator: Simulator, new_deployment: Callable[..., Json], source: str
) -> None:
    """A source that is pushed later has no revision before its first push."""
    new_deployment("agent", source)

    shown = simulator.deployment("agent")

    assert (shown["status"], shown["latest_revision_id"], simulator.revisions("agent")) == (
        "READY",
        None,
        [],
    )


def test_fields_may_be_omitted_from_responses(
    simulator: Simulator, new_deployment: Callable[..., Json]
) -> None:
    """Versions of the service that do not return all fields can be simulated."""
    simulator.omitted = frozenset({"install_command"})

    assert "install_command" not in new_deployment()["source_config"]


def test_responses_may_show_the_build(
    simulator: Simulator, new_deployment: Callable[..., Json]
) -> None:
    """Versions that return a commit instead of the branch, and the image, can be simulated."""
    simulator.as_built = True
    new_deployment()

    shown = simulator.deployment("agent")

    revision = shown["source_revision_config"]
    assert revision["repo_ref"] == revision["repo_commit_sha"]
    assert revision["image_uri"]
    assert shown["source_config"]["repo_branch"] == "main"


def test_an_agent_in_place_of_a_name(simulator: Simulator, create: Call) -> None:
    """An environment of an agent has one deployment, which is named after both."""
    agent = {"agent_id": "support", "environment": "staging"}
    made = create(name=None, agent=agent)
    again = create("other", agent=agent)
    next_one = create(name=None, agent={**agent, "environment": "production"})

    assert (made.status_code, made.json()["name"]) == (201, "support-staging")
    assert made.json()["agent"] == agent
    assert (again.status_code, "agent environment" in again.json()["detail"]) == (409, True)
    assert next_one.status_code == 201
    assert sorted(simulator.deployments()) == ["support-production", "support-staging"]
