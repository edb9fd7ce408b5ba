"""Creating a deployment: the POST or the adoption, and the settings that a POST does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi.dynamic import CreateResult

from langsmith_pulumi.control_plane import errors

from . import payloads, progress
from .adoption import ADOPTION, adopt
from .folder.difference import PATH
from .outputs import outputs_of, record_requested_revision
from .sizes import SIZE_FIELDS
from .waits import create_when_free

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient

    from .properties import Properties
    from .session import Session

RESIZE_SECONDS = 20.0
"""Limit for the requests that resize a new deployment, whose id is not stored yet."""


def create(session: Session, props: Properties) -> CreateResult:
    """Create the deployment, or adopt the one that ``import_`` names."""
    client = session.client(props.get("workspace_id"), props.get("control_plane_url"))
    props = {key: value for key, value in props.items() if key != ADOPTION}
    if props.get("import_id"):
        live, made_revision = adopt(client, props)
    else:
        urn, timeout = props.get("progress_urn"), props.get("rollout_timeout")
        body = payloads.create_request(props)
        live, made_revision = create_when_free(client, body, urn=urn, timeout=timeout), True
    if made_revision:
        record_requested_revision(session, live)
    session.declarations.written(props.get("progress_urn"))
    outs = outputs_of(props, live, client, requested=live.latest_revision_id)
    outs = _set_display_name(client, props, outs)
    return CreateResult(live.id, _set_size(session, client, props, outs))


def _set_display_name(
    client: ControlPlaneClient, props: Properties, outs: Properties
) -> Properties:
    """Set the display name of a new deployment, which a POST does not take.

    The deployment is not in the state yet, so its id would be lost if this raised or took long. If
    it fails, the outputs lack the display name, and the next plan sets it.
    """
    if props.get("import_id") or not props.get("display_name"):
        return outs
    try:
        client.try_patch(outs["id"], payloads.display_name_request(props["display_name"]))
    except errors.ControlPlaneError as failure:
        progress.warn(
            props.get("progress_urn"),
            f"made, but not named {props['display_name']!r} yet; the next `up` does it: {failure}",
        )
        return {key: value for key, value in outs.items() if key != "display_name"}
    return outs


def _set_size(
    session: Session, client: ControlPlaneClient, props: Properties, outs: Properties
) -> Properties:
    """Set the size of a new deployment, which a POST does not take.

    As with the display name, this must neither raise nor take long. If it fails, the outputs lack
    the sizes, and the next plan sets them. Of a local folder the rollout makes the first revision,
    and then sets the sizes.
    """
    body = payloads.resize_request(props)
    is_later = props.get("import_id") or props.get(PATH) is not None
    if is_later or not body.payload():
        return outs
    try:
        limited = client.until(client.clock() + RESIZE_SECONDS)
        newest = outs.get("latest_revision_id")
        live = limited.resize(outs["id"], body, previous_revision_id=newest)
    except errors.ControlPlaneError as error:
        sizes = " and ".join(body.payload().values())
        progress.warn(
            props.get("progress_urn"),
            f"created, but not resized to {sizes} yet; the next `up` does it: {error}",
        )
        return {key: value for key, value in outs.items() if key not in SIZE_FIELDS}
    record_requested_revision(session, live)
    return outputs_of(outs, live, client, requested=live.latest_revision_id)
