"""The deployments that a command names, read from the control plane."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.errors import (
    ControlPlaneError,
    DeploymentNotFound,
    ListenerNotFound,
)
from langsmith_pulumi.control_plane.listeners import ListenerClient
from langsmith_pulumi.control_plane.retry import BEST_EFFORT
from langsmith_pulumi.control_plane.text import is_uuid
from langsmith_pulumi.operations.connection import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment

_MAX_LISTED = 50


def select(
    client: ControlPlaneClient, wanted: Sequence[str], *, everything: bool
) -> list[LiveDeployment]:
    """Return the deployments of these names or ids, or all of the workspace, sorted by name.

    One that the service made for a pull request is returned only if its id is given.
    """
    listed = {one.id: one for one in client.deployments()}
    if everything and wanted:
        raise OperationError("Give either the names of deployments or --all, not both.")
    if not listed and not wanted:
        raise OperationError("This workspace has no deployments (langsmith:workspaceId).")
    if not everything and not wanted:
        raise OperationError(
            f"Name the deployments to import, or give --all. There are: {_names(listed.values())}."
        )
    chosen = listed if everything else _by_name_or_id(client, wanted, listed)
    # A list may leave fields out that a single deployment shows.
    return sorted((client.get(one) for one in chosen), key=lambda live: (live.name, live.id))


def missing_listeners(
    client: ControlPlaneClient, deployments: Iterable[LiveDeployment]
) -> set[str]:
    """Return the ids of listeners that deployments name, and the workspace no longer has."""
    named = {str(live.source_config.get("listener_id")) for live in deployments}
    return {one for one in named if is_uuid(one) and _is_missing(ListenerClient(client), one)}


def _is_missing(client: ListenerClient, listener_id: str) -> bool:
    """Return True if the service says so; one without the route, or a refusal, proves nothing."""
    try:
        client.get(listener_id, policy=BEST_EFFORT)
    except ListenerNotFound:
        return True
    except ControlPlaneError:
        return False
    return False


def _by_name_or_id(
    client: ControlPlaneClient, wanted: Sequence[str], listed: dict[str, LiveDeployment]
) -> list[str]:
    by_name = {live.name: live.id for live in listed.values()}
    chosen: dict[str, None] = {}
    for text in wanted:
        is_id = is_uuid(text) and text not in by_name
        chosen[_existing(client, text, listed) if is_id else _named(text, by_name)] = None
    return list(chosen)


def _named(name: str, by_name: dict[str, str]) -> str:
    if name in by_name:
        return by_name[name]
    similar = get_close_matches(name, by_name, n=3)
    hint = f"; did you mean {', '.join(similar)}?" if similar else "."
    raise OperationError(
        f"No deployment of this workspace is named {name!r}{hint} A deployment made for a pull "
        "request is imported by its id only."
    )


def _existing(
    client: ControlPlaneClient, deployment_id: str, listed: dict[str, LiveDeployment]
) -> str:
    if deployment_id.lower() in listed:
        return deployment_id.lower()
    try:
        return client.get(deployment_id).id
    except DeploymentNotFound:
        raise OperationError(
            f"This workspace has no deployment with the id {deployment_id}. There are: "
            f"{_names(listed.values())}."
        ) from None


def _names(deployments: Iterable[LiveDeployment]) -> str:
    names = sorted(live.name for live in deployments)
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return f"{', '.join(names[:_MAX_LISTED]) or 'none'}{more}"
