"""What a create is refused for, and in which words."""

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


def detail(answer: httpx.Response) -> str:
    text = answer.json()["detail"]
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
def test_the_form_of_the_body(create: Call, changes: Json, loc: list[str | int], kind: str) -> None:
    """An unknown field, a missing one or a wrong type is a 422 that points to the place."""
    answer = create(**changes)

    assert answer.status_code == 422
    assert [(e["loc"], e["type"]) for e in answer.json()["detail"]] == [(["body", *loc], kind)]


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
def test_the_form_of_resources(create: Call, spec: Json, kind: str) -> None:
    """Figures have types and limits, and Kubernetes objects have their own spelling."""
    answer = create("agent", "external_docker", source_config={"resource_spec": spec})

    assert answer.status_code == 422
    assert [error["type"] for error in answer.json()["detail"]] == [kind]


def test_a_body_must_be_json(http: httpx.Client) -> None:
    """A body of another content type is not read."""
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
def test_fields_a_source_needs(create: Call, source: str, part: str, field: str) -> None:
    """A field that the source needs may be neither null nor left out."""
    answer = create("agent", source, **{part: {field: None}})

    assert (answer.status_code, f"'{part}.{field}' is required" in detail(answer)) == (400, True)


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
def test_fields_foreign_to_a_source(
    create: Call, source: str, part: str, field: str, value: object
) -> None:
    """A field that belongs to another source is refused."""
    answer = create("agent", source, **{part: {field: value}})

    assert (answer.status_code, f"'{part}.{field}' cannot be set" in detail(answer)) == (400, True)


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
    """What makes no sense together is refused with its reason."""
    answer = create("agent", source, **changes)

    assert (answer.status_code, words in detail(answer)) == (400, True)


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
    """The service keeps names to itself, Cloud more than self-hosted; values are not repeated."""
    simulator.hosting, source = place

    answer = create("agent", source, secrets=[A, {"name": name, "value": "canary"}])

    assert answer.status_code == (201 if accepted else 400)
    assert accepted or name in answer.text
    assert "canary" not in answer.text


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
    """Cloud builds, and self-hosted runs images."""
    simulator.hosting = hosting

    assert create("agent", source).status_code == (201 if accepted else 400)


def test_cloud_with_a_listener(simulator: Simulator, create: Call) -> None:
    """Cloud takes images too where a listener can place them."""
    simulator.hosting, simulator.listeners = "cloud", [LISTENER]

    answer = create("agent", "external_docker", source_config={"listener_id": LISTENER.id})

    assert answer.status_code == 201


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
    """Where there are listeners, an image must name one of them, and a namespace it serves."""
    simulator.listeners = [LISTENER]

    answer = create("agent", "external_docker", source_config=placement)

    assert (answer.status_code, words in detail(answer)) == (status, True)


def test_unknown_integration(simulator: Simulator, create: Call) -> None:
    """Where integrations are listed, a repository must come through one of them."""
    simulator.integrations = [Integration("acme", id=UNKNOWN_ID)]

    assert create().status_code == 404
