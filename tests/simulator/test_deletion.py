"""Deletions, and the names they keep taken."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]
Call = Callable[..., httpx.Response]
Sleep = Callable[[float], None]

NOBODY = "99999999-9999-4999-8999-999999999999"
WITH_PROJECT = {"delete_tracing_project": True}


def name_taken(name: str) -> Json:
    """Return the response to a create under a name that is taken."""
    return {
        "detail": "Deployments create a tracing project in LangSmith with the same name as the "
        f"deployment. There already exists a project in LangSmith named: {name}."
    }


def test_names_are_unique(create: Call) -> None:
    """A second deployment of the same name is a 409 with the service's text."""
    first, second = create("agent"), create("agent", "external_docker")

    assert first.status_code == 201
    assert (second.status_code, second.json()) == (409, name_taken("agent"))


def test_a_deletion_passes_two_statuses(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, sleep: Sleep
) -> None:
    """A deletion is a 204, passes two statuses, and ends in a 404."""
    simulator.deletion_seconds = 10
    deployment = new_deployment()
    path = f"/v2/deployments/{deployment['id']}"

    accepted = http.delete(path)
    seen = [http.get(path).json()["status"]]
    sleep(5)
    seen.append(http.get(path).json()["status"])
    sleep(5)
    gone = http.get(path)

    assert (accepted.status_code, accepted.content) == (204, b"")
    assert seen == ["AWAITING_DELETE", "AWAITING_FINAL_DELETE"]
    assert (gone.status_code, gone.json()) == (
        404,
        {"detail": f"Deployment ID {deployment['id']} not found."},
    )


def test_deleting_by_reads(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> None:
    """In the `reads` mode a deletion advances with reads too."""
    simulator.reads = 1
    path = f"/v2/deployments/{new_deployment()['id']}"
    http.delete(path)

    assert [http.get(path).status_code for _ in range(3)] == [200, 404, 404]


def test_deleting_twice(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, sleep: Sleep
) -> None:
    """A second delete is a 204 while the first is running, and a 404 afterwards."""
    simulator.deletion_seconds = 10
    path = f"/v2/deployments/{new_deployment()['id']}"

    responses = [http.delete(path)]
    for seconds in (6, 6):
        sleep(seconds)
        responses.append(http.delete(path))

    assert [response.status_code for response in responses] == [204, 204, 404]


@pytest.mark.parametrize(("params", "status"), [({}, 409), (WITH_PROJECT, 201)])
def test_the_tracing_project_keeps_the_name(
    http: httpx.Client, new_deployment: Make, create: Call, params: Json, status: int
) -> None:
    """The name stays taken after the deletion unless the tracing project was deleted."""
    http.delete(f"/v2/deployments/{new_deployment()['id']}", params=params)

    again = create()

    assert again.status_code == status
    assert status == 201 or again.json() == name_taken("agent")


def test_the_name_is_taken_until_the_deletion_ends(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, create: Call, sleep: Sleep
) -> None:
    """The name is taken while the deletion is running, even if it includes the project."""
    simulator.deletion_seconds = 10
    http.delete(f"/v2/deployments/{new_deployment()['id']}", params=WITH_PROJECT)
    before = create().status_code
    sleep(10)

    assert (before, create().status_code) == (409, 201)


def test_a_second_request_can_include_the_project(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, create: Call, sleep: Sleep
) -> None:
    """A second request can include the tracing project while the deletion is running."""
    simulator.deletion_seconds = 10
    path = f"/v2/deployments/{new_deployment()['id']}"
    http.delete(path)
    http.delete(path, params=WITH_PROJECT)
    sleep(10)

    assert create().status_code == 201


def test_force(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> None:
    """`force` is a 400 before a deletion has begun, and ends a running one."""
    simulator.deletion_seconds = 10
    path = f"/v2/deployments/{new_deployment()['id']}"

    early = http.delete(path, params={"force": True})
    http.delete(path)
    late = http.delete(path, params={"force": True})

    assert (early.status_code, late.status_code, http.get(path).status_code) == (400, 204, 404)


@pytest.mark.parametrize(
    "change", ["PATCH", "POST /revisions", "POST /revisions/{revision}/redeploy"]
)
def test_a_deployment_being_deleted_accepts_no_changes(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, change: str
) -> None:
    """A change of a deployment that is being deleted is a 400."""
    simulator.deletion_seconds = 10
    deployment = new_deployment()
    path = f"/v2/deployments/{deployment['id']}"
    http.delete(path)
    method, _, below = change.format(revision=deployment["latest_revision_id"]).partition(" ")

    response = http.request(method, path + below, json={})

    assert response.status_code == 400
    assert "is being deleted" in response.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/deployments/{id}"),
        ("PATCH", "/v2/deployments/{id}"),
        ("DELETE", "/v2/deployments/{id}"),
        ("GET", "/v2/deployments/{id}/revisions"),
        ("POST", "/v2/deployments/{id}/revisions"),
        ("GET", "/v2/deployments/{id}/revisions/{id}"),
        ("GET", "/v2/deployments/{id}/revisions/{id}/logs?type=build"),
        ("POST", "/v2/deployments/{id}/revisions/{id}/redeploy"),
        ("POST", "/v2/deployments/{id}/revisions/{id}/interruption"),
        ("POST", "/v1/projects/{id}/revisions/{id}/build_logs"),
    ],
)
def test_unknown_and_broken_ids(http: httpx.Client, method: str, path: str) -> None:
    """On every route an unknown deployment is a 404, and an id that is not a UUID a 422."""
    unknown = http.request(method, path.format(id=NOBODY), json={})
    broken = http.request(method, path.format(id="agent"), json={})

    assert (unknown.status_code, unknown.json()) == (
        404,
        {"detail": f"Deployment ID {NOBODY} not found."},
    )
    assert broken.status_code == 422


def test_an_unknown_revision(http: httpx.Client, new_deployment: Make) -> None:
    """The 404 of an unknown revision differs from that of an unknown deployment."""
    response = http.get(f"/v2/deployments/{new_deployment()['id']}/revisions/{NOBODY}")

    assert (response.status_code, response.json()) == (
        404,
        {"detail": f"Revision ID {NOBODY} not found."},
    )


def test_agent_environments(
    simulator: Simulator, http: httpx.Client, new_deployment: Make, create: Call, sleep: Sleep
) -> None:
    """With one deployment per repository and config path, a second one is a 409."""
    simulator.one_per_agent_environment, simulator.deletion_seconds = True, 10
    path = f"/v2/deployments/{new_deployment('first')['id']}"
    taken = create("second")
    elsewhere = create("third", source_revision_config={"langgraph_config_path": "other.json"})
    http.delete(path)
    leaving = create("second")
    sleep(10)

    assert (taken.status_code, taken.json()) == (
        409,
        {"detail": "A deployment already exists for this agent environment."},
    )
    assert (elsewhere.status_code, leaving.status_code) == (201, 409)
    assert create("second").status_code == 201
