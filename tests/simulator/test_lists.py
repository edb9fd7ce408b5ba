"""Lists, pages, filters and logs."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Listener, Simulator

Json = dict[str, Any]
Make = Callable[..., Json]

NAMES = ["one", "one-two", "three"]


@pytest.fixture
def three(simulator: Simulator, made: Make) -> list[Json]:
    """Return three deployments, the last of them made from an image."""
    sources = dict.fromkeys(NAMES, "github") | {"three": "external_docker"}
    for name, source in sources.items():
        made(name, source)
    return [simulator.deployment(name) for name in NAMES]


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({}, NAMES),
        ({"name": "one"}, ["one"]),
        ({"name": "on"}, []),
        ({"name_contains": "one"}, ["one", "one-two"]),
        ({"status": "READY"}, NAMES),
        ({"status": "AWAITING_DELETE"}, []),
        ({"deployment_type": "dev"}, ["one", "one-two"]),
        ({"limit": 2}, ["one", "one-two"]),
        ({"limit": 2, "offset": 2}, ["three"]),
        ({"limit": 1, "name_contains": "one", "offset": 1}, ["one-two"]),
        ({"offset": 3}, []),
        ({"nobody": "knows"}, NAMES),
    ],
)
def test_deployments(http: httpx.Client, three: list[Json], params: Json, names: list[str]) -> None:
    """Filters narrow the list before pages are cut; the offset is the next to ask for."""
    answer = http.get("/v2/deployments", params=params).json()

    assert [deployment["name"] for deployment in answer["resources"]] == names
    assert answer["offset"] == params.get("offset", 0) + len(names)
    assert answer.keys() == {"resources", "offset"}


def test_by_ids(http: httpx.Client, three: list[Json]) -> None:
    """Several ids are separated by commas."""
    ids = [three[0]["id"], three[2]["id"]]

    answer = http.get("/v2/deployments", params={"deployment_ids": ",".join(ids)}).json()

    assert [deployment["id"] for deployment in answer["resources"]] == ids


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"limit": "x"}])
@pytest.mark.parametrize("path", ["/v2/deployments", "/v2/listeners"])
def test_pages_have_limits(http: httpx.Client, path: str, params: Json) -> None:
    """A page holds 1 to 100 things."""
    assert http.get(path, params=params).status_code == 422


def test_pages_hold_twenty(http: httpx.Client, made: Make) -> None:
    """Who does not say how many gets twenty."""
    for number in range(21):
        made(f"agent-{number}", "external_docker")

    answer = http.get("/v2/deployments").json()

    assert (len(answer["resources"]), answer["offset"]) == (20, 20)


def test_revisions(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """Revisions come newest first, and may be narrowed to some statuses."""
    path = f"/v2/deployments/{made()['id']}/revisions"
    simulator.outcome("agent", "BUILD_FAILED")
    newest = http.post(path, json={}).json()["id"]

    def ids(**params: Any) -> list[str]:
        return [r["id"] for r in http.get(path, params=params).json()["resources"]]

    assert ids()[0] == ids(limit=1)[0] == newest
    assert ids(status="BUILD_FAILED,CREATE_FAILED") == [newest]
    assert ids(offset=1) == ids(status="DEPLOYED")


def test_free_deployments_are_counted(http: httpx.Client, made: Make) -> None:
    """Only those of the free tiers count."""
    made("one", source_config={"deployment_type": "dev_free"})
    made("two", source_config={"deployment_type": "prod"})

    assert http.get("/v2/deployments/free-count").json() == {"count": 1}


def test_integrations(http: httpx.Client) -> None:
    """Integrations and their repositories are bare lists."""
    [integration] = http.get("/v1/integrations/github/install").json()
    repositories = http.get(f"/v1/integrations/github/{integration['id']}/repos").json()

    assert integration.keys() == {"id", "installation_id", "name"}
    assert ("langchain-ai", "react-agent", "main") in [
        (r["owner"], r["name"], r["default_branch"]) for r in repositories
    ]
    assert {r["host_integration_id"] for r in repositories} == {integration["id"]}


def test_listeners(simulator: Simulator, http: httpx.Client) -> None:
    """Listeners come in pages, with the namespaces that they serve."""
    simulator.listeners = [Listener("cluster", ("agents", "tools"))]

    answer = http.get("/v2/listeners").json()

    assert answer["offset"] == 1
    assert answer["resources"][0]["compute_id"] == "cluster"
    assert answer["resources"][0]["compute_config"] == {"k8s_namespaces": ["agents", "tools"]}


@pytest.fixture
def failed(simulator: Simulator, made: Make) -> str:
    """Return the path of a deployment's revision whose build failed."""
    lines = ["Step 1", "Step 2", "Error: no such file"]
    simulator.outcome("agent", "BUILD_FAILED", build_log=lines)
    deployment = made()
    return f"{deployment['id']}/revisions/{deployment['latest_revision_id']}"


@pytest.mark.parametrize(
    ("params", "messages"),
    [
        ({}, ["Step 1", "Step 2", "Error: no such file"]),
        ({"order": "desc", "limit": 1}, ["Error: no such file"]),
        ({"offset": "1"}, ["Step 2", "Error: no such file"]),
        ({"level": "ERROR"}, ["Error: no such file"]),
        ({"query": "Step"}, ["Step 1", "Step 2"]),
    ],
)
def test_build_logs(http: httpx.Client, failed: str, params: Json, messages: list[str]) -> None:
    """The lines of a build can be had the old way and the new one."""
    new = http.get(f"/v2/deployments/{failed}/logs", params={"type": "build", **params})
    old = http.post(f"/v1/projects/{failed}/build_logs", json=params)

    assert [line["message"] for line in new.json()["logs"]] == messages
    assert new.json() == old.json()


def test_logs_have_pages(http: httpx.Client, failed: str) -> None:
    """The next offset leads on until there is none."""
    path = f"/v2/deployments/{failed}/logs"
    params: Json = {"type": "build", "limit": 2}

    first = http.get(path, params=params).json()
    second = http.get(path, params={**params, "offset": first["next_offset"]}).json()

    assert (len(first["logs"]), len(second["logs"]), second["next_offset"]) == (2, 1, None)


@pytest.mark.parametrize("params", [{}, {"type": "audit"}, {"type": "build", "order": "up"}])
def test_logs_must_be_asked_for_properly(http: httpx.Client, failed: str, params: Json) -> None:
    """Which log is wanted has to be said."""
    assert http.get(f"/v2/deployments/{failed}/logs", params=params).status_code == 422


def test_a_server_says_something_once_it_starts(
    http: httpx.Client, made: Make, failed: str
) -> None:
    """A failed build has no server that could say something; a deployed one has."""
    deployment = made("fine")
    fine = f"{deployment['id']}/revisions/{deployment['latest_revision_id']}"

    silent, talking = (
        http.get(f"/v2/deployments/{which}/logs", params={"type": "deploy"}).json()["logs"]
        for which in (failed, fine)
    )

    assert (silent, bool(talking)) == ([], True)
