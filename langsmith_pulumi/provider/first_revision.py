"""The first revision of a deployment from a local folder, which its rollout makes.

``provider/folder`` says why the deployment itself does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import payloads
from .changes import REVISION_FIELDS, compare
from .declarations import parent_urn
from .drift import is_already_applied
from .error_boundary import ProviderError
from .folder.difference import FOLDER, PATH
from .folder.upload import with_uploaded_folder
from .outputs import record_requested_revision
from .waits import send_when_idle

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment

    from .properties import Properties
    from .session import Session


def make_first_revision(
    session: Session, client: ControlPlaneClient, live: LiveDeployment, props: Properties
) -> LiveDeployment:
    """Upload the folder of a new deployment, make the first revision, and set the sizes.

    What an earlier run has done is not done again. ``props`` are the rollout's, which has no
    secrets; the deployment's inputs are those that this process has checked.
    """
    if not props.get(FOLDER):
        return live
    declared = session.declarations.get(parent_urn(props.get("progress_urn")))
    inputs = declared.inputs if declared else {}
    if live.latest_revision_id is None:
        live = _upload(session, client, live, inputs, props)
    if inputs.get("import_id"):
        return live
    return _resize(session, client, live, inputs)


def _upload(
    session: Session,
    client: ControlPlaneClient,
    live: LiveDeployment,
    inputs: Properties,
    props: Properties,
) -> LiveDeployment:
    if inputs.get(PATH) is None:
        raise ProviderError(
            f"The folder of deployment {live.name!r} is not uploaded yet, and this operation does "
            "not include the deployment. Run `pulumi up` without --target."
        )
    changed = [one for one in compare({}, inputs, REVISION_FIELDS) if not one.field.own_request]
    sent = with_uploaded_folder(client, live.id, inputs, urn=props.get("progress_urn"))
    body = payloads.patch_request(sent, changed, {})
    return _send(
        session,
        client,
        live,
        inputs,
        lambda seen: client.patch(
            live.id,
            body,
            makes_revision=True,
            previous_revision_id=(seen or live).latest_revision_id,
        ),
    )


def _resize(
    session: Session, client: ControlPlaneClient, live: LiveDeployment, inputs: Properties
) -> LiveDeployment:
    """Set the sizes, unless the service shows them; asking for the same again is one build more."""
    body = payloads.resize_request(inputs)
    sizes = [one for one in compare({}, inputs, REVISION_FIELDS) if one.field.own_request]
    if not sizes or is_already_applied(inputs, live, sizes):
        return live
    return _send(
        session,
        client,
        live,
        inputs,
        lambda seen: client.resize(
            live.id, body, previous_revision_id=(seen or live).latest_revision_id
        ),
    )


def _send(
    session: Session,
    client: ControlPlaneClient,
    live: LiveDeployment,
    inputs: Properties,
    send: Callable[[LiveDeployment | None], LiveDeployment],
) -> LiveDeployment:
    urn, timeout = inputs.get("progress_urn"), inputs.get("rollout_timeout")
    made = send_when_idle(client, live.id, send, urn=urn, timeout=timeout)
    record_requested_revision(session, made)
    return made
