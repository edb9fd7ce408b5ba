"""Names of a stack's deployments: each command means exactly one of them, or says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_pulumi.testing.simulator import Simulator
from tests.support.commands import run_for_stack
from tests.support.scenario import github

from .conftest import assert_harmless

if TYPE_CHECKING:
    from tests.support.scenario import ScenarioRunner

OTHER_KEY = "lsv2_sk_fedcba9876543210_0123456789"


@pytest.mark.parametrize("make_runner", ["offline"], indirect=True)
def test_one_name_on_two_control_planes_is_asked_back(runner: ScenarioRunner) -> None:
    """Nothing is rolled back where nobody meant it; an id is enough, a resource's name is none."""
    with Simulator(api_key=OTHER_KEY) as other:
        engine: Any = runner.engine
        engine.environ["LANGSMITH_PULUMI_API_KEYS"] = json.dumps({other.url: OTHER_KEY})
        there = github(name="agent", control_plane_url=other.url)
        runner.write({"agent": github(), "eu": there, "single": github(name="alone")})
        assert runner.engine.up().ok
        ids = [str(one.deployment("agent")["id"]) for one in (runner.simulator, other)]
        runner.simulator.clear_requests()
        other.clear_requests()
        for command in (["rollback", "--yes"], ["revisions"], ["logs"]):
            refused = run_for_stack(runner.engine, *command, "agent")
            assert refused.exit_code == 1
            assert "has 2 deployments of the name 'agent'" in refused.stderr
            assert all(one in refused.stderr for one in ids)
        resource = run_for_stack(runner.engine, "logs", "single")
        assert "(resource 'single', deployment 'alone' at" in resource.stderr
        assert runner.simulator.requests == other.requests == []
        chosen = run_for_stack(runner.engine, "revisions", ids[1])
        assert other.deployment("agent")["latest_revision_id"] in chosen.stdout
        assert_harmless(refused.output + resource.output + chosen.output)
