"""Authentication, workspaces and unknown routes."""

import httpx
import pytest

from langsmith_pulumi.testing.simulator import Simulator

WORKSPACE = "44444444-4444-4444-8444-444444444444"
OTHER = "55555555-5555-4555-8555-555555555555"
PATHS = ["/v2/deployments", "/v2/deployments/not-a-uuid", "/nowhere", "/_simulator/requests"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"X-Api-Key": "wrong"}, 403)])
def test_the_key_comes_first(
    simulator: Simulator, path: str, headers: dict[str, str], status: int
) -> None:
    """Without the right key every path gets the same 401 or 403, existing or not."""
    response = httpx.get(simulator.url + path, headers=headers, verify=False)

    assert (response.status_code, type(response.json()["detail"])) == (status, str)


def test_bearer_tokens(simulator: Simulator) -> None:
    """The key is accepted as a bearer token."""
    headers = {"Authorization": f"Bearer {simulator.api_key}"}

    response = httpx.get(f"{simulator.url}/v2/deployments", headers=headers, verify=False)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("required", "sent", "status"),
    [
        (None, None, 200),
        (None, OTHER, 200),
        (WORKSPACE, None, 200),
        (WORKSPACE, WORKSPACE, 200),
        (WORKSPACE, OTHER, 403),
    ],
)
def test_workspaces(
    simulator: Simulator, http: httpx.Client, required: str | None, sent: str | None, status: int
) -> None:
    """A workspace key needs no workspace header, but a foreign workspace is rejected."""
    simulator.workspace_id = required
    headers = {"X-Tenant-Id": sent} if sent else {}

    assert http.get("/v2/deployments", headers=headers).status_code == status


def test_an_organization_key_needs_a_workspace(simulator: Simulator, http: httpx.Client) -> None:
    """An organization-scoped key gets a 403 with the service's text until the header is sent."""
    simulator.requires_workspace = True

    rejected = http.get("/v2/deployments")
    accepted = http.get("/v2/deployments", headers={"X-Tenant-Id": WORKSPACE})

    assert rejected.status_code == 403
    assert "requires workspace specification" in rejected.json()["detail"]
    assert accepted.status_code == 200


def test_deployments_may_be_disabled(simulator: Simulator, http: httpx.Client) -> None:
    """An organization without deployments gets a 403 with the service's text."""
    simulator.enabled = False

    response = http.get("/v2/deployments")

    assert (response.status_code, response.json()) == (
        403,
        {"detail": "LangSmith Deployment is not enabled for this organization"},
    )


def test_unknown_routes(http: httpx.Client) -> None:
    """An unknown route is a 404 with the framework's text, not that of an unknown deployment."""
    response = http.get("/v2/deploymints")

    assert (response.status_code, response.json()) == (404, {"detail": "Not Found"})
