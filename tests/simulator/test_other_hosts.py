"""Agents, which are on other hosts in reality and see no API key, and tokens for the registry."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from langsmith_pulumi.testing import Simulator
from tests.simulator.conftest import make_body

Json = dict[str, Any]
Make = Callable[..., Json]


def get(url: str, **options: Any) -> httpx.Response:
    """Send a GET without a key."""
    return httpx.get(url, verify=False, **options)


@pytest.mark.parametrize("source", ["github", "external_docker"])
@pytest.mark.parametrize("behaviour", [None, "cloud", "self-hosted", "older"])
def test_agents_answer(behaviour: Any, source: str) -> None:
    """A deployed agent answers at the URL of its deployment, whatever the behaviour."""
    settings: Json = {"behaviour": behaviour, "hosting": "any", "serve_agents": True}
    with Simulator(base_path="/api-host", **settings) as simulator:
        headers = {"X-Api-Key": simulator.api_key}
        with httpx.Client(base_url=simulator.url, headers=headers, verify=False) as http:
            made = http.post("/v2/deployments", json=make_body("agent", source)).json()
            shown = http.get(f"/v2/deployments/{made['id']}").json()
        url = shown.get("url") or shown["source_config"]["custom_url"]
        response = get(f"{url}/ok", params={"check_db": "1"})

        assert (response.status_code, response.json()) == (200, {"ok": True})
        assert [r.query for r in simulator.external_requests] == ["check_db=1"]


@pytest.fixture
def agent(simulator: Simulator, http: httpx.Client, new_deployment: Make) -> str:
    """Create a deployment with an agent, and return its URL."""
    simulator.serve_agents = True
    deployment = new_deployment()
    url: str = http.get(f"/v2/deployments/{deployment['id']}").json()["url"]
    return url


def test_answers_of_agents(simulator: Simulator, http: httpx.Client, agent: str) -> None:
    """Answers are given one after the other, and the last one is repeated."""
    simulator.health("agent", 503, 200)
    seen = [get(f"{agent}/ok").status_code for _ in range(3)]
    answers = {"deployment": "agent", "statuses": [500], "body": "database is starting"}
    assert http.post("/_simulator/health", json=answers).status_code == 204
    failed = [get(f"{agent}/ok") for _ in range(2)]

    assert seen == [503, 200, 200]
    assert {(r.status_code, r.text) for r in failed} == {(500, "database is starting")}


def test_agents_without_a_deployed_revision(
    simulator: Simulator, agent: str, new_deployment: Make
) -> None:
    """An agent that does not run is a 503, and an unknown one a 404."""
    simulator.outcome("broken", "BUILD_FAILED")
    broken = new_deployment("broken")["id"]
    working = simulator.deployment("agent")["id"]

    assert get(f"{agent.replace(working, broken)}/ok").status_code == 503
    assert get(f"{agent}x/ok").status_code == 404
    simulator.serve_agents = False
    assert get(f"{agent}/ok").status_code == 404
    assert not simulator.deployment("agent")["url"].startswith(simulator.url)


def test_requests_to_agents_are_recorded_apart(
    simulator: Simulator, http: httpx.Client, agent: str
) -> None:
    """A request to an agent is recorded with the names of its headers, and if it sent the key."""
    simulator.clear_requests()
    get(f"{agent}/ok", headers={"X-Team": "support"})
    get(f"{agent}/ok", headers={"Authorization": f"Bearer {simulator.api_key}"})

    first, second = http.get("/_simulator/external-requests").json()
    assert (first["status"], first["sent_key"], second["sent_key"]) == (200, False, True)
    assert "x-team" in first["headers"]
    assert simulator.requests == []
    assert "support" not in str(simulator.external_requests)


def test_push_tokens(http: httpx.Client, new_deployment: Make) -> None:
    """A push token is for pushed images only, and has more fields for clients that know them."""
    pushed, built = new_deployment("agent", "internal_docker"), new_deployment("built")
    path = f"/v2/deployments/{pushed['id']}/push-token"

    older = http.post(path).json()
    newer = http.post(path, json={"supports_registry_username": True}).json()
    refused = http.post(f"/v2/deployments/{built['id']}/push-token")

    assert older.keys() == {"token", "registry_url"}
    assert newer.keys() == {"token", "registry_url", "username", "repository_url"}
    assert refused.status_code == 400
    assert http.post(f"/v2/deployments/{built['id']}/upload-url").status_code == 400
