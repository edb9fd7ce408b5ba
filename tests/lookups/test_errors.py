"""What a program and its user read if a look-up fails: one sentence and no traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.scenario import github, leaks

from .conftest import ACME, WORKSPACE, create

if TYPE_CHECKING:
    from langsmith_pulumi.testing.simulator import Simulator

    from .conftest import Asking

NOBODY = "00000000-0000-4000-8000-000000000000"

CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown name": (
        "get_deployment",
        {"name": "agnet"},
        f"There is no deployment named 'agnet' in the workspace {WORKSPACE} at ",
    ),
    "unknown id": (
        "get_deployment",
        {"deployment_id": NOBODY},
        f"404: Deployment ID {NOBODY} not found. Check the id; a deployment of another workspace",
    ),
    "malformed id": (
        "get_deployment",
        {"deployment_id": "../listeners"},
        "'../listeners' is no id of a deployment or revision; ids are UUIDs. Nothing was sent.",
    ),
    "output": (
        "list_deployments",
        {"deployment_ids": [{"secret": NOBODY}]},
        "list_deployments takes plain values, and an argument is an output: call list_deployments_",
    ),
    "neither name nor id": (
        "get_deployment",
        {},
        "get_deployment needs name or deployment_id, and not both.",
    ),
    "unknown revision": (
        "get_revision",
        {"deployment_id": "AGENT", "revision_id": NOBODY},
        "Check the id; list_revisions(deployment_id) returns those there are.",
    ),
    "no revision wanted": (
        "list_revisions",
        {"deployment_id": "AGENT", "limit": 0},
        "list_revisions: limit is 0, and has to be at least 1.",
    ),
    "refused filter": (
        "list_deployments",
        {"deployment_type": "huge"},
        "While listing deployments: GET /v2/deployments was answered 422: query.deployment_type",
    ),
    "unknown account": (
        "get_github_integration",
        {"name": "acne"},
        "There is no GitHub integration of the account 'acne'; those there are: 'Acme'. An owner",
    ),
    "unknown integration": (
        "list_github_repositories",
        {"integration_id": NOBODY},
        f"Integration ID {NOBODY} not found. Check the id that the answer names.",
    ),
    "unknown cluster": (
        "get_listener",
        {"compute_id": "asia"},
        "There is no listener of the cluster 'asia'; those there are: 'eu-cluster', 'us-cluster'.",
    ),
    "unknown listener": (
        "get_listener",
        {"listener_id": NOBODY},
        f"Listener ID {NOBODY} not found. Check the id; list_listeners() returns those there are.",
    ),
    "cluster and listener": (
        "get_listener",
        {"compute_id": "us-cluster", "listener_id": ACME.id},
        "get_listener needs compute_id or listener_id, and not both.",
    ),
    "malformed workspace": (
        "list_listeners",
        {"workspace_id": "acme"},
        "The workspace id 'acme' is no UUID.",
    ),
    "other workspace": ("list_listeners", {"workspace_id": NOBODY}, "While listing listeners: GET"),
    "other control plane": (
        "list_listeners",
        {"control_plane_url": "https://example.com"},
        "There is no API key for the control plane https://example.com; the key of the settings ",
    ),
}


def test_each_error_says_what_to_do(asking: Asking, simulator: Simulator) -> None:
    """A program can catch each error; its text says what was asked and what to do."""
    agent = create(simulator, "agent")
    lookups = {
        case: (function, {key: agent if text == "AGENT" else text for key, text in given.items()})
        for case, (function, given, _) in CASES.items()
    }
    asking.write(lookups, caught=True)
    done = asking.engine.up()
    assert done.ok, done.errors
    for case, (_, _, part) in CASES.items():
        assert part in done.outputs[case], case
        assert done.outputs[case].count("\n") == 0, case
    assert leaks(done.text) == []


FOUND = "get_deployment_output"
UNCAUGHT: dict[str, dict[str, Any]] = {
    "function": {"lookups": {"found": ("get_deployment", {"name": "agnet"})}},
    "output": {"lookups": {"found": (FOUND, {"name": "agnet"})}},
    "input of a resource": {
        "lookups": {},
        "declared": {"agent": github(triggers={"a": {"found": [FOUND, {"name": "agnet"}]}})},
    },
}


@pytest.mark.parametrize("program", UNCAUGHT.values(), ids=UNCAUGHT)
def test_a_failed_program_prints_a_sentence(asking: Asking, program: dict[str, Any]) -> None:
    """An error that nobody catches ends the preview with its sentence alone."""
    asking.write(**program)
    preview = asking.engine.preview()
    assert not preview.ok
    assert "There is no deployment named 'agnet'" in preview.text
    assert "Traceback" not in preview.text
    assert "__main__.py" not in preview.text
