"""Patches: in place, with a new revision, or rejected."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]
Call = Callable[..., httpx.Response]

A, B = {"name": "A", "value": "1"}, {"name": "B", "value": "2"}
REFERENCE = {"name": "C", "secret_name": "orders", "secret_key": "url"}
LISTENER_ID = "33333333-3333-4333-8333-333333333333"


@pytest.mark.parametrize(
    ("source", "change", "revision"),
    [
        ("github", {}, False),
        ("github", {"display_name": "Agent"}, False),
        ("github", {"source_config": {}}, False),
        ("github", {"source_config": {"build_on_push": True}}, False),
        ("github", {"source_config": {"install_command": "yarn"}}, True),
        ("github", {"source_config": {"build_command": "yarn build"}}, True),
        ("github", {"source_revision_config": {}}, False),
        ("github", {"source_revision_config": None}, False),
        ("github", {"source_revision_config": {"repo_ref": None}}, False),
        ("github", {"source_revision_config": {"repo_ref": "main"}}, True),
        ("github", {"source_revision_config": {"repo_ref": "next"}}, True),
        ("github", {"secrets": None}, False),
        ("github", {"secrets": []}, False),
        ("github", {"secrets": [A]}, True),
        ("github", {"route_through_gateway": True}, False),
        ("github", {"tracked_packages": ["a:1"]}, False),
        ("external_docker", {"source_config": {"custom_url": "https://a.example.com"}}, False),
        ("external_docker", {"source_config": {"resource_spec": None}}, False),
        ("external_docker", {"source_config": {"resource_spec": {}}}, True),
        ("external_docker", {"source_config": {"resource_spec": {"cpu": 2}}}, True),
        ("external_docker", {"source_revision_config": {"image_uri": "agent:v2"}}, True),
        ("external_docker", {"secret_references": None}, False),
        ("external_docker", {"secret_references": []}, True),
        ("external_docker", {"secret_references": [REFERENCE]}, True),
        ("internal_docker", {"source_revision_config": {"image_uri": "agent:v1"}}, True),
    ],
)
def test_what_makes_a_revision(
    simulator: Simulator, patch: Call, source: str, change: Json, *, revision: bool
) -> None:
    """A field makes a revision if it is sent, even unchanged; null counts as absent."""
    response = patch(source, change, secrets=[A])

    first = 0 if source == "internal_docker" else 1
    assert response.status_code == 200, response.text
    assert len(simulator.revisions("agent")) == first + revision


@pytest.mark.parametrize(
    ("source", "field", "value"),
    [
        ("github", "integration_id", "22222222-2222-4222-8222-222222222222"),
        ("github", "deployment_type", "dev"),
        ("external_docker", "listener_id", LISTENER_ID),
        ("external_docker", "listener_config", {"k8s_namespace": "agents"}),
        ("internal_template", "template_id", "react"),
    ],
)
def test_fixed_fields(patch: Call, source: str, field: str, value: object) -> None:
    """A fixed field is a 400 even with its current value."""
    response = patch(source, {"source_config": {field: value}})

    assert (response.status_code, response.json()) == (
        400,
        {"detail": f"Source configuration error: 'source_config.{field}' cannot be updated."},
    )


@pytest.mark.parametrize(
    ("change", "loc", "kind"),
    [
        ({"name": "other"}, "name", "extra_forbidden"),
        ({"source": "github"}, "source", "extra_forbidden"),
        ({"display_name": ""}, "display_name", "string_too_short"),
        ({"display_name": 1}, "display_name", "string_type"),
        ({"revision_source": "external_docker"}, "revision_source", "literal_error"),
    ],
)
def test_body_validation(patch: Call, change: Json, loc: str, kind: str) -> None:
    """Name and source are unknown fields, and a display name cannot be empty."""
    response = patch("github", change)

    assert response.status_code == 422
    assert [(e["loc"], e["type"]) for e in response.json()["detail"]] == [(["body", loc], kind)]


@pytest.mark.parametrize(
    ("source", "change"),
    [
        ("github", {"source_config": {"custom_url": "https://a.example.com"}}),
        ("github", {"source_config": {"resource_spec": {"cpu": 2}}}),
        ("github", {"source_revision_config": {"image_uri": "agent:v2"}}),
        ("github", {"secrets": [{"name": "LANGSMITH_PROJECT", "value": "x"}]}),
        ("external_docker", {"source_config": {"build_on_push": True}}),
        ("external_docker", {"source_revision_config": {"repo_ref": "main"}}),
        ("external_docker", {"source_config": {"resource_spec": {"min_scale": 3, "max_scale": 1}}}),
    ],
)
def test_a_rejected_patch_changes_nothing(
    simulator: Simulator, patch: Call, source: str, change: Json
) -> None:
    """A field of another source, or an invalid combination, is a 400 without any effect."""
    response = patch(source, {"display_name": "Agent", **change})

    assert response.status_code == 400
    assert simulator.deployment("agent")["display_name"] is None
    assert len(simulator.revisions("agent")) == 1


def test_fields_are_merged_but_resources_overwritten(simulator: Simulator, patch: Call) -> None:
    """Absent fields keep their values, but resource_spec is replaced whole."""
    patch(
        "external_docker",
        {"source_config": {"custom_url": "https://a.example.com", "resource_spec": {"cpu": 0.5}}},
        source_config={"resource_spec": {"max_scale": 9}},
    )
    simulator.drift("agent", source_config={"resource_spec": {"memory_mb": 512}})

    config = simulator.deployment("agent")["source_config"]

    assert config["custom_url"] == "https://a.example.com"
    assert config["resource_spec"] == {"min_scale": 1, "max_scale": 1, "cpu": 1, "memory_mb": 512}


def test_a_revision_keeps_absent_fields(simulator: Simulator, patch: Call) -> None:
    """A new ref leaves the path of the configuration unchanged."""
    patch("github", {"source_revision_config": {"repo_ref": "next"}})

    config = simulator.deployment("agent")["source_revision_config"]

    assert (config["repo_ref"], config["langgraph_config_path"]) == ("next", "langgraph.json")


@pytest.mark.parametrize(
    ("change", "left"),
    [([B], [B]), ([], [A]), (None, [A]), ([A, B], [A, B])],
)
def test_secrets_are_replaced_whole(
    simulator: Simulator, patch: Call, change: list[Json] | None, left: list[Json]
) -> None:
    """A list of secrets replaces all; an empty one, like null, changes nothing."""
    patch("github", {"secrets": change}, secrets=[A])

    assert simulator.deployment("agent")["secrets"] == left


def test_secret_references_can_be_emptied(simulator: Simulator, patch: Call) -> None:
    """An empty list of references removes them all, unlike secrets."""
    patch("external_docker", {"secret_references": []}, secret_references=[REFERENCE])

    assert simulator.deployment("agent")["secret_references"] == []


@pytest.mark.parametrize(
    ("now", "change", "accepted"),
    [
        ("refs/tags/v1", {"source_config": {"build_on_push": True}}, False),
        ("main", {"source_config": {"build_on_push": True}}, True),
        (
            "refs/tags/v1",
            {
                "source_config": {"build_on_push": True},
                "source_revision_config": {"repo_ref": "main"},
            },
            True,
        ),
        (
            "main",
            {
                "source_config": {"build_on_push": True},
                "source_revision_config": {"repo_ref": "refs/tags/v1"},
            },
            False,
        ),
    ],
)
def test_tags_and_build_on_push(patch: Call, now: str, change: Json, *, accepted: bool) -> None:
    """A tag and build_on_push are compared as they would be after the patch."""
    response = patch("github", change, source_revision_config={"repo_ref": now})

    assert response.status_code == (200 if accepted else 400)


def test_a_tag_conflicts_with_the_existing_flag(simulator: Simulator, patch: Call) -> None:
    """A tag is a 400 on a deployment that builds on push, unless the patch unsets the flag."""
    patch("github", {"source_config": {"build_on_push": True}})
    path = f"/v2/deployments/{simulator.deployment('agent')['id']}"
    headers = {"X-Api-Key": simulator.api_key}
    change: Json = {"source_revision_config": {"repo_ref": "refs/tags/v1"}}

    with httpx.Client(base_url=simulator.url, headers=headers, verify=False) as http:
        alone = http.patch(path, json=change)
        together = http.patch(path, json={**change, "source_config": {"build_on_push": False}})

    assert (alone.status_code, together.status_code) == (400, 200)


def test_commands_may_be_in_place(simulator: Simulator, patch: Call) -> None:
    """Sources disagree whether commands make a revision, so there is a setting."""
    simulator.commands_make_revisions = False

    patch("github", {"source_config": {"build_command": "make"}})

    assert len(simulator.revisions("agent")) == 1


def test_creating_a_revision(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """A POST to the revisions always makes one, and returns it."""
    path = f"/v2/deployments/{new_deployment()['id']}/revisions"

    responses = [
        http.post(path, json=body)
        for body in ({}, {"source_revision_config": {"repo_ref": "next"}})
    ]

    assert [response.status_code for response in responses] == [201, 201]
    assert simulator.revisions("agent")[0]["id"] == responses[-1].json()["id"]
    assert responses[-1].json()["source_revision_config"]["repo_ref"] == "next"


def test_a_revision_may_have_another_source(simulator: Simulator, patch: Call) -> None:
    """A deployment of a repository can run a pushed image once, with the packages in it."""
    response = patch(
        "github",
        {
            "revision_source": "internal_docker",
            "source_revision_config": {"image_uri": "agent@sha256:1"},
            "tracked_packages": ["langgraph:1.0"],
        },
    )

    assert response.status_code == 200, response.text
    assert simulator.deployment("agent")["source"] == "github"
    assert simulator.revisions("agent")[0]["source"] == "internal_docker"
    assert simulator.revisions("agent")[0]["source_revision_config"]["tracked_packages"]


@pytest.mark.parametrize(
    ("makes_revision", "change"),
    [(True, {"display_name": "Agent"}), (False, {"source_revision_config": {"repo_ref": "next"}})],
)
def test_revision_overrides(
    simulator: Simulator,
    http: httpx.Client,
    new_deployment: Make,
    change: Json,
    *,
    makes_revision: bool,
) -> None:
    """An override makes the next patch create a revision, or none, once."""
    path = f"/v2/deployments/{new_deployment()['id']}"
    simulator.override_revision("agent", revision=makes_revision)

    counts = []
    for _ in range(2):
        http.patch(path, json=change)
        counts.append(len(simulator.revisions("agent")))

    assert counts == ([2, 2] if makes_revision else [1, 2])
