"""Find a deployment by what a person types: its exact name, or its id."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.errors import DeploymentNotFound
from langsmith_pulumi.control_plane.text import is_uuid

from .connection import OperationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment

_SUGGESTIONS = 5


def find_deployment(client: ControlPlaneClient, name: str) -> LiveDeployment:
    """Return the deployment of exactly this name or id.

    Raise ``OperationError`` with similar names if there is none, or with the id of a preview build.
    """
    found = _by_id(client, name) if is_uuid(name) else None
    found = found or client.find(name)
    if found is None:
        preview = next(client.search({"name": name}, include_previews=True), None)
        if preview is not None:
            raise OperationError(
                f"{preview.name!r} is a preview build, which the service made for a pull request. "
                f"To operate it, give its id: {preview.id}."
            )
        names = similar_names(name, (one.name for one in client.deployments()))
        near = f" Similar names: {', '.join(names)}." if names else ""
        raise OperationError(
            f"The workspace has no deployment of the name or id {name!r}.{near} "
            "`langsmith-pulumi status --workspace` lists all of them."
        )
    return found


def _by_id(client: ControlPlaneClient, identifier: str) -> LiveDeployment | None:
    try:
        return client.get(identifier)
    except DeploymentNotFound:
        return None


def similar_names(wanted: str, names: Iterable[str]) -> list[str]:
    """Return the names that may be meant: those that contain the text, then those close to it."""
    known = sorted(set(names))
    containing = [name for name in known if wanted.lower() in name.lower()]
    close = get_close_matches(wanted, known, _SUGGESTIONS)
    return list(dict.fromkeys([*containing, *close]))[:_SUGGESTIONS]
