"""Adoption of an existing deployment or listener, for ``ResourceOptions(import_=ID)``.

The SDK cannot import a dynamic resource, because the engine would call ``read`` with an id alone.
The id is an input instead, and ``create`` adopts what it names.

A preview of a create calls only ``check``, which therefore reads the live resource and shows what
the adoption changes: as an input in the plan, in a message, and as a warning where variables would
be removed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.comparison import is_same
from langsmith_pulumi.control_plane.text import printable, without_credentials

from . import progress
from .changes import CONTROL_PLANE_URL, FIELDS, ChangedField, Field, Impact, compare, with_impact
from .drift import with_drift
from .error_boundary import ProviderError
from .folder.upload import with_uploaded_folder
from .payloads import makes_revision, patch_request, resize_request
from .properties import get_path, unknown_paths, without_unknowns
from .validation_problem import ValidationProblem
from .variables import ENVIRONMENT_VARIABLES, SECRETS, all_variables
from .waits import send_when_idle

if TYPE_CHECKING:
    from collections.abc import Callable

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment

    from .properties import Properties
    from .session import Session

ADOPTION = "adoption"
"""The input in which a plan shows what an adoption changes."""

_SHOWN_PATHS = {
    "display_name",
    "source_config.repo_url",
    "source_config.build_on_push",
    "source_revision_config.repo_ref",
    "source_revision_config.langgraph_config_path",
    "route_through_gateway",
}
"""Fields whose live value a plan shows, as it does numbers; other text may contain a secret."""


@dataclass(frozen=True)
class Comparison:
    """The changes of an adoption, or the reason why they are unknown."""

    summary: Properties = field(default_factory=dict)
    problems: list[ValidationProblem] = field(default_factory=list)
    warning: str = ""
    failure: str = ""
    """The reason why the live resource could not be read."""


def adopt(client: ControlPlaneClient, props: Properties) -> tuple[LiveDeployment, bool]:
    """Patch the deployment that ``import_`` names where it differs from the program.

    Return the deployment, and True if a revision was made. Raise ``ProviderError`` with both values
    if a fixed field differs. Nothing is posted.
    """
    live = _get(client, props)
    refuse_fixed_differences(f"Deployment {live.id}", fixed_differences(props, _fixed(live)))
    changed = _changed(props, live)
    patched = [change for change in changed if not change.field.own_request]
    sent = props
    if with_impact(patched, Impact.REVISION):
        sent = with_uploaded_folder(client, live.id, props)
    body = patch_request(sent, patched, live.source_config.get("resource_spec") or {})
    urn, timeout = props.get("progress_urn"), props.get("rollout_timeout")
    current = live

    def patch(seen: LiveDeployment | None) -> LiveDeployment:
        return client.patch(
            live.id,
            body,
            makes_revision=makes_revision(body),
            previous_revision_id=(seen or live).latest_revision_id,
        )

    def resize(seen: LiveDeployment | None) -> LiveDeployment:
        newest = (seen or current).latest_revision_id
        return client.resize(live.id, resize_request(props), previous_revision_id=newest)

    if body.payload():
        current = send_when_idle(client, live.id, patch, urn=urn, timeout=timeout)
    if len(patched) < len(changed):
        current = send_when_idle(client, live.id, resize, urn=urn, timeout=timeout)
    return current, current.latest_revision_id != live.latest_revision_id


def compare_at_preview(client: ControlPlaneClient, inputs: Properties) -> Comparison:
    """Read the deployment that ``import_`` names, and return the changes of an adoption."""
    from langsmith_pulumi.control_plane.retry import BEST_EFFORT

    known: Properties = without_unknowns(inputs)
    try:
        live = client.get(inputs["import_id"], policy=BEST_EFFORT)
    except errors.DeploymentNotFound:
        return Comparison(problems=[ValidationProblem("import_id", _missing(inputs))])
    except errors.ControlPlaneError as failure:
        return Comparison(failure=failure.summary())
    changed = [*_changed(known, live), *_unknown_changes(inputs)]
    variables = _variables(known, live, changed)
    summary = {
        "compared": True,
        "revision": bool(with_impact(changed, Impact.REVISION)),
        "differences": [_row(change, live) for change in changed if change.field.path != SECRETS],
        **variables,
    }
    return Comparison(
        {key: value for key, value in summary.items() if value not in ([], None)},
        fixed_differences(known, _fixed(live)),
        _removal(live, variables["variables_removed"]),
    )


def compared_with_live(
    session: Session,
    inputs: Properties,
    compare: Callable[[ControlPlaneClient, Properties], Comparison],
    consequence: str = "",
) -> tuple[list[ValidationProblem], Properties]:
    """Return the problems of an adoption, and the inputs with its changes.

    This is the only request of a preview; without it the plan of an adoption would show nothing. If
    it fails, a warning says so, with the ``consequence`` of not knowing the changes.
    """
    known = without_unknowns(inputs)
    try:
        client = session.client(known.get("workspace_id"), known.get(CONTROL_PLANE_URL))
        compared = compare(client, inputs)
    except errors.SettingsError as missing:
        compared = Comparison(failure=str(missing))
    if compared.failure:
        warning = (
            "What this adoption changes is not known, for the live resource could not be read: "
            f"{compared.failure.rstrip('.')}.{consequence}"
        )
        compared = Comparison({"compared": False}, warning=warning)
    if compared.warning:
        progress.warn(inputs.get("progress_urn"), compared.warning)
    if not compared.problems and compared.summary["compared"]:
        progress.info(inputs.get("progress_urn"), _in_words(inputs["import_id"], compared.summary))
    return compared.problems, {**inputs, ADOPTION: compared.summary}


def _in_words(resource_id: str, summary: Properties) -> str:
    """Return what an adoption changes, for its row in the plan, which says `create`."""
    keys = ("variables_added", "variables_changed", "variables_removed")
    variables = [f"{SECRETS}.{name}" for key in keys for name in summary.get(key, ())]
    paths = [*(row["path"] for row in summary.get("differences", ())), *variables]
    if not paths:
        return f"adopts {resource_id} as it is: nothing is created or changed"
    consequence = " in a new revision" if summary.get("revision") else ""
    return printable(f"adopts {resource_id} and changes{consequence}: {', '.join(paths)}")


def fixed_differences(
    props: Properties, shown: Properties, fields: tuple[Field, ...] = FIELDS
) -> list[ValidationProblem]:
    """Return the fixed fields that differ from the live values ``shown``, with both values."""
    return [
        ValidationProblem(field.path, _fixed_reason(own, there))
        for field in fields
        if field.impact is Impact.REPLACE
        for own, there in [(get_path(props, field.path), get_path(shown, field.path))]
        if own is not None and there is not None and not is_same(field.path, own, there)
    ]


def refuse_fixed_differences(label: str, differing: list[ValidationProblem]) -> None:
    """Raise ``ProviderError`` if a fixed field of an adopted resource differs."""
    if differing:
        problems = "; ".join(f"{problem.path} {problem.reason}" for problem in differing)
        raise ProviderError(
            f"{label} cannot be adopted as it is: {problems}. Write the program to match, or "
            "remove import_."
        )


def _fixed_reason(own: Any, there: Any) -> str:
    return (
        f"is {without_credentials(there)!r} there and {without_credentials(own)!r} in the "
        "program, and cannot change after creation"
    )


def _get(client: ControlPlaneClient, props: Properties) -> LiveDeployment:
    try:
        return client.get(props["import_id"])
    except errors.DeploymentNotFound as missing:
        raise ProviderError(f"import_ {_missing(props)}.") from missing


def _missing(props: Properties) -> str:
    return missing_reason("deployment", props["import_id"], props["name"])


def missing_reason(noun: str, resource_id: str, name: object) -> str:
    """Return the reason why nothing can be adopted under an id."""
    return (
        f"names {noun} {resource_id}, which this workspace does not have. Check the id and the "
        f"workspace (langsmith:workspaceId), or remove import_ to have {name!r} made anew"
    )


def _changed(props: Properties, live: LiveDeployment) -> list[ChangedField]:
    return compare(with_drift(props, live, missing_means_unchanged=False), props)


def _unknown_changes(inputs: Properties) -> list[ChangedField]:
    """Return the fields that are known only during `up`, and may change."""
    unknown = unknown_paths(inputs)
    return [
        ChangedField(path, field)
        for field in FIELDS
        for path in sorted(unknown)
        if path == field.path or path.startswith(f"{field.path}.")
    ]


def _variables(
    inputs: Properties, live: LiveDeployment, changed: list[ChangedField]
) -> dict[str, list[str]]:
    """Return the names of the secrets that are added and changed, and all variables removed.

    Other variables of the program are fields with their values.
    """
    names = [one.path.partition(".")[2] for one in changed if one.field.path == SECRETS]
    wanted = all_variables(inputs) or {}
    return {
        "variables_added": [name for name in names if name not in live.secrets],
        "variables_changed": [name for name in names if name in live.secrets and name in wanted],
        "variables_removed": [name for name in names if name in live.secrets.keys() - wanted],
    }


def _row(change: ChangedField, live: LiveDeployment) -> Properties:
    """Return one difference; the desired value is in the plan's inputs."""
    map_name, _, name = change.path.partition(".")
    if map_name == ENVIRONMENT_VARIABLES:
        # Somebody else has set the live value, and it may be a secret.
        added = bool(name) and name not in live.secrets
        return {"path": change.path, "live": None} if added else {"path": change.path}
    value = get_path(
        {
            "display_name": live.display_name,
            "source_config": live.source_config,
            "source_revision_config": live.source_revision_config,
            "route_through_gateway": live.route_through_gateway,
        },
        change.path,
    )
    is_shown = change.path in _SHOWN_PATHS or isinstance(value, (bool, int, float))
    if not is_shown:
        return {"path": change.path}
    return {"path": change.path, "live": without_credentials(value)}


def _removal(live: LiveDeployment, removed: list[str]) -> str:
    if not removed:
        return ""
    return (
        f"Adopting {live.name!r} removes variables that the program does not name, for good: "
        f"{', '.join(removed)}."
    )


def _fixed(live: LiveDeployment) -> Properties:
    return {
        "name": live.name,
        "source": live.source,
        "workspace_id": live.tenant_id,
        "source_config": live.source_config,
    }
