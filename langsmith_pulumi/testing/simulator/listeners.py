"""The operations on listeners, on bodies that were validated and have no nulls.

The cluster of a listener (`compute_type` and `compute_id`) is fixed. What happens to a listener
that deployments name is not published: the setting `listener_in_use` chooses.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from langsmith_pulumi.testing.simulator.error_responses import listener_exists, listener_in_use
from langsmith_pulumi.testing.simulator.records import ListenerRecord
from langsmith_pulumi.testing.simulator.workspace import Workspace, new_id

Body = Mapping[str, Any]


def create_listener(workspace: Workspace, body: Body) -> ListenerRecord:
    """Create a listener; raise a 409 if there is one for its cluster."""
    if any(body["compute_id"] == other.compute_id for other in workspace.listeners()):
        raise listener_exists(body["compute_id"])
    clock = workspace.clock()
    listener = ListenerRecord(
        id=new_id(),
        compute_id=body["compute_id"],
        k8s_namespaces=body["compute_config"].get("k8s_namespaces"),
        version=body.get("version"),
        created_at=clock,
        updated_at=clock,
    )
    workspace.records.listeners[listener.id] = listener
    return listener


def patch_listener(workspace: Workspace, listener_id: str, body: Body) -> ListenerRecord:
    """Change the namespaces and the version of a listener; what is left out stays."""
    listener = workspace.find_listener(listener_id)
    config = body.get("compute_config", {})
    changed = replace(
        listener,
        k8s_namespaces=config.get("k8s_namespaces", listener.k8s_namespaces),
        version=body.get("version", listener.version),
        updated_at=workspace.clock(),
    )
    workspace.records.listeners[listener.id] = changed
    return changed


def delete_listener(workspace: Workspace, listener_id: str) -> None:
    """Delete a listener, at once; deployments that name it stay as they are."""
    listener = workspace.find_listener(listener_id)
    if workspace.settings.listener_in_use == "keep":
        _require_unused(workspace, listener_id)
    workspace.records.listeners[listener.id] = replace(listener, is_deleted=True)


def _require_unused(workspace: Workspace, listener_id: str) -> None:
    for deployment in workspace.all():
        if deployment.source_config.get("listener_id") == listener_id:
            raise listener_in_use(listener_id, deployment.id)
