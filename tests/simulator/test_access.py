"""Who is let in, and in which words the others are sent away."""

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
    """Without the right key nobody learns anything, not even which routes there are."""
    answer = httpx.get(simulator.url + path, headers=headers, verify=False)

    assert (answer.status_code, type(answer.json()["detail"])) == (status, str)


def test_a_bearer_token_will_do(simulator: Simulator) -> None:
    """The key may come as a bearer token."""
    headers = {"Authorization": f"Bearer {simulator.api_key}"}

    answer = httpx.get(f"{simulator.url}/v2/deployments", headers=headers, verify=False)

    assert answer.status_code == 200


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
    """A key that belongs to one workspace needs no header, but a wrong one is refused."""
    simulator.workspace_id = required
    headers = {"X-Tenant-Id": sent} if sent else {}

    assert http.get("/v2/deployments", headers=headers).status_code == status


def test_an_organization_key_needs_a_workspace(simulator: Simulator, http: httpx.Client) -> None:
    """An organization-scoped key gets 403 with the known words until the header is sent."""
    simulator.requires_workspace = True

    refused = http.get("/v2/deployments")
    accepted = http.get("/v2/deployments", headers={"X-Tenant-Id": WORKSPACE})

    assert refused.status_code == 403
    assert "requires workspace specification" in refused.json()["detail"]
    assert accepted.status_code == 200


def test_the_product_may_be_off(simulator: Simulator, http: httpx.Client) -> None:
    """An organization without deployments gets 403 with the known words."""
    simulator.enabled = False

    answer = http.get("/v2/deployments")

    assert (answer.status_code, answer.json()) == (
        403,
        {"detail": "LangSmith Deployment is not enabled for this organization"},
    )


def test_unknown_routes(http: httpx.Client) -> None:
    """A route nobody knows is a 404 with the framework's text, not the one of a deployment."""
    answer = http.get("/v2/deploymints")

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
