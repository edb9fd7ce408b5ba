"""Explaining a 409 on creation: what is in the way, and the ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .comparison import differences
from .errors import Conflict, ControlPlaneError
from .verdict import deletion_began

if TYPE_CHECKING:
    from .answers import Deployment
    from .client import ControlPlane

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
_SAME_AGENT = (
    "Deployment {name!r} (id {id}) is made from the same repository and langgraph.json, and a "
    "workspace takes one of each; {adopting}. Or delete that one first, or use another workspace."
)
_AGENT_UNKNOWN = (
    "A workspace takes one deployment for each agent environment: another one, perhaps under "
    "another name or still being deleted, is made from the same repository and langgraph.json. "
    "Adopt or delete that one, or use another workspace."
)


def adopting(deployment_id: str) -> str:
    """Tell how a program takes over an existing deployment."""
    return (
        "to manage it here, add to the resource: "
        f'opts=pulumi.ResourceOptions(import_="{deployment_id}") '
        "(it may be removed after the next `pulumi up`)"
    )


def explained(conflict: Conflict, sent: dict[str, Any], client: ControlPlane) -> Conflict:
    """Return the conflict with its cause named, as far as that can be looked up."""
    try:
        culprit = _culprit(conflict, sent, client)
    except ControlPlaneError:
        # The explanation must not replace what it explains.
        return conflict
    form = _form(conflict, culprit)
    if culprit is None:
        conflict.advice = form.format(name=sent["name"])
        return conflict
    conflict.deployment_id = culprit.id
    conflict.advice = form.format(name=culprit.name, id=culprit.id, adopting=adopting(culprit.id))
    return conflict


def _form(conflict: Conflict, culprit: Deployment | None) -> str:
    of_agent = conflict.kind == "agent_environment"
    if culprit is None:
        unknown = "" if conflict.kind == "other" else _PROJECT_LEFT_BEHIND
        return _AGENT_UNKNOWN if of_agent else unknown
    if deletion_began(culprit.status):
        return _BEING_DELETED
    return _SAME_AGENT if of_agent else _EXISTS


def _culprit(conflict: Conflict, sent: dict[str, Any], client: ControlPlane) -> Deployment | None:
    named = client.find(sent["name"])
    if named or conflict.kind != "agent_environment":
        return named
    agent = _agent(sent)
    if agent is None:
        return None
    return next((other for other in client.deployments() if _is_made_of(agent, other)), None)


def _is_made_of(agent: dict[str, Any], other: Deployment) -> bool:
    return not differences(agent, other, missing_means_unchanged=False)


def _agent(sent: dict[str, Any]) -> dict[str, Any] | None:
    """Return what the service tells agents apart by, as far as clients found out."""
    repository = sent["source_config"].get("repo_url")
    path = sent["source_revision_config"].get("langgraph_config_path")
    if not repository or not path:
        return None
    return {
        "source_config": {"repo_url": repository},
        "source_revision_config": {"langgraph_config_path": path},
    }
