"""Many deployments in one stack cost few requests."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import httpx

from tests.support.scenario import API_KEY, REVISION, docker

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

NEW = "registry.example.com/agent:v2"
NAMES = [f"agent-{number}" for number in range(12)]


def test_a_refresh_reads_pages(runner: ScenarioRunner) -> None:
    """It finds the drift of a secret without a request for each deployment."""
    runner.write({name: docker() for name in NAMES})
    assert runner.engine.up().ok
    runner.simulator.drift(NAMES[7], secrets=[{"name": "OPENAI_API_KEY", "value": "theirs"}])
    runner.simulator.clear_requests()

    refreshed = runner.engine.refresh()
    assert refreshed.ok, refreshed.errors
    assert len(runner.simulator.requests) <= 5, runner.simulator.requests
    assert runner.engine.preview().ops == {f"{kind} agent-7": "update" for kind in REVISION}


def test_a_change_in_place_of_all(runner: ScenarioRunner) -> None:
    """It sends one request for each, and nothing when there is nothing to do."""
    runner.write({name: docker(wait_for_rollout=False) for name in NAMES})
    assert runner.engine.up().ok
    runner.write({name: docker(wait_for_rollout=False, display_name="renamed") for name in NAMES})
    runner.simulator.clear_requests()

    assert runner.engine.up().ok
    assert [request.method for request in runner.simulator.requests] == ["PATCH"] * len(NAMES)
    assert runner.engine.up().ok
    assert len(runner.simulator.requests) == len(NAMES)


def test_new_revisions_of_all(runner: ScenarioRunner) -> None:
    """What an earlier run was cut off after is found in pages, and not made twice."""
    simulator = runner.simulator
    runner.write({name: docker(wait_for_rollout=False) for name in NAMES})
    assert runner.engine.up().ok
    made = NAMES[5:]
    with httpx.Client(base_url=simulator.url, headers={"X-Api-Key": API_KEY}) as earlier_run:
        for name in made:
            path = f"/v2/deployments/{simulator.deployment(name)['id']}"
            response = earlier_run.patch(path, json={"source_revision_config": {"image_uri": NEW}})
            assert response.is_success
    runner.write(
        {
            name: docker(wait_for_rollout=False, source_revision_config__image_uri=NEW)
            for name in NAMES
        }
    )
    simulator.clear_requests()

    assert runner.engine.up().ok
    sent = Counter(request.method for request in simulator.requests)
    assert sent["PATCH"] == len(NAMES) - len(made)
    assert sent["GET"] <= len(NAMES) + 5, "each rollout reads its own"
    assert runner.engine.preview().ops == {}
