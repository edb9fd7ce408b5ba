"""The admin API below /_simulator, and the Python methods that do the same."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]


def test_requests_are_recorded(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """Each request to the API is listed with method, path, query, status and time."""
    new_deployment()
    http.get("/v2/deployments", params={"name": "agent"})

    seen = http.get("/_simulator/requests").json()

    assert [(r["method"], r["path"], r["query"], r["status"]) for r in seen] == [
        ("POST", "/v2/deployments", "", 201),
        ("GET", "/v2/deployments", "name=agent", 200),
    ]
    assert {r["time"] for r in seen} == {simulator.clock()}


def test_requests_hold_no_secret(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """Neither bodies nor headers are recorded."""
    new_deployment(secrets=[{"name": "A", "value": "canary"}])

    text = http.get("/_simulator/requests").text

    assert "canary" not in text
    assert simulator.api_key not in text


def test_requests_can_be_cleared(simulator: Simulator, http: httpx.Client) -> None:
    """Requests can be cleared over HTTP and from Python, and admin requests are not recorded."""
    for clear in (lambda: http.delete("/_simulator/requests"), simulator.clear_requests):
        http.get("/v2/deployments")
        assert len(simulator.requests) == 1
        clear()
        assert simulator.requests == []


def test_faults(simulator: Simulator, http: httpx.Client) -> None:
    """Faults are set as a list, are listed while hits are left, and can be cleared."""
    fault = {"method": "GET", "path": "/v2/*", "kind": "status", "status": 503, "times": 2}
    assert http.post("/_simulator/faults", json=[fault, {**fault, "times": -1}]).status_code == 204

    statuses = [http.get("/v2/deployments").status_code for _ in range(3)]
    left = http.get("/_simulator/faults").json()
    http.delete("/_simulator/faults")

    assert statuses == [503, 503, 503]
    assert [(f["kind"], f["times"]) for f in left] == [("status", -1)]
    assert http.get("/v2/deployments").status_code == 200


def test_faults_are_cleared_from_python(simulator: Simulator, http: httpx.Client) -> None:
    """A cleared fault does not happen."""
    simulator.fail("*", "*", "status", times=-1)
    simulator.clear_faults()

    assert http.get("/v2/deployments").status_code == 200


def test_faults_do_not_hit_the_admin_api(simulator: Simulator, http: httpx.Client) -> None:
    """A fault for all paths does not hit the admin API."""
    simulator.fail("*", "*", "drop_request", times=-1)

    assert http.get("/_simulator/requests").status_code == 200


def test_outcomes(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> None:
    """An outcome can be set before the deployment exists, and applies to one revision."""
    outcome = {
        "deployment": "agent",
        "status": "BUILD_FAILED",
        "status_message": "no space left",
        "build_log": ["Error: no space left"],
    }
    assert http.post("/_simulator/outcomes", json=outcome).status_code == 204

    deployment = new_deployment()
    http.post(f"/v2/deployments/{deployment['id']}/revisions", json={})

    newer, older = simulator.revisions("agent")
    assert (older["status"], older["status_message"]) == ("BUILD_FAILED", "no space left")
    assert (newer["status"], newer["status_message"]) == ("DEPLOYED", None)


def test_push_drift_and_revision_overrides(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """Pushes, drift and revision overrides can be made over HTTP as well."""
    new_deployment()
    on = {"deployment": "agent", "patch": {"source_config": {"build_on_push": True}}}
    unplanned = {"deployment": "agent", "revision": True}

    drifted = http.post("/_simulator/drift", json=on)
    pushed = http.post("/_simulator/push", json={"deployment": "agent", "commit": "a" * 40})
    overridden = http.post("/_simulator/revision-overrides", json=unplanned)
    http.post("/_simulator/drift", json=on)

    assert [a.status_code for a in (drifted, pushed, overridden)] == [204, 200, 204]
    assert [r["id"] for r in simulator.revisions("agent")][1] == pushed.json()["revision"]
    assert len(simulator.revisions("agent")) == 3
    assert len(simulator.requests) == 1


@pytest.mark.parametrize(
    ("route", "body", "status"),
    [
        ("faults", [{"kind": "explode"}], 422),
        ("faults", [{"kind": "status", "statuss": 500}], 422),
        ("faults", {"kind": "status"}, 422),
        ("outcomes", {"deployment": "agent", "log": []}, 422),
        ("push", {"deployment": "agent"}, 422),
        ("push", {"deployment": "nobody", "commit": "a"}, 404),
        ("drift", {"deployment": "agent", "patch": {"name": "other"}}, 422),
        ("drift", {"deployment": "nobody", "patch": {}}, 404),
        ("nowhere", {}, 404),
    ],
)
def test_admin_requests_are_validated(
    http: httpx.Client, route: str, body: Any, status: int
) -> None:
    """A misspelt admin request is an error, lest a test pass for the wrong reason."""
    assert http.post(f"/_simulator/{route}", json=body).status_code == status


def test_deployments_by_name(
    simulator: Simulator, http: httpx.Client, new_deployment: Make
) -> None:
    """`deployments` leaves out those being deleted; `deployment` returns them."""
    simulator.deletion_seconds = 10
    stays, leaves = new_deployment("stays"), new_deployment("leaves")
    http.delete(f"/v2/deployments/{leaves['id']}")

    assert {name: d["id"] for name, d in simulator.deployments().items()} == {"stays": stays["id"]}
    assert simulator.deployment("leaves")["status"] == "AWAITING_DELETE"
