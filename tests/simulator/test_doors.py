"""The doors below /_simulator, and that they do what the Python methods do."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator

Json = dict[str, Any]
Make = Callable[..., Json]


def test_requests_are_remembered(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """Method, path, query, status and time of each request to the API, oldest first."""
    made()
    http.get("/v2/deployments", params={"name": "agent"})

    seen = http.get("/_simulator/requests").json()

    assert [(r["method"], r["path"], r["query"], r["status"]) for r in seen] == [
        ("POST", "/v2/deployments", "", 201),
        ("GET", "/v2/deployments", "name=agent", 200),
    ]
    assert {r["time"] for r in seen} == {simulator.clock()}


def test_requests_hold_no_secret(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """Neither bodies nor headers are remembered."""
    made(secrets=[{"name": "A", "value": "canary"}])

    text = http.get("/_simulator/requests").text

    assert "canary" not in text
    assert simulator.api_key not in text


def test_requests_can_be_forgotten(simulator: Simulator, http: httpx.Client) -> None:
    """Forgetting works from both sides, and asking is not remembered."""
    for forget in (lambda: http.delete("/_simulator/requests"), simulator.clear_requests):
        http.get("/v2/deployments")
        assert len(simulator.requests) == 1
        forget()
        assert simulator.requests == []


def test_faults(simulator: Simulator, http: httpx.Client) -> None:
    """Faults come as a list, can be listed while they are left, and be forgotten."""
    fault = {"method": "GET", "path": "/v2/*", "kind": "status", "status": 503, "times": 2}
    assert http.post("/_simulator/faults", json=[fault, {**fault, "times": -1}]).status_code == 204

    statuses = [http.get("/v2/deployments").status_code for _ in range(3)]
    left = http.get("/_simulator/faults").json()
    http.delete("/_simulator/faults")

    assert statuses == [503, 503, 503]
    assert [(f["kind"], f["times"]) for f in left] == [("status", -1)]
    assert http.get("/v2/deployments").status_code == 200


def test_faults_are_cleared_from_python(simulator: Simulator, http: httpx.Client) -> None:
    """What was to go wrong goes well after all."""
    simulator.fail("*", "*", "status", times=-1)
    simulator.clear_faults()

    assert http.get("/v2/deployments").status_code == 200


def test_doors_are_not_hit(simulator: Simulator, http: httpx.Client) -> None:
    """A fault for all paths leaves the doors open."""
    simulator.fail("*", "*", "drop_request", times=-1)

    assert http.get("/_simulator/requests").status_code == 200


def test_outcomes(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """An outcome may be arranged before the deployment exists, and holds for one revision."""
    outcome = {
        "deployment": "agent",
        "status": "BUILD_FAILED",
        "status_message": "no space left",
        "build_log": ["Error: no space left"],
    }
    assert http.post("/_simulator/outcomes", json=outcome).status_code == 204

    deployment = made()
    http.post(f"/v2/deployments/{deployment['id']}/revisions", json={})

    newer, older = simulator.revisions("agent")
    assert (older["status"], older["status_message"]) == ("BUILD_FAILED", "no space left")
    assert (newer["status"], newer["status_message"]) == ("DEPLOYED", None)


def test_push_drift_and_surprises(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """What others do to a deployment can be arranged over HTTP as well."""
    made()
    on = {"deployment": "agent", "patch": {"source_config": {"build_on_push": True}}}
    unplanned = {"deployment": "agent", "revision": True}

    drifted = http.post("/_simulator/drift", json=on)
    pushed = http.post("/_simulator/push", json={"deployment": "agent", "commit": "a" * 40})
    surprised = http.post("/_simulator/surprises", json=unplanned)
    http.post("/_simulator/drift", json=on)

    assert [a.status_code for a in (drifted, pushed, surprised)] == [204, 200, 204]
    assert [r["id"] for r in simulator.revisions("agent")][1] == pushed.json()["revision"]
    assert len(simulator.revisions("agent")) == 3
    assert len(simulator.requests) == 1


@pytest.mark.parametrize(
    ("door", "body", "status"),
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
def test_doors_are_strict(http: httpx.Client, door: str, body: Any, status: int) -> None:
    """A misspelt arrangement is refused, lest a test pass for the wrong reason."""
    assert http.post(f"/_simulator/{door}", json=body).status_code == status


def test_deployments_by_name(simulator: Simulator, http: httpx.Client, made: Make) -> None:
    """From Python, deployments are found by name; those being deleted are not among the live."""
    simulator.deletion_seconds = 10
    stays, leaves = made("stays"), made("leaves")
    http.delete(f"/v2/deployments/{leaves['id']}")

    assert {name: d["id"] for name, d in simulator.deployments().items()} == {"stays": stays["id"]}
    assert simulator.deployment("leaves")["status"] == "AWAITING_DELETE"
