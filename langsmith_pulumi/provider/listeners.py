"""The engine's operations on a listener: check, diff, create, read, update and delete."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.comparison import is_same, live_listener_values
from langsmith_pulumi.control_plane.listeners import ListenerClient
from langsmith_pulumi.control_plane.models import ListenerCreateRequest, ListenerPatchRequest

from . import preconditions, progress
from .adoption import (
    ADOPTION,
    Comparison,
    compared_with_live,
    fixed_differences,
    missing_reason,
    refuse_fixed_differences,
)
from .changes import (
    CONTROL_PLANE_URL,
    LISTENER_FIELDS,
    ChangedField,
    Impact,
    changes_since,
    compare,
    replacing,
    unmanaged,
)
from .error_boundary import ProviderError
from .listener_validation import validate_listener
from .outputs import inputs_of, location_of, with_outputs
from .properties import OPTIONS, READ_ONLY, get_path, set_path, without_nulls, without_unknowns
from .reading import elsewhere, may_be_elsewhere, read_live
from .validation_problem import ValidationProblem

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveListener

    from .properties import Properties
    from .session import Session

_SENT = ("compute_type", "compute_id", "compute_config", "version")
_PLACE = ("workspace_id", CONTROL_PLANE_URL)
INPUTS = (*_SENT, *_PLACE, "import_id", READ_ONLY, OPTIONS, "progress_urn")
"""The inputs, which a program sets and a refresh may correct."""


def check(session: Session, olds: Properties, news: Properties) -> CheckResult:
    """Validate the inputs, alone and among the other listeners of the program."""
    declarations, inputs = session.listener_declarations, without_nulls(news)
    found = validate_listener(inputs)
    refused = {problem.path for problem in found}
    declarations.declare(inputs.get("progress_urn"), olds, inputs)
    url = session.location.control_plane_url
    found += preconditions.check_duplicates(olds, inputs, declarations, url)
    for missing in preconditions.missing_keys(session, inputs, refused):
        progress.warn(inputs.get("progress_urn"), missing)
    if not found:
        session.check_credentials(inputs)
    if not olds and not found and isinstance(inputs.get("import_id"), str):
        found, inputs = compared_with_live(session, inputs, _compare_at_preview)
    return CheckResult(inputs, [CheckFailure(problem.path, problem.reason) for problem in found])


def diff(session: Session, listener_id: str, olds: Properties, news: Properties) -> DiffResult:
    """Return the changes, and the fields that require a replacement."""
    declarations = session.listener_declarations
    session.require_same_location(olds, news)
    declarations.manage(listener_id, news.get("progress_urn"))
    preconditions.refuse_second_adoption(declarations, listener_id, news)
    preconditions.refuse_other_import(
        declarations,
        listener_id,
        news,
        lambda: ListenerClient(session.client_for(olds)).get(listener_id),
    )
    changed = changes_since(olds, news, LISTENER_FIELDS)
    fixed = replacing(changed, news)
    preconditions.refuse_adopted_replacement(declarations, listener_id, news, fixed)
    fixed_paths = [change.path for change in fixed]
    left = unmanaged(olds, news, LISTENER_FIELDS)
    progress.report_unmanaged(news.get("progress_urn"), left)
    return DiffResult(
        changes=bool(changed or left),
        replaces=fixed_paths,
        # A workspace takes one listener for each cluster, so the old one has to go first.
        delete_before_replace={"compute_id", *_PLACE}.isdisjoint(fixed_paths),
    )


def create(session: Session, props: Properties) -> CreateResult:
    """Create the listener, or adopt the one that ``import_`` names."""
    connection = session.client(props.get("workspace_id"), props.get(CONTROL_PLANE_URL))
    listeners = ListenerClient(connection)
    props = {key: value for key, value in props.items() if key != ADOPTION}
    if props.get("import_id"):
        live = _adopt(listeners, props)
    else:
        sent = {key: props[key] for key in _SENT if props.get(key) is not None}
        live = listeners.create(ListenerCreateRequest.model_validate(sent))
    session.listener_declarations.written(props.get("progress_urn"))
    return CreateResult(live.id, _outputs(props, live, connection))


def read(session: Session, listener_id: str, props: Properties) -> ReadResult:
    """Return the live listener, with the drift of managed fields in its inputs.

    It is removed from the state only if the control plane says that the listener is missing.
    """
    connection = session.client_for(props)
    live = read_live(
        lambda: ListenerClient(connection).get(listener_id),
        session.listener_declarations,
        listener_id,
        props,
        connection.workspace,
    )
    if live is None:
        return ReadResult("", {})
    outs = _outputs(_with_drift(props, live), live, connection)
    return ReadResult(listener_id, outs, inputs_of(outs, INPUTS, session, connection))


def update(session: Session, listener_id: str, olds: Properties, news: Properties) -> UpdateResult:
    """Send the changes in one PATCH; a change of the state alone sends nothing."""
    connection = session.client_for(olds)
    changed = changes_since(olds, news, LISTENER_FIELDS)
    if not changed:
        kept = {key: value for key, value in olds.items() if key not in INPUTS}
        return UpdateResult({**kept, **location_of(connection), **news})
    live = ListenerClient(connection).patch(listener_id, _patch_request(news, changed))
    return UpdateResult(_outputs(news, live, connection))


def delete(session: Session, listener_id: str, props: Properties) -> None:
    """Delete the listener, unless another resource of the program adopts or reads it."""
    declarations = session.listener_declarations
    preconditions.refuse_deletion_before_adoption(declarations, listener_id, props)
    used = preconditions.still_used_by(declarations, listener_id)
    if used:
        urn = props.get("progress_urn")
        progress.info(urn, f"listener {listener_id} is left alone: {used}")
        return
    connection = session.client_for(props)
    listeners = ListenerClient(connection)
    if may_be_elsewhere(props, connection.workspace):
        try:
            listeners.get(listener_id)
        except errors.ListenerNotFound as missing:
            raise elsewhere(declarations, listener_id, props, connection.workspace) from missing
    listeners.delete(listener_id)


def _patch_request(props: Properties, changed: list[ChangedField]) -> ListenerPatchRequest:
    body: Properties = {}
    for change in changed:
        set_path(body, change.path, get_path(props, change.path))
    return ListenerPatchRequest.model_validate(body)


def _adopt(listeners: ListenerClient, props: Properties) -> LiveListener:
    """Patch the listener that ``import_`` names where it differs from the program.

    Raise ``ProviderError`` with both values if a fixed field differs. Nothing is posted.
    """
    try:
        live = listeners.get(props["import_id"])
    except errors.ListenerNotFound as missing:
        raise ProviderError(f"import_ {_missing(props)}.") from missing
    shown = live_listener_values(live)
    differing = fixed_differences(props, shown, LISTENER_FIELDS)
    refuse_fixed_differences(f"Listener {live.id}", differing)
    changed = _adopted_changes(props, live)
    return listeners.patch(live.id, _patch_request(props, changed)) if changed else live


def _compare_at_preview(connection: ControlPlaneClient, inputs: Properties) -> Comparison:
    """Read the listener that ``import_`` names, and return the changes of an adoption."""
    from langsmith_pulumi.control_plane.retry import BEST_EFFORT

    try:
        live = ListenerClient(connection).get(inputs["import_id"], policy=BEST_EFFORT)
    except errors.ListenerNotFound:
        return Comparison(problems=[ValidationProblem("import_id", _missing(inputs))])
    except errors.ControlPlaneError as failure:
        return Comparison(failure=failure.summary())
    shown = live_listener_values(live)
    return Comparison(
        {
            "compared": True,
            "differences": [
                {"path": change.path, "live": get_path(shown, change.path)}
                for change in _adopted_changes(inputs, live)
            ],
        },
        fixed_differences(without_unknowns(inputs), shown, LISTENER_FIELDS),
    )


def _adopted_changes(props: Properties, live: LiveListener) -> list[ChangedField]:
    found = compare(live_listener_values(live), props, LISTENER_FIELDS)
    return [change for change in found if change.field.impact is not Impact.REPLACE]


def _missing(props: Properties) -> str:
    return missing_reason("listener", props["import_id"], props["compute_id"])


def _with_drift(inputs: Properties, live: LiveListener) -> Properties:
    """Return the inputs, with the live value for each managed value that has drifted.

    A value that the service does not show counts as unchanged, and fixed fields cannot drift.
    """
    current, shown = deepcopy(inputs), live_listener_values(live)
    for field in LISTENER_FIELDS:
        own, there = get_path(inputs, field.path), get_path(shown, field.path)
        is_managed = own is not None and field.impact is not Impact.REPLACE
        if is_managed and there is not None and not is_same(field.path, own, there):
            set_path(current, field.path, there)
    return current


def _outputs(inputs: Properties, live: LiveListener, connection: ControlPlaneClient) -> Properties:
    """Return the inputs, which the next diff compares, and the outputs of the service."""
    shown: Properties = {
        "id": live.id,
        "tenant_id": connection.workspace,
        "created_at": live.created_at,
        "updated_at": live.updated_at,
    }
    return with_outputs(inputs, shown, connection)
