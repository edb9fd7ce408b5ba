"""Taking over a deployment that exists, for ``ResourceOptions(import_=ID)``.

The SDK cannot import a dynamic resource: the engine would call ``read`` with nothing but an id.
So the id travels as an input, and ``create`` takes the deployment over instead of making one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.comparison import is_same

from . import bags, bodies
from .changes import FIELDS, Change, compare
from .door import Refusal
from .drift import with_drift

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlane
    from langsmith_pulumi.control_plane.models import Deployment

    from .bags import Bag


def adopt(client: ControlPlane, props: Bag) -> tuple[Deployment, bool]:
    """The deployment that ``import_`` names, and whether a revision was asked for.

    It is patched where it differs from the program.

    Nothing is posted. A fixed field that differs is refused, with both values.
    """
    live = _get(client, props)
    _refuse_other_fixed_fields(props, live)
    changed = compare(with_drift(props, live, missing_means_unchanged=False), props)
    body = bodies.patch_body(props, changed, live.source_config.get("resource_spec") or {})
    if not body.payload():
        return live, False
    patched = client.patch(live.id, body, newest=live.latest_revision_id)
    return patched, patched.latest_revision_id != live.latest_revision_id


def _get(client: ControlPlane, props: Bag) -> Deployment:
    try:
        return client.get(props["import_id"])
    except errors.DeploymentMissing as missing:
        raise Refusal(
            f"import_ names deployment {props['import_id']}, which this workspace does not have. "
            "Check the id and the workspace (langsmith:workspaceId), or remove import_ to have "
            f"{props['name']!r} made anew."
        ) from missing


def _refuse_other_fixed_fields(props: Bag, live: Deployment) -> None:
    differing = [
        f"{field.path} is {theirs!r} there and {mine!r} in the program"
        for field in FIELDS
        if field.change is Change.REPLACE
        for mine, theirs in [(bags.get(props, field.path), bags.get(_fixed(live), field.path))]
        if mine is not None and theirs is not None and not is_same(field.path, mine, theirs)
    ]
    if differing:
        raise Refusal(
            f"Deployment {live.id} cannot be adopted as it is, for these fields are fixed at "
            f"creation: {'; '.join(differing)}. Write the program to match, or remove import_."
        )


def _fixed(live: Deployment) -> Bag:
    return {
        "name": live.name,
        "source": live.source,
        "workspace_id": live.tenant_id,
        "source_config": live.source_config,
    }
