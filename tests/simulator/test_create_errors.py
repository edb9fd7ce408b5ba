"""Creates that fail, and their error messages."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Integration, Listener, Simulator

Json = dict[str, Any]
Call = Callable[..., httpx.Response]

A = {"name": "A", "value": "1"}
LISTENER = Listener("cluster", ("agents",))
UNKNOWN_ID = "99999999-9999-4999-8999-999999999999"
TAG = {"repo_ref": "refs/tags/v1"}


def error_detail(response: httpx.Response) -> str:
    text = response.json()["detail"]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("changes", "loc", "kind"),
    [
        ({"secrets": None}, ["secrets"], "missing"),
        ({"source_config": None}, ["source_config"], "missing"),
        ({"display_name": "Agent"}, ["display_name"], "extra_forbidden"),
        ({"source_config": {"repo": "x"}}, ["source_config", "repo"], "extra_forbidden"),
        (
            {"source_config": {"build_on_push": "no"}},
            ["source_config", "build_on_push"],
            "bool_type",
        ),
        ({"source_config": {"build_on_push": 0}}, ["source_config", "build_on_push"], "bool_type"),
        (
            {"source_config": {"integration_id": "me"}},
            ["source_config", "integration_id"],
            "uuid_parsing",
        ),
        (
            {"source_config": {"deployment_type": "big"}},
            ["source_config", "deployment_type"],
            "literal_error",
        ),
        ({"secrets": [{"name": "A"}]}, ["secrets", 0, "value"], "missing"),
        ({"secrets": [{"name": "A", "value": None}]}, ["secrets", 0, "value"], "string_type"),
        ({"secrets": {"A": "1"}}, ["secrets"], "list_type"),
    ],
)
def test_body_validation(create: Call, changes: Json, loc: list[str | int], kind: str) -> None:
    """An unknown field, a missing one or a wrong type is a 422 with the field's path."""
    response = create(**changes)

    assert response.status_code == 422
    assert [(e["loc"], e["type"]) for e in response.json()["detail"]] == [(["body", *loc], kind)]


@pytest.mark.parametrize(
    ("spec", "kind"),
    [
        ({"cpu": 9}, "less_than_equal"),
        ({"cpu": 0}, "greater_than_equal"),
        ({"cpu": "1"}, "float_type"),
        ({"max_scale": 2.0}, "int_type"),
        ({"max_scale": True}, "int_type"),
        ({"min_scale": -1}, "greater_than_equal"),
        ({"memory_mb": 0}, "greater_than"),
        ({"memory": 1024}, "extra_forbidden"),
        ({"volumes": [{"config_map": {}}]}, "extra_forbidden"),
        ({"sidecars": [{"name": "proxy"}]}, "missing"),
    ],
)
def test_resource_validation(create: Call, spec: Json, kind: str) -> None:
    """Numbers have types and limits, and Kubernetes objects use camel case."""
    response = create("agent", "external_docker", source_config={"resource_spec": spec})

    assert response.status_code == 422
    assert [error["type"] for error in response.json()["detail"]] == [kind]


def test_a_body_must_be_json(http: httpx.Client) -> None:
    """A body that is not JSON, by content type or syntax, is a 422."""
    text = http.post("/v2/deployments", content=b"{}", headers={"Content-Type": "text/plain"})
    broken = http.post(
        "/v2/deployments", content=b"{", headers={"Content-Type": "application/json"}
    )

    assert (text.status_code, broken.status_code) == (422, 422)


@pytest.mark.parametrize(
    ("source", "part", "field"),
    [
        ("github", "source_config", "integration_id"),
        ("github", "source_config", "repo_url"),
        ("github", "source_config", "deployment_type"),
        ("github", "source_config", "build_on_push"),
        ("github", "source_revision_config", "repo_ref"),
        ("github", "source_revision_config", "langgraph_config_path"),
        ("external_docker", "source_config", "resource_spec"),
        ("external_docker", "source_revision_config", "image_uri"),
        ("internal_docker", "source_config", "deployment_type"),
        ("internal_source", "source_config", "deployment_type"),
        ("internal_template", "source_config", "template_id"),
    ],
)
def test_required_fields(create: Call, source: str, part: str, field: str) -> None:
    """A field that the source requires cannot be null or absent."""
    response = create("agent", source, **{part: {field: None}})

    assert (response.status_code, f"'{part}.{field}' is required" in error_detail(response)) == (
        400,
        True,
    )


@pytest.mark.parametrize(
    ("source", "part", "field", "value"),
    [
        ("github", "source_config", "resource_spec", {}),
        ("github", "source_config", "custom_url", "https://agent.example.com"),
        ("github", "source_config", "listener_id", UNKNOWN_ID),
        ("github", "source_revision_config", "image_uri", "agent:v1"),
        ("external_docker", "source_config", "deployment_type", "prod"),
        ("external_docker", "source_config", "build_on_push", False),
        ("external_docker", "source_config", "build_command", "make"),
        ("external_docker", "source_revision_config", "repo_ref", "main"),
        ("internal_docker", "source_config", "repo_url", "https://github.com/a/b"),
        ("internal_template", "source_revision_config", "langgraph_config_path", "x.json"),
    ],
)
def test_fields_of_another_source(
    create: Call, source: str, part: str, field: str, value: object
) -> None:
    """A field of another source is a 400."""
    response = create("agent", source, **{part: {field: value}})

    assert (response.status_code, f"'{part}.{field}' cannot be set" in error_detail(response)) == (
        400,
        True,
    )


@pytest.mark.parametrize(
    ("source", "changes", "words"),
    [
        (
            "github",
            {"source_config": {"build_on_push": True}, "source_revision_config": TAG},
            "is a tag",
        ),
        (
            "github",
            {"secret_references": [{"name": "A", "secret_name": "s", "secret_key": "k"}]},
            "secret_references",
        ),
        ("external_docker", {"source_config": {"resource_spec": {"min_scale": 0}}}, "at least 1"),
        (
            "external_docker",
            {"source_config": {"resource_spec": {"min_scale": 3, "max_scale": 2}}},
            "above",
        ),
        (
            "external_docker",
            {"source_config": {"resource_spec": {"queue_min_scale": 3, "queue_max_scale": 2}}},
            "above",
        ),
    ],
)
def test_fields_that_contradict_each_other(
    create: Call, source: str, changes: Json, words: str
) -> None:
    """Fields that contradict each other are a 400 with the reason."""
    response = create("agent", source, **changes)

    assert (response.status_code, words in error_detail(response)) == (400, True)


@pytest.mark.parametrize(
    "name", ["Agent", "1agent", "my_agent", "agent-", "", "a" * 64, "agént", "a\n"]
)
def test_bad_names(create: Call, name: str) -> None:
    """Names are lower-case letters, digits and dashes, with a letter first."""
    assert create(name).status_code == 400


@pytest.mark.parametrize("name", ["a", "agent-2", "a" * 63])
def test_good_names(create: Call, name: str) -> None:
    """Short and long names pass."""
    assert create(name).status_code == 201


@pytest.mark.parametrize(
    ("place", "name", "accepted"),
    [
        (("any", "github"), "LANGCHAIN_PROJECT", False),
        (("any", "github"), "LANGSMITH_API_KEY", False),
        (("any", "external_docker"), "LANGCHAIN_PROJECT", False),
        (("any", "external_docker"), "LANGSMITH_API_KEY", True),
        (("cloud", "github"), "PORT", False),
        (("cloud", "github"), "port", True),
        (("self-hosted", "external_docker"), "PORT", True),
        (("self-hosted", "external_docker"), "REDIS_URI", False),
    ],
)
def test_reserved_names(
    simulator: Simulator, create: Call, place: tuple[Any, str], name: str, *, accepted: bool
) -> None:
    """Cloud reserves more names than self-hosted, and no error repeats a secret value."""
    simulator.hosting, source = place

    response = create("agent", source, secrets=[A, {"name": name, "value": "canary"}])

    assert response.status_code == (201 if accepted else 400)
    assert accepted or name in response.text
    assert "canary" not in response.text


@pytest.mark.parametrize(
    ("hosting", "source", "accepted"),
    [
        ("any", "github", True),
        ("any", "external_docker", True),
        ("cloud", "github", True),
        ("cloud", "external_docker", False),
        ("self-hosted", "external_docker", True),
        ("self-hosted", "github", False),
        ("self-hosted", "internal_docker", False),
    ],
)
def test_sources_by_hosting(
    simulator: Simulator, create: Call, hosting: Any, source: str, *, accepted: bool
) -> None:
    """Cloud accepts sources that it builds, and self-hosted accepts images."""
    simulator.hosting = hosting

    assert create("agent", source).status_code == (201 if accepted else 400)


def test_cloud_with_a_listener(simulator: Simulator, create: Call) -> None:
    """Cloud accepts an image if a listener can run it."""
    simulator.hosting, simulator.listeners = "cloud", [LISTENER]

    response = create("agent", "external_docker", source_config={"listener_id": LISTENER.id})

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("placement", "status", "words"),
    [
        (
            {},
            400,
            f"is required for workspace with available listener IDs: ['{LISTENER.id}']",
        ),
        ({"listener_id": UNKNOWN_ID}, 404, f"Listener ID {UNKNOWN_ID} not found."),
        (
            {"listener_id": LISTENER.id, "listener_config": {"k8s_namespace": "other"}},
            400,
            "'other'",
        ),
    ],
)
def test_listeners(
    simulator: Simulator, create: Call, placement: Json, status: int, words: str
) -> None:
    """In a workspace with listeners, an image must name one and a namespace that it serves."""
    simulator.listeners = [LISTENER]

    response = create("agent", "external_docker", source_config=placement)

    assert (response.status_code, words in error_detail(response)) == (status, True)


def test_unknown_integration(simulator: Simulator, create: Call) -> None:
    """An integration that is not listed is a 404."""
    simulator.integrations = [Integration("acme", id=UNKNOWN_ID)]

    assert create().status_code == 404
