"""What a create makes of its body."""

from collections.abc import Callable
from typing import Any

import pytest

from langsmith_pulumi.testing.simulator import Integration, Simulator

Json = dict[str, Any]

A = {"name": "A", "value": "1"}


def test_an_integration_may_not_cover_the_repository(
    simulator: Simulator, made: Callable[..., Json]
) -> None:
    """A repository that the integration does not cover passes the create and fails the build."""
    simulator.integrations = [
        Integration("acme", ["https://github.com/langchain-ai/react-agent.git"])
    ]

    made("covered")
    made("uncovered", source_config={"repo_url": "https://github.com/acme/secret"})

    assert [simulator.revisions(name)[0]["status"] for name in ("covered", "uncovered")] == [
        "DEPLOYED",
        "BUILD_FAILED",
    ]


def test_defaults_of_resources(made: Callable[..., Json]) -> None:
    """An image gets one replica of 1 CPU and 2048 MB, and CPUs keep one decimal."""
    plain = made("plain", "external_docker")
    sized = made(
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


def test_kubernetes_objects_come_back_as_they_went(made: Callable[..., Json]) -> None:
    """Volumes, mounts and containers keep their spelling and their contents."""
    spec = {
        "volumes": [{"name": "info", "downwardAPI": {"items": [{"path": "labels"}]}}],
        "volume_mounts": [{"name": "info", "mountPath": "/info", "readOnly": True}],
        "sidecars": [{"name": "proxy", "image": "proxy:1", "env": [{"name": "A", "value": "1"}]}],
    }

    shown = made("agent", "external_docker", source_config={"resource_spec": spec})

    assert shown["source_config"]["resource_spec"].items() >= spec.items()


def test_a_create_answers_before_anything_has_happened(made: Callable[..., Json]) -> None:
    """The answer names the first revision, but shows no secret, no URL and nothing active yet."""
    deployment = made(secrets=[A])

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
def test_urls(simulator: Simulator, made: Callable[..., Json], source: str, place: str) -> None:
    """Cloud fills both URLs once deployed, self-hosted only `custom_url`."""
    name = made("agent", source)["name"]

    shown = simulator.deployment(name)

    filled = shown["source_config"]["custom_url"]
    assert (filled.startswith(f"https://{name}-"), filled.endswith(f".{place}")) == (True, True)
    assert shown["url"] == (None if source == "external_docker" else filled)


def test_what_a_deployed_revision_shows(simulator: Simulator, made: Callable[..., Json]) -> None:
    """After the rollout there are plain secrets, a commit, an image version, an active one."""
    made(secrets=[A])

    shown = simulator.deployment("agent")

    assert shown["secrets"] == [A]
    assert shown["status"] == "READY"
    assert shown["active_revision_id"] == shown["latest_revision_id"]
    assert len(shown["source_revision_config"]["repo_commit_sha"]) == 40
    assert shown["image_version"]


@pytest.mark.parametrize("source", ["internal_docker", "internal_source"])
def test_sources_that_wait_for_a_push(
    simulator: Simulator, made: Callable[..., Json], source: str
) -> None:
    """What is pushed later has no revision before."""
    made("agent", source)

    shown = simulator.deployment("agent")

    assert (shown["status"], shown["latest_revision_id"], simulator.revisions("agent")) == (
        "READY",
        None,
        [],
    )


def test_fields_may_be_left_out_of_answers(simulator: Simulator, made: Callable[..., Json]) -> None:
    """Some versions of the service do not return all fields."""
    simulator.omitted = frozenset({"install_command"})

    assert "install_command" not in made()["source_config"]


def test_answers_may_show_what_was_built(simulator: Simulator, made: Callable[..., Json]) -> None:
    """Some versions show a commit in the place of the branch, and the image made from it."""
    simulator.as_built = True
    made()

    shown = simulator.deployment("agent")

    revision = shown["source_revision_config"]
    assert revision["repo_ref"] == revision["repo_commit_sha"]
    assert revision["image_uri"]
    assert shown["source_config"]["repo_branch"] == "main"
