"""Listeners: made, changed and deleted by the API, and named by deployments."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator
from langsmith_pulumi.testing.simulator import Listener
from tests.simulator.conftest import Clock

Json = dict[str, Any]
Call = Callable[..., httpx.Response]

GIVEN = Listener("given", ("agents", "tools"))
UNKNOWN = "99999999-9999-4999-8999-999999999999"
ROUTE = "/v2/listeners"


def listener_body(compute_id: str = "cluster", *namespaces: str, **changes: Any) -> Json:
    config = {"k8s_namespaces": list(namespaces or ("agents",))}
    return {
        "compute_type": "k8s",
        "compute_id": compute_id,
        "compute_config": config,
        **changes,
    }


@pytest.fixture
def listener(http: httpx.Client) -> Json:
    """Create a listener of cluster `cluster`, which serves `agents`."""
    response = http.post(ROUTE, json=listener_body())
    assert response.status_code == 201, response.text
    made: Json = response.json()
    return made


def test_the_life_of_a_listener(http: httpx.Client, clock: Clock, listener: Json) -> None:
    """A listener is created, shown, changed where it may be, and gone once it is deleted."""
    path = f"{ROUTE}/{listener['id']}"
    clock.now += 60
    changed = http.patch(path, json={"version": "2", "compute_config": {"k8s_namespaces": ["a"]}})
    kept = http.patch(path, json={"version": None, "compute_config": None})
    listed = http.get(ROUTE).json()["resources"]
    deleted = http.delete(path)

    assert (listener["version"], listener["created_at"]) == (None, listener["updated_at"])
    assert changed.json()["compute_config"] == {"k8s_namespaces": ["a"]}
    assert changed.json()["updated_at"] > listener["updated_at"]
    assert kept.json() == listed[0] == {**changed.json(), "version": "2"}
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert http.get(path).json() == {"detail": f"Listener ID {listener['id']} not found."}
    assert http.get(ROUTE).json() == {"resources": [], "offset": 0}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "", listener_body(), 409),
        ("POST", "", listener_body("given"), 409),
        ("POST", "", listener_body("other", compute_type="ecs"), 422),
        ("POST", "", {"compute_type": "k8s", "compute_id": "other"}, 422),
        ("PATCH", "/{id}", {"compute_id": "other"}, 422),
        ("PATCH", "/{id}", {"compute_type": "k8s"}, 422),
        ("PUT", "/{id}", {"version": "2"}, 405),
        ("GET", f"/{UNKNOWN}", None, 404),
        ("PATCH", f"/{UNKNOWN}", {}, 404),
        ("DELETE", f"/{UNKNOWN}", None, 404),
        ("GET", "/no-uuid", None, 422),
        ("DELETE", "/no-uuid", None, 422),
    ],
)
def test_refused_requests(  # noqa: PLR0913 - four of them are the row
    simulator: Simulator,
    http: httpx.Client,
    listener: Json,
    *,
    method: str,
    path: str,
    body: Json | None,
    status: int,
) -> None:
    """One cluster has one listener, its fields are fixed, and unknown ids are told apart."""
    simulator.listeners = [GIVEN]

    path = path.format(id=listener["id"])
    assert http.request(method, f"{ROUTE}{path}", json=body).status_code == status


@pytest.mark.parametrize(
    ("settings", "accepted"),
    [
        ({}, True),
        ({"hosting": "self-hosted"}, True),
        ({"hosting": "cloud"}, False),
        ({"hosting": "cloud", "listeners": [GIVEN]}, True),
        ({"hosting": "cloud", "listener_plan": True}, True),
        ({"listener_plan": False}, False),
    ],
)
def test_plans(simulator: Simulator, http: httpx.Client, settings: Json, *, accepted: bool) -> None:
    """Without a plan that includes listeners only their list answers."""
    for name, value in settings.items():
        setattr(simulator, name, value)

    made = http.post(ROUTE, json=listener_body())
    known = made.json().get("id", UNKNOWN)
    statuses = [
        made.status_code,
        http.get(ROUTE).status_code,
        http.get(f"{ROUTE}/{known}").status_code,
        http.patch(f"{ROUTE}/{known}", json={}).status_code,
        http.delete(f"{ROUTE}/{known}").status_code,
    ]

    assert statuses == ([201, 200, 200, 200, 204] if accepted else [403, 200, 403, 403, 403])


def test_listeners_of_the_settings_change_too(simulator: Simulator, http: httpx.Client) -> None:
    """A listener of the settings is patched and deleted like one that the API made."""
    simulator.listeners = [GIVEN]
    path = f"{ROUTE}/{GIVEN.id}"

    patched = http.patch(path, json={"compute_config": {"k8s_namespaces": ["new"]}}).json()
    assert patched["compute_config"]["k8s_namespaces"] == ["new"]
    assert patched["version"] == GIVEN.version
    http.delete(path)
    assert http.get(ROUTE).json()["resources"] == []


def test_deployments_name_listeners(http: httpx.Client, create: Call, listener: Json) -> None:
    """An image names a listener that exists, and a namespace that it serves now."""

    def place(name: str, namespace: str) -> int:
        placed = {"listener_id": listener["id"], "listener_config": {"k8s_namespace": namespace}}
        return create(name, "external_docker", source_config=placed).status_code

    path = f"{ROUTE}/{listener['id']}"
    statuses = [create("a", "external_docker").status_code, place("b", "agents"), place("c", "new")]
    http.patch(path, json={"compute_config": {"k8s_namespaces": ["new"]}})
    statuses += [place("c", "new"), place("d", "agents")]
    http.delete(path)

    assert [*statuses, place("e", "new")] == [400, 201, 400, 201, 400, 404]


@pytest.mark.parametrize(("policy", "status"), [("delete", 204), ("keep", 409)])
def test_a_listener_in_use(  # noqa: PLR0913 - two of them are the row
    simulator: Simulator,
    http: httpx.Client,
    create: Call,
    listener: Json,
    *,
    policy: Any,
    status: int,
) -> None:
    """A listener that a deployment names is deleted, or refused with a 409."""
    simulator.listener_in_use = policy
    create("agent", "external_docker", source_config={"listener_id": listener["id"]})

    assert http.delete(f"{ROUTE}/{listener['id']}").status_code == status
    shown = simulator.deployment("agent")["source_config"]
    assert shown["listener_id"] == listener["id"]


def test_listeners_survive_a_restart(tmp_path: Path) -> None:
    """A database keeps the listeners that the API made."""
    settings: Json = {"api_key": "key", "database": tmp_path / "data.json"}
    for run in range(2):
        with Simulator(**settings) as simulator:
            headers = {"X-Api-Key": "key"}
            with httpx.Client(base_url=simulator.url, headers=headers, verify=False) as http:
                status = http.post(ROUTE, json=listener_body()).status_code
                assert status == (201 if run == 0 else 409)
