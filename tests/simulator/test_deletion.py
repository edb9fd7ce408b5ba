"""How deployments go, and what holds their names."""

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


def refusal(name: str) -> Json:
    """Return the answer to a create under a name that is taken."""
    return {
        "detail": "Deployments create a tracing project in LangSmith with the same name as the "
        f"deployment. There already exists a project in LangSmith named: {name}."
    }


def test_a_name_is_taken_once(create: Call) -> None:
    """A second deployment of the same name is a 409 in the service's words."""
    first, second = create("agent"), create("agent", "external_docker")

    assert first.status_code == 201
    assert (second.status_code, second.json()) == (409, refusal("agent"))


def test_a_deployment_leaves_in_steps(
    simulator: Simulator, http: httpx.Client, made: Make, sleep: Sleep
) -> None:
    """A deletion is accepted without a body, goes through two statuses, and ends in a 404."""
    simulator.deletion_seconds = 10
    deployment = made()
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


def test_deleting_by_reads(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """Where reads are counted, they count for a deletion too."""
    simulator.reads = 1
    path = f"/v2/deployments/{made()['id']}"
    http.delete(path)

    assert [http.get(path).status_code for _ in range(3)] == [200, 404, 404]


def test_deleting_twice(simulator: Simulator, http: httpx.Client, made: Make, sleep: Sleep) -> None:
    """Deleting what is on its way out changes nothing; deleting what is gone is a 404."""
    simulator.deletion_seconds = 10
    path = f"/v2/deployments/{made()['id']}"

    answers = [http.delete(path)]
    for seconds in (6, 6):
        sleep(seconds)
        answers.append(http.delete(path))

    assert [answer.status_code for answer in answers] == [204, 204, 404]


@pytest.mark.parametrize(("params", "status"), [({}, 409), (WITH_PROJECT, 201)])
def test_the_tracing_project_keeps_the_name(
    http: httpx.Client, made: Make, create: Call, params: Json, status: int
) -> None:
    """The name stays taken after the deletion, unless the tracing project went along."""
    http.delete(f"/v2/deployments/{made()['id']}", params=params)

    again = create()

    assert again.status_code == status
    assert status == 201 or again.json() == refusal("agent")


def test_the_name_is_taken_until_the_very_end(
    simulator: Simulator, http: httpx.Client, made: Make, create: Call, sleep: Sleep
) -> None:
    """While the deployment is still being deleted its name is taken, project or not."""
    simulator.deletion_seconds = 10
    http.delete(f"/v2/deployments/{made()['id']}", params=WITH_PROJECT)
    before = create().status_code
    sleep(10)

    assert (before, create().status_code) == (409, 201)


def test_the_project_may_go_with_a_second_request(
    simulator: Simulator, http: httpx.Client, made: Make, create: Call, sleep: Sleep
) -> None:
    """Who forgot the tracing project can still ask for it while the deletion goes on."""
    simulator.deletion_seconds = 10
    path = f"/v2/deployments/{made()['id']}"
    http.delete(path)
    http.delete(path, params=WITH_PROJECT)
    sleep(10)

    assert create().status_code == 201


def test_force(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """Force is refused at first, and then cuts a deletion short."""
    simulator.deletion_seconds = 10
    path = f"/v2/deployments/{made()['id']}"

    early = http.delete(path, params={"force": True})
    http.delete(path)
    late = http.delete(path, params={"force": True})

    assert (early.status_code, late.status_code, http.get(path).status_code) == (400, 204, 404)


@pytest.mark.parametrize(
    "change", ["PATCH", "POST /revisions", "POST /revisions/{revision}/redeploy"]
)
def test_what_is_leaving_does_not_change(
    simulator: Simulator, http: httpx.Client, made: Make, change: str
) -> None:
    """A deployment that is being deleted takes no changes any more."""
    simulator.deletion_seconds = 10
    deployment = made()
    path = f"/v2/deployments/{deployment['id']}"
    http.delete(path)
    method, _, below = change.format(revision=deployment["latest_revision_id"]).partition(" ")

    answer = http.request(method, path + below, json={})

    assert answer.status_code == 400
    assert "is being deleted" in answer.json()["detail"]


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
    """An unknown deployment is a 404 on all of its routes, and an id that is no UUID a 422."""
    unknown = http.request(method, path.format(id=NOBODY), json={})
    broken = http.request(method, path.format(id="agent"), json={})

    assert (unknown.status_code, unknown.json()) == (
        404,
        {"detail": f"Deployment ID {NOBODY} not found."},
    )
    assert broken.status_code == 422


def test_an_unknown_revision(http: httpx.Client, made: Make) -> None:
    """A revision that is not there is told from a deployment that is not there."""
    answer = http.get(f"/v2/deployments/{made()['id']}/revisions/{NOBODY}")

    assert (answer.status_code, answer.json()) == (
        404,
        {"detail": f"Revision ID {NOBODY} not found."},
    )


def test_agent_environments(
    simulator: Simulator, http: httpx.Client, made: Make, create: Call, sleep: Sleep
) -> None:
    """Where a repository and config path may be deployed once, a second name for them is a 409."""
    simulator.one_per_agent_environment, simulator.deletion_seconds = True, 10
    path = f"/v2/deployments/{made('first')['id']}"
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
