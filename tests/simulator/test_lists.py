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
def three_deployments(simulator: Simulator, new_deployment: Make) -> list[Json]:
    """Return three deployments, the last of them made from an image."""
    sources = dict.fromkeys(NAMES, "github") | {"three": "external_docker"}
    for name, source in sources.items():
        new_deployment(name, source)
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
def test_deployments(
    http: httpx.Client, three_deployments: list[Json], params: Json, names: list[str]
) -> None:
    """Filters apply before paging, and the offset of a response is that of the next page."""
    response = http.get("/v2/deployments", params=params).json()

    assert [deployment["name"] for deployment in response["resources"]] == names
    assert response["offset"] == params.get("offset", 0) + len(names)
    assert response.keys() == {"resources", "offset"}


def test_filter_by_ids(http: httpx.Client, three_deployments: list[Json]) -> None:
    """A filter takes several ids, separated by commas."""
    ids = [three_deployments[0]["id"], three_deployments[2]["id"]]

    response = http.get("/v2/deployments", params={"deployment_ids": ",".join(ids)}).json()

    assert [deployment["id"] for deployment in response["resources"]] == ids


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"limit": "x"}])
@pytest.mark.parametrize("path", ["/v2/deployments", "/v2/listeners"])
def test_pages_have_limits(http: httpx.Client, path: str, params: Json) -> None:
    """A page has 1 to 100 items."""
    assert http.get(path, params=params).status_code == 422


def test_default_page_size(http: httpx.Client, new_deployment: Make) -> None:
    """A page has 20 items by default."""
    for number in range(21):
        new_deployment(f"agent-{number}", "external_docker")

    response = http.get("/v2/deployments").json()

    assert (len(response["resources"]), response["offset"]) == (20, 20)


def test_revisions(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> None:
    """Revisions are listed newest first, and can be filtered by several statuses."""
    path = f"/v2/deployments/{new_deployment()['id']}/revisions"
    simulator.outcome("agent", "BUILD_FAILED")
    newest = http.post(path, json={}).json()["id"]

    def ids(**params: Any) -> list[str]:
        return [r["id"] for r in http.get(path, params=params).json()["resources"]]

    assert ids()[0] == ids(limit=1)[0] == newest
    assert ids(status="BUILD_FAILED,CREATE_FAILED") == [newest]
    assert ids(offset=1) == ids(status="DEPLOYED")


def test_free_deployments_are_counted(http: httpx.Client, new_deployment: Make) -> None:
    """Only deployments of the free types count."""
    new_deployment("one", source_config={"deployment_type": "dev_free"})
    new_deployment("two", source_config={"deployment_type": "prod"})

    assert http.get("/v2/deployments/free-count").json() == {"count": 1}


def test_integrations(http: httpx.Client) -> None:
    """Integrations and their repositories are returned as bare lists."""
    [integration] = http.get("/v1/integrations/github/install").json()
    repositories = http.get(f"/v1/integrations/github/{integration['id']}/repos").json()

    assert integration.keys() == {"id", "installation_id", "name"}
    assert ("langchain-ai", "react-agent", "main") in [
        (r["owner"], r["name"], r["default_branch"]) for r in repositories
    ]
    assert {r["host_integration_id"] for r in repositories} == {integration["id"]}


def test_listeners(simulator: Simulator, http: httpx.Client) -> None:
    """Listeners are returned in pages, with the namespaces that they serve."""
    simulator.listeners = [Listener("cluster", ("agents", "tools"))]

    response = http.get("/v2/listeners").json()

    assert response["offset"] == 1
    assert response["resources"][0]["compute_id"] == "cluster"
    assert response["resources"][0]["compute_config"] == {"k8s_namespaces": ["agents", "tools"]}


@pytest.fixture
def failed_revision(simulator: Simulator, new_deployment: Make) -> str:
    """Return the path of a deployment's revision whose build failed."""
    lines = ["Step 1", "Step 2", "Error: no such file"]
    simulator.outcome("agent", "BUILD_FAILED", build_log=lines)
    deployment = new_deployment()
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
def test_build_logs(
    http: httpx.Client, failed_revision: str, params: Json, messages: list[str]
) -> None:
    """The old route and the new one return the same build log."""
    new = http.get(f"/v2/deployments/{failed_revision}/logs", params={"type": "build", **params})
    old = http.post(f"/v1/projects/{failed_revision}/build_logs", json=params)

    assert [line["message"] for line in new.json()["logs"]] == messages
    assert new.json() == old.json()


def test_logs_have_pages(http: httpx.Client, failed_revision: str) -> None:
    """The last page has no next offset."""
    path = f"/v2/deployments/{failed_revision}/logs"
    params: Json = {"type": "build", "limit": 2}

    first = http.get(path, params=params).json()
    second = http.get(path, params={**params, "offset": first["next_offset"]}).json()

    assert (len(first["logs"]), len(second["logs"]), second["next_offset"]) == (2, 1, None)


@pytest.mark.parametrize("params", [{}, {"type": "audit"}, {"type": "build", "order": "up"}])
def test_log_parameters_are_validated(
    http: httpx.Client, failed_revision: str, params: Json
) -> None:
    """A missing kind of log, or an unknown parameter value, is a 422."""
    assert http.get(f"/v2/deployments/{failed_revision}/logs", params=params).status_code == 422


def test_server_logs_exist_once_the_server_starts(
    http: httpx.Client, new_deployment: Make, failed_revision: str
) -> None:
    """A failed build has no server log; a deployed revision has one."""
    deployment = new_deployment("fine")
    fine = f"{deployment['id']}/revisions/{deployment['latest_revision_id']}"

    without_server, with_server = (
        http.get(f"/v2/deployments/{which}/logs", params={"type": "deploy"}).json()["logs"]
        for which in (failed_revision, fine)
    )

    assert (without_server, bool(with_server)) == ([], True)
