"""Look-ups of listeners, which run deployments in clusters of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_pulumi.provider.error_boundary import ProviderError

from .connection import Place, look_up, plain, with_inputs
from .results import ListenerResult
from .values import time_text

if TYPE_CHECKING:
    import pulumi

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.listeners import ListenerClient
    from langsmith_pulumi.control_plane.responses import LiveListener


@plain
def get_listener(
    compute_id: str | None = None,
    *,
    listener_id: str | None = None,
    workspace_id: str | None = None,
    control_plane_url: str | None = None,
) -> ListenerResult:
    """Return the listener of a cluster, or of an id; one of the two has to be given.

    Listeners exist for self-hosted and hybrid workspaces only.

    Args:
        compute_id: The name of the cluster, unique in the workspace.
        listener_id: The id (UUID) of the listener.
        workspace_id: The workspace (UUID) to ask, where it is not that of the settings.
        control_plane_url: The control plane to ask, where it is not that of the settings; its key is the one that ``langsmith:apiKeys`` has for it.

    Raises:
        pulumi.RunError: there is no such listener (the text lists those there are), or the control
            plane could not be asked.
    """  # noqa: E501 - an editor shows one line of an argument's description

    def ask(client: ControlPlaneClient) -> ListenerResult:
        from langsmith_pulumi.control_plane.listeners import ListenerClient

        if bool(compute_id) == bool(listener_id):
            raise ProviderError("get_listener needs compute_id or listener_id, and not both.")
        listeners = ListenerClient(client)
        if listener_id:
            return _result(listeners.get(listener_id))
        return _of_cluster(listeners, compute_id)

    operation = f"looking up the listener {(compute_id or listener_id or '')!r}"
    return look_up(operation, Place(workspace_id, control_plane_url), ask)


def get_listener_output(
    compute_id: pulumi.Input[str | None] = None,
    *,
    listener_id: pulumi.Input[str | None] = None,
    workspace_id: pulumi.Input[str | None] = None,
    control_plane_url: pulumi.Input[str | None] = None,
) -> pulumi.Output[ListenerResult]:
    """Return the listener of a cluster, or of an id, both of which may be outputs.

    See ``get_listener``. While an input is unknown in a preview, so is the result.
    """
    return with_inputs(
        get_listener,
        compute_id=compute_id,
        listener_id=listener_id,
        workspace_id=workspace_id,
        control_plane_url=control_plane_url,
    )


@plain
def list_listeners(
    *, workspace_id: str | None = None, control_plane_url: str | None = None
) -> list[ListenerResult]:
    """Return all listeners of the workspace, sorted by the name of their cluster.

    Args:
        workspace_id: The workspace (UUID) to ask, where it is not that of the settings.
        control_plane_url: The control plane to ask, where it is not that of the settings; its key is the one that ``langsmith:apiKeys`` has for it.

    Raises:
        pulumi.RunError: the workspace has no right to listeners, or the control plane could not be
            asked.
    """  # noqa: E501 - an editor shows one line of an argument's description

    def ask(client: ControlPlaneClient) -> list[ListenerResult]:
        from langsmith_pulumi.control_plane.listeners import ListenerClient

        found = [_result(live) for live in ListenerClient(client).list()]
        return sorted(found, key=lambda listener: listener.compute_id)

    return look_up("listing listeners", Place(workspace_id, control_plane_url), ask)


def list_listeners_output(
    *,
    workspace_id: pulumi.Input[str | None] = None,
    control_plane_url: pulumi.Input[str | None] = None,
) -> pulumi.Output[list[ListenerResult]]:
    """Return all listeners of the workspace, which may be an output.

    See ``list_listeners``. While an input is unknown in a preview, so is the result.
    """
    return with_inputs(
        list_listeners, workspace_id=workspace_id, control_plane_url=control_plane_url
    )


def _of_cluster(listeners: ListenerClient, compute_id: str | None) -> ListenerResult:
    found = list(listeners.list())
    for live in found:
        if live.compute_id == compute_id:
            return _result(live)
    there_are = ", ".join(sorted(repr(live.compute_id) for live in found))
    others = f"those there are: {there_are}" if found else "the workspace has none"
    raise ProviderError(f"There is no listener of the cluster {compute_id!r}; {others}.")


def _result(live: LiveListener) -> ListenerResult:
    return ListenerResult(
        id=live.id,
        compute_id=live.compute_id,
        compute_type=live.compute_type,
        k8s_namespaces=live.k8s_namespaces,
        version=live.version,
        created_at=time_text(live.created_at),
        updated_at=time_text(live.updated_at),
    )
