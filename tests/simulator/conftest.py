"""Fixtures: a simulator with a clock that only tests move, and clients for it."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Simulator

Json = dict[str, Any]
Call = Callable[..., httpx.Response]

BODIES: dict[str, Json] = {
    "github": {
        "source_config": {
            "integration_id": "22222222-2222-4222-8222-222222222222",
            "repo_url": "https://github.com/langchain-ai/react-agent",
            "deployment_type": "dev",
            "build_on_push": False,
        },
        "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
    },
    "external_docker": {
        "source_config": {"resource_spec": {}},
        "source_revision_config": {"image_uri": "registry.example.com/agent:v1"},
    },
    "internal_docker": {
        "source_config": {"deployment_type": "dev"},
        "source_revision_config": {},
    },
    "internal_source": {
        "source_config": {"deployment_type": "dev"},
        "source_revision_config": {},
    },
    "internal_template": {
        "source_config": {"deployment_type": "dev", "template_id": "react"},
        "source_revision_config": {},
    },
}


class Clock:
    """A clock in seconds since the epoch, moved by the test."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sleep(clock: Clock) -> Callable[[float], None]:
    def move(seconds: float) -> None:
        clock.now += seconds

    return move


@pytest.fixture
def simulator(clock: Clock) -> Iterator[Simulator]:
    with Simulator(clock=clock) as running:
        yield running


@pytest.fixture
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    """Yield a client with the key; reading certificates would take longer than a test."""
    headers = {"X-Api-Key": simulator.api_key}
    with httpx.Client(base_url=simulator.url, headers=headers, verify=False) as client:
        yield client


@pytest.fixture
def body() -> Callable[..., Json]:
    """Return a function that makes a create body; None omits a field, dicts are merged."""
    return make_body


@pytest.fixture
def create(http: httpx.Client) -> Call:
    def post(name: str = "agent", source: str = "github", **changes: Any) -> httpx.Response:
        return http.post("/v2/deployments", json=make_body(name, source, **changes))

    return post


@pytest.fixture
def new_deployment(create: Call) -> Callable[..., Json]:
    def post(*args: Any, **changes: Any) -> Json:
        response = create(*args, **changes)
        assert response.status_code == 201, response.text
        deployment: Json = response.json()
        return deployment

    return post


@pytest.fixture
def patch(http: httpx.Client, new_deployment: Callable[..., Json]) -> Call:
    """Return a function that patches a new deployment of the given source."""

    def send(source: str, change: Json, **created_with: Any) -> httpx.Response:
        deployment = new_deployment("agent", source, **created_with)
        return http.patch(f"/v2/deployments/{deployment['id']}", json=change)

    return send


def make_body(name: str = "agent", source: str = "github", **changes: Any) -> Json:
    body = {"name": name, "source": source, "secrets": [], **copy.deepcopy(BODIES[source])}
    for field, value in changes.items():
        merges = isinstance(value, dict) and isinstance(body.get(field), dict)
        body[field] = {**body[field], **value} if merges else value
    return {field: value for field, value in body.items() if value is not None}
