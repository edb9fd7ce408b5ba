"""Lists of deployments, whatever the version of the service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import langsmith_pulumi as langsmith
from langsmith_pulumi.testing.simulator import Simulator
from tests.support.scenario import API_KEY, docker

from .conftest import US, WORKSPACE, create

if TYPE_CHECKING:
    import pytest


def set_settings(monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> None:
    for name, value in {**simulator.env, "LANGSMITH_WORKSPACE_ID": WORKSPACE}.items():
        monkeypatch.setenv(name, value)


def test_every_page_is_listed(monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> None:
    """A list is complete, although the service returns a hundred at most; each is there once."""
    set_settings(monkeypatch, simulator)
    expected = [f"agent-{number:03}" for number in range(103)]
    create(simulator, *expected)
    assert [one.name for one in langsmith.list_deployments()] == expected
    assert [one.name for one in langsmith.list_deployments(name="agent-102")] == ["agent-102"]


def test_a_service_that_ignores_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names are compared here too: an older service returns all deployments that contain one."""
    with Simulator(api_key=API_KEY, workspace_id=WORKSPACE, behaviour="older") as simulator:
        set_settings(monkeypatch, simulator)
        create(simulator, "agent-2")
        agent = create(simulator, "agent")
        assert [one.id for one in langsmith.list_deployments(name="agent")] == [agent]
        assert langsmith.get_deployment("agent").id == agent
        both = langsmith.list_deployments(name="agent", name_contains="2")
        assert both == []


def test_a_workspace_of_the_call(monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> None:
    """Arguments of a call come before the settings."""
    set_settings(monkeypatch, simulator)
    monkeypatch.setenv("LANGSMITH_WORKSPACE_ID", "00000000-0000-4000-8000-000000000000")
    monkeypatch.setenv("LANGSMITH_ENDPOINT", "https://smith.example.com")
    place = {"workspace_id": WORKSPACE, "control_plane_url": simulator.url}
    assert len(langsmith.list_listeners(**place)) == len(simulator.listeners)


def test_values_of_variables_are_left_out(
    monkeypatch: pytest.MonkeyPatch, simulator: Simulator
) -> None:
    """A result has the name of a sidecar's variable without its value, and no credentials."""
    set_settings(monkeypatch, simulator)
    body = docker(
        source_config__listener_id=US.id,
        source_config__resource_spec__sidecars=[
            {
                "name": "log",
                "image": "log:1",
                "command": ["sh", "-c", "TOKEN=s3cret log --to https://me:s3cret@example.com"],
                "args": ["--password", "s3cret", "-v"],
                "env": [{"name": "LOG_KEY", "value": "s3cret"}],
            }
        ],
    )
    create(simulator, "agent", body=body)
    found = langsmith.get_deployment("agent")
    [sidecar] = found.source_config["resource_spec"]["sidecars"]
    assert sidecar["env"] == [{"name": "LOG_KEY"}]
    assert sidecar["args"] == ["--password", "***", "-v"]
    assert "s3cret" not in str(found.source_config)
    assert found.variable_names == ["TOKEN"]
