"""The crashes: an operation, and the request that is without an answer when all is killed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.scenario import CANARY, Program, docker, github

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.testing.simulator import Simulator

DEPLOYMENT = "/v2/deployments/????????-*"
NEVER = 3600.0
"""Seconds that an answer is held back: longer than any test."""


@dataclass(frozen=True)
class Crash:
    """An operation, the point at which everything is killed, and how the next `up` ends."""

    name: str
    program: Program
    held_request: dict[str, Any]
    """The request that gets no answer."""
    when: Callable[[Simulator], bool] = lambda _simulator: True
    """The state of the control plane at the kill; the request has come in by then."""
    before: Program = field(default_factory=dict)
    operation: str = "up"
    needs_adoption: bool = False
    """Whether the next `up` can but tell how to adopt."""
    deployments: tuple[str, ...] = ("agent",)
    adopts: bool = False
    """Whether the program adopts the deployment that is there, by ``import_``."""


def hold_request(method: str, path: str = DEPLOYMENT, **options: Any) -> dict[str, Any]:
    return {"method": method, "path": path, "seconds": NEVER, **options}


def lose_response(method: str, path: str = DEPLOYMENT) -> dict[str, Any]:
    """Return the hold of a response after its request is carried out."""
    return hold_request(method, path, after=True)


def live_value_is(path: str, value: Any) -> Callable[[Simulator], bool]:
    def condition(simulator: Simulator) -> bool:
        found: Any = simulator.deployments().get("agent", {})
        for key in path.split("."):
            found = found.get(key, {})
        return bool(found == value)

    return condition


def is_created(simulator: Simulator) -> bool:
    return "agent" in simulator.deployments()


def has_second_revision(simulator: Simulator) -> bool:
    return len(simulator.revisions("agent")) > 1


def is_being_deleted(simulator: Simulator) -> bool:
    return "agent" not in simulator.deployments()


AGENT = {"agent": github(delete_tracing_project=True)}
WITH_DISPLAY_NAME = {"agent": github(delete_tracing_project=True, display_name="Support")}
NEXT_REVISION = {
    "agent": github(delete_tracing_project=True, source_revision_config__repo_ref="v2")
}
PROD = {"agent": github(delete_tracing_project=True, source_config__deployment_type="prod")}
DEDICATED = {
    "agent": github(delete_tracing_project=True, source_config__deployment_type="dedicated")
}
RESIZED = {"agent": {**DEDICATED["agent"], "compute_size": "medium"}}
VARIABLES = {
    "agent": github(
        delete_tracing_project=True,
        secrets={"OPENAI_API_KEY": CANARY},
        environment_variables={"LOG_LEVEL": "debug", "REGION": "eu"},
    )
}
"""A variable that moves from the secrets and changes, and a new one."""
CHECKED = {"agent": github(delete_tracing_project=True, health_check=True)}
CHECKED_NEXT = {"agent": {**NEXT_REVISION["agent"], "health_check": True}}
RENAMED = {"agent": github(delete_tracing_project=True, name="agent-two")}
IMAGE = {"agent": docker(delete_tracing_project=True)}
SCALED = {"agent": docker(delete_tracing_project=True, source_config__resource_spec__max_scale=9)}
RENAMED_RESOURCE = {"old": github(name="agent", delete_tracing_project=True)}
"""Managed under another resource name, which the program drops."""
ADOPTING = {
    "agent": github(
        name="agent", delete_tracing_project=True, source_revision_config__repo_ref="v2"
    )
}
REVISION = "/v2/deployments/*/revisions/*"
RESOURCE_TIERS = "/v2/deployments/*/resource-tiers"
DEPLOYMENTS_PATH = "/v2/deployments"
AGENT_URL = "/_agents/*/ok"

CRASHES = [
    Crash("create: before the POST is carried out", AGENT, hold_request("POST", DEPLOYMENTS_PATH)),
    Crash(
        "create: the answer to the POST is lost",
        AGENT,
        lose_response("POST", DEPLOYMENTS_PATH),
        is_created,
        needs_adoption=True,
    ),
    Crash(
        "create: before it is given its display name",
        WITH_DISPLAY_NAME,
        hold_request("PATCH"),
        is_created,
        needs_adoption=True,
    ),
    Crash("create: the wait has not begun", AGENT, hold_request("GET"), is_created),
    Crash("create: in the wait", AGENT, hold_request("GET", REVISION), is_created),
    Crash(
        "in place: before the PATCH is carried out",
        WITH_DISPLAY_NAME,
        hold_request("PATCH"),
        before=AGENT,
    ),
    Crash(
        "in place: the answer to the PATCH is lost",
        WITH_DISPLAY_NAME,
        lose_response("PATCH"),
        live_value_is("display_name", "Support"),
        before=AGENT,
    ),
    Crash(
        "create: before it is resized",
        RESIZED,
        hold_request("PATCH", RESOURCE_TIERS),
        is_created,
        needs_adoption=True,
    ),
    Crash(
        "resize: before the PATCH is carried out",
        RESIZED,
        hold_request("PATCH", RESOURCE_TIERS),
        before=DEDICATED,
    ),
    Crash(
        "resize: the answer to the PATCH is lost",
        RESIZED,
        lose_response("PATCH", RESOURCE_TIERS),
        has_second_revision,
        before=DEDICATED,
    ),
    Crash(
        "revision: before the PATCH is carried out",
        NEXT_REVISION,
        hold_request("PATCH"),
        before=AGENT,
    ),
    Crash(
        "revision: the answer to the PATCH is lost",
        NEXT_REVISION,
        lose_response("PATCH"),
        live_value_is("source_revision_config.repo_ref", "v2"),
        before=AGENT,
    ),
    Crash("revision: in the wait", NEXT_REVISION, hold_request("GET", REVISION), before=AGENT),
    Crash(
        "variables: before the PATCH is carried out",
        VARIABLES,
        hold_request("PATCH"),
        before=AGENT,
    ),
    Crash(
        "variables: the answer to the PATCH is lost",
        VARIABLES,
        lose_response("PATCH"),
        has_second_revision,
        before=AGENT,
    ),
    Crash("create: in the health check", CHECKED, hold_request("GET", AGENT_URL), is_created),
    Crash(
        "revision: in the health check",
        CHECKED_NEXT,
        hold_request("GET", AGENT_URL, skip=2),
        has_second_revision,
        before=AGENT,
    ),
    Crash("resources: before they are read", SCALED, hold_request("GET"), before=IMAGE),
    Crash("resources: before they are written", SCALED, hold_request("PATCH"), before=IMAGE),
    Crash("replace, delete first: before the DELETE", PROD, hold_request("DELETE"), before=AGENT),
    Crash(
        "replace, delete first: the answer to the DELETE is lost",
        PROD,
        lose_response("DELETE"),
        is_being_deleted,
        before=AGENT,
    ),
    Crash(
        "replace, delete first: until it is gone",
        PROD,
        hold_request("GET"),
        is_being_deleted,
        before=AGENT,
    ),
    Crash(
        "replace, delete first: before the POST",
        PROD,
        hold_request("POST", DEPLOYMENTS_PATH),
        before=AGENT,
    ),
    Crash(
        "replace, delete first: the answer to the POST is lost",
        PROD,
        lose_response("POST", DEPLOYMENTS_PATH),
        live_value_is("source_config.deployment_type", "prod"),
        before=AGENT,
        needs_adoption=True,
    ),
    Crash("replace, delete first: in the wait", PROD, hold_request("GET", REVISION), before=AGENT),
    Crash(
        "replace, create first: before the POST",
        RENAMED,
        hold_request("POST", DEPLOYMENTS_PATH),
        before=AGENT,
        deployments=("agent-two",),
    ),
    Crash(
        "replace, create first: in the wait",
        RENAMED,
        hold_request("GET", REVISION),
        before=AGENT,
        deployments=("agent-two",),
    ),
    Crash(
        "replace, create first: before the DELETE",
        RENAMED,
        hold_request("DELETE"),
        before=AGENT,
        deployments=("agent-two",),
    ),
    Crash(
        "destroy: before the DELETE",
        AGENT,
        hold_request("DELETE"),
        before=AGENT,
        operation="destroy",
    ),
    Crash(
        "destroy: the answer to the DELETE is lost",
        AGENT,
        lose_response("DELETE"),
        is_being_deleted,
        before=AGENT,
        operation="destroy",
    ),
    Crash(
        "destroy: until it is gone",
        AGENT,
        hold_request("GET"),
        is_being_deleted,
        before=AGENT,
        operation="destroy",
    ),
    Crash(
        "adopt: before it is read",
        ADOPTING,
        hold_request("GET"),
        before=RENAMED_RESOURCE,
        adopts=True,
    ),
    Crash(
        "adopt: before the PATCH is carried out",
        ADOPTING,
        hold_request("PATCH"),
        before=RENAMED_RESOURCE,
        adopts=True,
    ),
    Crash(
        "adopt: the answer to the PATCH is lost",
        ADOPTING,
        lose_response("PATCH"),
        live_value_is("source_revision_config.repo_ref", "v2"),
        before=RENAMED_RESOURCE,
        adopts=True,
    ),
    Crash(
        "adopt: in the wait",
        ADOPTING,
        hold_request("GET", REVISION),
        before=RENAMED_RESOURCE,
        adopts=True,
    ),
    Crash("refresh: in the read", AGENT, hold_request("GET"), before=AGENT, operation="refresh"),
]
