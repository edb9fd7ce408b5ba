"""The properties of a resource in the state: its inputs, and what the service has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .changes import CONTROL_PLANE_URL
from .folder.difference import FOLDER, PATH
from .properties import DRIFTED, OPTIONS, READ_ONLY, VARIABLE_NAMES
from .sizes import SIZE_FIELDS
from .variables import FINGERPRINTS, VARIABLE_MAPS

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment

    from .properties import Properties
    from .session import Session

INPUTS = (
    "name",
    "display_name",
    "source",
    "source_config",
    "source_revision_config",
    *VARIABLE_MAPS,
    FINGERPRINTS,
    "secret_salt",
    VARIABLE_NAMES,
    "secret_references",
    "revision_source",
    "tracked_packages",
    "route_through_gateway",
    *SIZE_FIELDS,
    "triggers",
    PATH,
    FOLDER,
    "delete_tracing_project",
    "rollout_timeout",
    "interrupt_stuck",
    "health_check",
    "workspace_id",
    CONTROL_PLANE_URL,
    "import_id",
    READ_ONLY,
    OPTIONS,
    DRIFTED,
    "progress_urn",
)
"""The inputs, which a program sets and a refresh may correct."""


def record_requested_revision(session: Session, live: LiveDeployment) -> None:
    """Record that this process has requested the newest revision, so its failure is reported."""
    if live.latest_revision_id:
        session.requested_revisions.add(live.latest_revision_id)


def without_inputs(props: Properties) -> Properties:
    """Return the outputs of a deployment without the inputs among them."""
    return {key: value for key, value in props.items() if key not in INPUTS}


def outputs_of(
    inputs: Properties, live: LiveDeployment, client: ControlPlaneClient, requested: str | None
) -> Properties:
    """Return the inputs, which the next diff compares, and the outputs of the service.

    No live value that could contain a secret is included.
    """
    shown = {
        "id": live.id,
        "status": live.status,
        "latest_revision_id": live.latest_revision_id,
        "requested_revision_id": requested,
        "tenant_id": live.tenant_id or client.workspace,
        "created_at": live.created_at,
        "updated_at": live.updated_at,
    }
    return with_outputs(inputs, shown, client)


def with_outputs(inputs: Properties, shown: Properties, client: ControlPlaneClient) -> Properties:
    """Return the inputs with the outputs that the service shows."""
    known = {key: _text(value) for key, value in shown.items() if value is not None}
    return {**inputs, **location_of(client), **known}


def inputs_of(
    outs: Properties, names: tuple[str, ...], session: Session, client: ControlPlaneClient
) -> Properties:
    """Return the inputs among the outputs of a resource that was read."""
    inputs = {key: outs[key] for key in names if key in outs}
    if session.is_of_the_settings(client.url):
        # An output of every resource, and an input only where the program names another.
        inputs.pop(CONTROL_PLANE_URL)
    return inputs


def location_of(client: ControlPlaneClient) -> Properties:
    """Return the outputs that say where a resource is."""
    return {"control_plane_url": client.url}


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
