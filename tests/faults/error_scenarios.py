"""Functions that provoke an error and return its message."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from langsmith_pulumi.provider import rollouts
from langsmith_pulumi.provider.session import Session
from langsmith_pulumi.testing.simulator import error_responses
from tests.faults import faulty_transport, preparations
from tests.faults.engine import NAME
from tests.faults.faults import FAULTS_BY_NAME, PAGE
from tests.faults.listener_stack import LISTENER_PATH, LISTENERS_PATH, ListenerStack, cluster
from tests.faults.preparations import AGENT_PATH, DEPLOYMENT_PATH, DEPLOYMENTS_PATH
from tests.support.scenario import CANARY, docker, github

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.harness import Harness

NEXT_REVISION = {"source_revision_config__repo_ref": "v2"}
UNKNOWN_ID = "0b1d1f9e-7a53-4a0f-8f1b-3b1f0a4f9d55"


def agent(**changes: Any) -> dict[str, Any]:
    return {**github(**changes), "rollout_timeout": 600.0}


def create(harness: Harness) -> Harness:
    """Create a deployment that is in the state."""
    assert harness.engine.up(agent()) == ""
    return harness


def create_unmanaged(harness: Harness, **changes: Any) -> Harness:
    """Create a deployment that is in no state."""
    assert harness.engine.up(agent(**changes)) == ""
    harness.engine.state = type(harness.engine.state)()
    return harness


def up_with_settings(**config: str) -> Callable[[Harness], str]:
    """Return a scenario: an `up` with these settings and an empty environment."""

    def run(harness: Harness) -> str:
        harness.engine.session = lambda: Session(config.get)
        saved_states = {
            key: value for key, value in os.environ.items() if not key.startswith("LANG")
        }
        with patch.dict(os.environ, saved_states, clear=True):
            return harness.engine.up(agent())

    return run


def up_with_fault(
    fault: str, method: str, path: str, *, new: bool = False
) -> Callable[[Harness], str]:
    """Return a scenario: an `up` that changes (or creates), where one request always fails."""

    def run(harness: Harness) -> str:
        if not new:
            create(harness)
        FAULTS_BY_NAME[fault].inject(harness, method, path, times=-1, skip=0)
        return harness.engine.up(agent(**NEXT_REVISION))

    return run


def setting_with_fault(fault: str) -> Callable[[Harness], str]:
    """Return a scenario: an `up` that changes a setting, whose PATCH always fails."""

    def run(harness: Harness) -> str:
        create(harness)
        FAULTS_BY_NAME[fault].inject(harness, "PATCH", DEPLOYMENT_PATH, times=-1, skip=0)
        return harness.engine.up(agent(display_name="Support"))

    return run


def patch_answered(status: int, body: dict[str, Any]) -> Callable[[Harness], str]:
    """Return a scenario: an `up` whose PATCH gets this response."""

    def run(harness: Harness) -> str:
        create(harness).simulator.fail(
            "PATCH", DEPLOYMENT_PATH, "status", status=status, body=json.dumps(body)
        )
        return harness.engine.up(agent(**NEXT_REVISION, secrets__OPENAI_API_KEY=CANARY + "2"))

    return run


def repository_is_fixed(harness: Harness) -> str:
    create(harness).simulator.fixed_repo_url = True
    return harness.engine.up(agent(source_config__repo_url="https://github.com/acme/next"))


def health_check_with_fault(fault: str) -> Callable[[Harness], str]:
    """Return a scenario: an `up` whose agent always fails to answer well."""

    def run(harness: Harness) -> str:
        preparations.serve_agents(harness)
        FAULTS_BY_NAME[fault].inject(harness, "GET", AGENT_PATH, times=-1, skip=0)
        return harness.engine.up({**agent(), "health_check": True})

    return run


def display_name_fails(harness: Harness) -> str:
    FAULTS_BY_NAME["403"].inject(harness, "PATCH", DEPLOYMENT_PATH, times=-1, skip=0)
    assert harness.engine.up(agent(display_name="Support")) == ""
    return harness.row_messages[0]


def name_taken(harness: Harness) -> str:
    return create_unmanaged(harness).engine.up(agent())


def tracing_project_remains(harness: Harness) -> str:
    assert create(harness).engine.destroy() == ""
    return harness.engine.up(agent())


def name_being_deleted(harness: Harness) -> str:
    create(harness).simulator.deletion_seconds = 3600.0
    service = harness.simulator._service
    service.delete(harness.id, delete_tracing_project=True, force=False)
    harness.engine.state = type(harness.engine.state)()
    return harness.engine.up(agent())


def agent_environment_taken(harness: Harness) -> str:
    harness.simulator.one_per_agent_environment = True
    create_unmanaged(harness, name="older")
    error = harness.engine.up(agent())
    harness.simulator.one_per_agent_environment = False
    return error


def create_outcome_unknown(harness: Harness) -> str:
    create_unmanaged(harness, secrets={"OPENAI_API_KEY": "another"})
    harness.simulator.fail("POST", DEPLOYMENTS_PATH, "drop_request")
    return harness.engine.up(agent())


def verification_fails(harness: Harness) -> str:
    harness.simulator.fail("POST", DEPLOYMENTS_PATH, "drop_response")
    harness.simulator.fail("GET", "*", "status", status=503, times=-1)
    return harness.engine.up(agent())


def deleted_before_update(harness: Harness) -> str:
    service = create(harness).simulator._service
    service.delete(harness.id, delete_tracing_project=True, force=False)
    return harness.engine.up(agent(display_name="Support"))


def deleted_during_wait(harness: Harness) -> str:
    create(harness).simulator.revision_seconds = 60.0
    fault = FAULTS_BY_NAME["404 of the deployment"]
    fault.inject(harness, "GET", DEPLOYMENT_PATH, times=-1, skip=3)
    return harness.engine.up(agent(**NEXT_REVISION))


def revision_ended(status: str, message: str = "", *log: str) -> Callable[[Harness], str]:
    """Return a scenario: a revision that ends in this status."""

    def run(harness: Harness) -> str:
        create(harness).simulator.outcome(NAME, status, message, log, log)
        return harness.engine.up(agent(**NEXT_REVISION))

    return run


def rollout_times_out(harness: Harness) -> str:
    create(harness).simulator.revision_seconds = 3600.0
    return harness.engine.up(agent(**NEXT_REVISION))


def rollout_times_out_on_errors(harness: Harness) -> str:
    create(harness).simulator.revision_seconds = 3600.0
    harness.simulator.fail("GET", "*", "status", status=502, body=PAGE, times=-1, skip=4)
    return harness.engine.up(agent(**NEXT_REVISION))


def old_revision_serves(harness: Harness) -> str:
    active = create(harness).live["active_revision_id"]
    keep_active = faulty_transport.rewrite_response(
        lambda answer: answer.update(active_revision_id=active)
    )
    harness.transport.faults.append(
        faulty_transport.TransportFault("GET", DEPLOYMENT_PATH, keep_active, times=-1)
    )
    assert harness.engine.up(agent(**NEXT_REVISION)) == ""
    return harness.row_messages[0]


def delete_response_lost(harness: Harness) -> str:
    fault = FAULTS_BY_NAME["reset before execution"]
    fault.inject(create(harness), "DELETE", DEPLOYMENT_PATH, times=-1, skip=0)
    return harness.engine.destroy()


def deletion_times_out(harness: Harness) -> str:
    create(harness).simulator.deletion_seconds = 3600.0
    return harness.engine.destroy()


def import_not_found(harness: Harness) -> str:
    return harness.engine.up({**agent(), "import_id": UNKNOWN_ID})


def import_differs(harness: Harness) -> str:
    create_unmanaged(harness, source_config__deployment_type="prod")
    return harness.engine.up({**agent(), "import_id": harness.id})


def import_on_managed_resource(harness: Harness) -> str:
    return create(harness).engine.up({**agent(), "import_id": UNKNOWN_ID})


def check_fails(program: dict[str, Any]) -> Callable[[Harness], str]:
    """Return a scenario: a program that the check refuses."""
    return lambda harness: harness.engine.up(program)


def secrets_emptied(harness: Harness) -> str:
    return create(harness).engine.up(agent(secrets={}))


def replaced_under_same_name(harness: Harness) -> str:
    assert harness.engine.up({**agent(), "delete_tracing_project": False}) == ""
    prod = agent(source_config__deployment_type="prod")
    return harness.engine.up({**prod, "delete_tracing_project": False})


def internal_error(harness: Harness) -> str:
    def raise_error(*_: Any, **_named: Any) -> None:
        raise KeyError("url")

    with patch.object(rollouts, "_wait_or_read", raise_error):
        return harness.engine.up(agent())


INVALID_PROGRAM = agent(
    name="My_Agent",
    source_config__build_on_push="yes",
    source_config__repo_ur="https://github.com/acme/agents",
    source_revision_config__image_uri="acme/agent:1",
    secrets__LANGSMITH_TRACING_V2="true",
)
INVALID_RESOURCES = {
    **docker(source_config__resource_spec__cpu=99, source_config__resource_spec__min_scale=5),
    "name": NAME,
}


def listener_left_out(harness: Harness) -> str:
    assert ListenerStack(harness).up(cluster()) == ""
    return harness.engine.up(docker())


def cluster_taken(harness: Harness) -> str:
    assert ListenerStack(harness).up(cluster()) == ""
    return ListenerStack(harness).up(cluster())


def listeners_not_in_plan(harness: Harness) -> str:
    _answer(harness, "POST", LISTENERS_PATH, 403, error_responses.listeners_not_in_plan().detail)
    return ListenerStack(harness).up(cluster())


def listener_in_use(harness: Harness) -> str:
    stack = ListenerStack(harness)
    assert stack.up(cluster()) == ""
    detail = error_responses.listener_in_use(stack.live["id"], UNKNOWN_ID).detail
    _answer(harness, "DELETE", LISTENER_PATH, 409, detail)
    return stack.destroy()


def _answer(harness: Harness, method: str, path: str, status: int, detail: str) -> None:
    body = json.dumps({"detail": detail})
    harness.simulator.fail(method, path, "status", status=status, body=body)
