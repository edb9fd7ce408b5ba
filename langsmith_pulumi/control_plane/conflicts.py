"""Explanations of a 409 on create: what the conflict is with, and how to resolve it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .comparison import differences
from .errors import Conflict, ControlPlaneError
from .revision_status import is_being_deleted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .responses import LiveDeployment

    Find = Callable[[str], LiveDeployment | None]
    ListAll = Callable[[], Iterable[LiveDeployment]]

_PROJECT_LEFT_BEHIND = (
    "No deployment is named {name!r}, so a tracing project of that name, left behind by a deleted "
    "deployment or made by hand, keeps the name. Delete that project in LangSmith (its traces go "
    "with it); or choose another name; or, next time, delete a deployment with "
    "delete_tracing_project=True."
)
_BEING_DELETED = (
    "Deployment {name!r} (id {id}) is being deleted and keeps its place until it is gone. Run "
    "`pulumi up` again in a few minutes."
)
_EXISTS = (
    "Deployment {name!r} exists already (id {id}); {adopting}. If it is in this stack under "
    'another resource name, add aliases=[pulumi.Alias(name="<the old name>")] instead, or run '
    "`pulumi state rename`. Or choose another name."
)
_PREVIEW = (
    "Deployment {name!r} (id {id}) has that name, which the service made for a pull request and "
    "deletes with it. Choose another name, or run again when the pull request is closed."
)
_SAME_AGENT = (
    "Deployment {name!r} (id {id}) is made from the same repository and langgraph.json, and a "
    "workspace takes one of each; {adopting}. Or delete that one first, or use another workspace."
)
_AGENT_UNKNOWN = (
    "A workspace takes one deployment for each agent environment: another one, perhaps under "
    "another name or still being deleted, is made from the same repository and langgraph.json. "
    "Adopt or delete that one, or use another workspace."
)


def adoption_hint(deployment_id: str) -> str:
    """Return how a program adopts an existing deployment."""
    return (
        "to manage it here, add to the resource: "
        f'opts=pulumi.ResourceOptions(import_="{deployment_id}") '
        "(it may be removed after the next `pulumi up`)"
    )


def explain_conflict(
    conflict: Conflict, body: dict[str, Any], find: Find, list_deployments: ListAll
) -> Conflict:
    """Return the conflict with the conflicting deployment and the advice, as far as known."""
    try:
        other = _conflicting_deployment(conflict, body, find, list_deployments)
    except ControlPlaneError:
        # The error of the look-up must not replace the conflict.
        return conflict
    template = _advice_template(conflict, other)
    if other is None:
        conflict.advice = template.format(name=body["name"])
        return conflict
    conflict.deployment_id, conflict.deployment_name = other.id, other.name
    conflict.is_being_deleted = is_being_deleted(other.status)
    conflict.advice = template.format(
        name=other.name, id=other.id, adopting=adoption_hint(other.id)
    )
    return conflict


def _advice_template(conflict: Conflict, other: LiveDeployment | None) -> str:
    is_agent_conflict = conflict.kind == "agent_environment"
    if other is None:
        if is_agent_conflict:
            return _AGENT_UNKNOWN
        return _PROJECT_LEFT_BEHIND if conflict.kind == "project_exists" else ""
    if is_being_deleted(other.status):
        return _BEING_DELETED
    if other.is_preview:
        return _PREVIEW
    return _SAME_AGENT if is_agent_conflict else _EXISTS


def _conflicting_deployment(
    conflict: Conflict, body: dict[str, Any], find: Find, list_deployments: ListAll
) -> LiveDeployment | None:
    named = find(body["name"])
    if named or conflict.kind != "agent_environment":
        return named
    agent = _agent_of(body)
    if agent is None:
        return None
    return next((other for other in list_deployments() if _is_same_agent(agent, other)), None)


def _is_same_agent(agent: dict[str, Any], other: LiveDeployment) -> bool:
    return not differences(agent, other, missing_means_unchanged=False)


def _agent_of(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the fields by which the service distinguishes agents, as clients have found out."""
    repository = body["source_config"].get("repo_url")
    path = body["source_revision_config"].get("langgraph_config_path")
    if not repository or not path:
        return None
    return {
        "source_config": {"repo_url": repository},
        "source_revision_config": {"langgraph_config_path": path},
    }
