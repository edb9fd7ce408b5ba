"""Adopt a deployment that exists, for ``ResourceOptions(import_=ID)``.

The SDK cannot import a dynamic resource: the engine would call ``read`` with nothing but an id.
So the id travels as an input, and ``create`` takes the deployment over instead of making one.

A preview calls nothing but ``check``, so that one reads the deployment and says what adopting it
changes: as an input that shows in the plan, and as a warning where variables would be removed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.comparison import is_same
from langsmith_pulumi.control_plane.text import without_credentials

from . import bags, bodies
from .changes import FIELDS, SECRETS, Change, Changed, compare, of_kind
from .door import Refusal
from .drift import with_drift
from .problem import Problem

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlane
    from langsmith_pulumi.control_plane.models import Deployment

    from .bags import Bag

ADOPTION = "adoption"
"""The input in which a plan says what an adoption changes."""

_SHOWN = {
    "display_name",
    "source_config.build_on_push",
    "source_revision_config.repo_ref",
    "source_revision_config.langgraph_config_path",
    "route_through_gateway",
}
"""Fields whose live value a plan shows; figures are shown too, other text may hold a secret."""


@dataclass(frozen=True)
class Comparison:
    """What an adoption would change, or why that is not known."""

    summary: Bag
    problems: list[Problem] = field(default_factory=list)
    warning: str = ""


def adopt(client: ControlPlane, props: Bag) -> tuple[Deployment, bool]:
    """Patch the deployment that ``import_`` names where it differs from the program.

    Return it, and whether a revision was asked for. Nothing is posted. A fixed field that differs
    is refused, with both values.
    """
    live = _get(client, props)
    differing = fixed_differences(props, live)
    if differing:
        told = "; ".join(f"{problem.path} {problem.reason}" for problem in differing)
        raise Refusal(
            f"Deployment {live.id} cannot be adopted as it is: {told}. Write the program to match, "
            "or remove import_."
        )
    changed = _changed(props, live)
    body = bodies.patch_body(props, changed, live.source_config.get("resource_spec") or {})
    if not body.payload():
        return live, False
    patched = client.patch(live.id, body, newest=live.latest_revision_id)
    return patched, patched.latest_revision_id != live.latest_revision_id


def compare_at_preview(client: ControlPlane, inputs: Bag) -> Comparison:
    """Read the deployment that ``import_`` names, and return what adopting it would change."""
    from langsmith_pulumi.control_plane.retrying import HASTILY

    known: Bag = bags.known(inputs)
    try:
        live = client.get(inputs["import_id"], policy=HASTILY)
    except errors.DeploymentMissing:
        return Comparison({}, [Problem("import_id", _missing(inputs))])
    except errors.ControlPlaneError as failure:
        return not_compared(failure.account())
    changed = [*_changed(known, live), *_unknown_changes(inputs)]
    variables = _variables(known, live, changed)
    summary = {
        "compared": True,
        "revision": bool(of_kind(changed, Change.REVISION)),
        "differences": [_row(change, live) for change in changed if change.field.path != SECRETS],
        **variables,
    }
    return Comparison(
        {key: value for key, value in summary.items() if value not in ([], None)},
        fixed_differences(known, live),
        _removal(live, variables["variables_removed"]),
    )


def not_compared(reason: str) -> Comparison:
    """Return that the deployment could not be read, so that nobody knows what changes."""
    return Comparison(
        {"compared": False},
        warning=(
            "What adopting this deployment changes is not known, for it could not be read: "
            f"{reason.rstrip('.')}. `up` removes variables that the program does not name."
        ),
    )


def fixed_differences(props: Bag, live: Deployment) -> list[Problem]:
    """Return the fixed fields that differ, with both values."""
    shown = _fixed(live)
    return [
        Problem(field.path, _fixed_reason(mine, theirs))
        for field in FIELDS
        if field.change is Change.REPLACE
        for mine, theirs in [(bags.get(props, field.path), bags.get(shown, field.path))]
        if mine is not None and theirs is not None and not is_same(field.path, mine, theirs)
    ]


def _fixed_reason(mine: Any, theirs: Any) -> str:
    return (
        f"is {without_credentials(theirs)!r} there and {without_credentials(mine)!r} in the "
        "program, and cannot change after creation"
    )


def _get(client: ControlPlane, props: Bag) -> Deployment:
    try:
        return client.get(props["import_id"])
    except errors.DeploymentMissing as missing:
        raise Refusal(f"import_ {_missing(props)}.") from missing


def _missing(props: Bag) -> str:
    return (
        f"names deployment {props['import_id']}, which this workspace does not have. Check the id "
        "and the workspace (langsmith:workspaceId), or remove import_ to have "
        f"{props['name']!r} made anew"
    )


def _changed(props: Bag, live: Deployment) -> list[Changed]:
    return compare(with_drift(props, live, missing_means_unchanged=False), props)


def _unknown_changes(inputs: Bag) -> list[Changed]:
    """Return the fields that are known only during `up`: they may change something."""
    unknown = bags.unknown_paths(inputs)
    return [
        Changed(path, field)
        for field in FIELDS
        for path in sorted(unknown)
        if path == field.path or path.startswith(f"{field.path}.")
    ]


def _variables(inputs: Bag, live: Deployment, changed: list[Changed]) -> dict[str, list[str]]:
    """Return the names of the variables that are added, changed and removed."""
    names = [one.path.partition(".")[2] for one in changed if one.field.path == SECRETS]
    wanted = inputs.get(SECRETS) or {}
    return {
        "variables_added": [name for name in names if name not in live.secrets],
        "variables_changed": [name for name in names if name in live.secrets and name in wanted],
        "variables_removed": [name for name in names if name in live.secrets.keys() - wanted],
    }


def _row(change: Changed, live: Deployment) -> Bag:
    """Return one difference; the wanted value stands in the plan's inputs."""
    value = bags.get(
        {
            "display_name": live.display_name,
            "source_config": live.source_config,
            "source_revision_config": live.source_revision_config,
            "route_through_gateway": live.route_through_gateway,
        },
        change.path,
    )
    is_shown = change.path in _SHOWN or isinstance(value, (bool, int, float))
    return {"path": change.path, "live": value} if is_shown else {"path": change.path}


def _removal(live: Deployment, removed: list[str]) -> str:
    if not removed:
        return ""
    return (
        f"Adopting {live.name!r} removes variables that the program does not name, for good: "
        f"{', '.join(removed)}."
    )


def _fixed(live: Deployment) -> Bag:
    return {
        "name": live.name,
        "source": live.source,
        "workspace_id": live.tenant_id,
        "source_config": live.source_config,
    }
