"""The engine's operations on a deployment, but for ``creation`` and ``updates``.

None of them waits for a revision. The rollout does, so that the id is in the state as soon as the
control plane has responded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    DiffResult,
    ReadResult,
)

from . import preconditions, progress
from .adoption import compare_at_preview, compared_with_live
from .changes import (
    CONTROL_PLANE_URL,
    Impact,
    changes_since,
    makes_two_revisions,
    replacing,
    unmanaged,
    with_impact,
)
from .drift import drifted, with_drift
from .fingerprints import marker_paths
from .folder.check import check_folder
from .folder.difference import DIGEST, FOLDER, PATH, folder_change
from .normalize import normalize_inputs
from .outputs import INPUTS, inputs_of, outputs_of
from .properties import (
    DRIFTED,
    READ_ONLY,
    WAITS,
    get_path,
    is_unknown,
    without_unknowns,
)
from .reading import read_live
from .session import PlannedChange
from .validation import validate, warnings
from .validation_problem import ValidationProblem
from .variables import (
    FINGERPRINTS,
    SECRETS,
    moved_variables,
    variable_map,
)

if TYPE_CHECKING:
    from .properties import Properties
    from .session import Session

DELETE_TIMEOUT = 1800.0
"""Seconds to wait until a deleted deployment is gone, unless ``rollout_timeout`` says otherwise."""


def check(session: Session, olds: Properties, news: Properties) -> CheckResult:
    """Validate the inputs and add the fingerprints of the variables."""
    urn = news.get("progress_urn")
    remembered = session.declarations.old_inputs(urn)
    inputs = normalize_inputs(
        olds, news, lambda: session.fingerprint_salt(urn), remembered=remembered
    )
    session.register_secrets(variable_map(inputs, SECRETS).values())
    headers = get_path(inputs, "health_check.headers")
    if isinstance(headers, dict):
        session.register_secrets(headers.values())
    found = validate(olds, inputs)
    for key in (WAITS, DRIFTED):
        inputs.pop(key, None)
    folder = check_folder(olds, inputs)
    inputs = folder.inputs
    if folder.warning:
        progress.warn(urn, folder.warning)
    found += [ValidationProblem(PATH, problem) for problem in folder.problems]
    refused = {problem.path for problem in found}
    url = session.location.control_plane_url
    found += preconditions.check_declaration(olds, inputs, session.declarations, refused, url)
    missing_keys = preconditions.missing_keys(session, inputs, refused)
    for warning in (*warnings(inputs), *missing_keys):
        progress.warn(urn, warning)
    if not olds:
        unknown = preconditions.KEPT_UNKNOWN
        found += [ValidationProblem(path, unknown) for path in marker_paths(inputs)]
    if not found:
        session.check_credentials(inputs)
    if not olds and not found and isinstance(inputs.get("import_id"), str):
        found, inputs = compared_with_live(session, inputs, compare_at_preview, _ALSO_REMOVED)
    return CheckResult(inputs, [CheckFailure(problem.path, problem.reason) for problem in found])


_ALSO_REMOVED = " `up` removes variables that the program does not name."


def diff(session: Session, deployment_id: str, olds: Properties, news: Properties) -> DiffResult:
    """Return the changes, and the fields that require a replacement."""
    session.require_same_location(olds, news)
    session.declarations.manage(deployment_id, news.get("progress_urn"))
    preconditions.refuse_second_adoption(session.declarations, deployment_id, news)
    preconditions.refuse_other_import(
        session.declarations,
        deployment_id,
        news,
        lambda: session.client_for(olds).get(deployment_id),
    )
    changed = changes_since(olds, news)
    makes_revision = bool(with_impact(changed, Impact.REVISION))
    planned = PlannedChange(makes_revision, olds.get("requested_revision_id"))
    session.record_planned_change(deployment_id, planned)
    _report_changed_files(olds, news)
    left = [path for path in unmanaged(olds, news) if path != DIGEST]
    progress.report_unmanaged(news.get("progress_urn"), left)
    if makes_two_revisions(changed):
        progress.info(news.get("progress_urn"), _TWO_REVISIONS)
    fixed = replacing(changed, news)
    if is_unknown(news.get("source_config")):
        progress.warn(
            news.get("progress_urn"),
            "source_config is not known before `up`: if a fixed field in it differs, `up` replaces "
            "the deployment",
        )
    if fixed:
        preconditions.refuse_adopted_replacement(session.declarations, deployment_id, news, fixed)
        changed_known = changes_since(olds, without_unknowns(news))
        preconditions.refuse_replacement(olds, news, changed_known)
    session.record_project_deletion(deployment_id, news.get("delete_tracing_project"))
    moves = any(change.path == CONTROL_PLANE_URL for change in fixed)
    return DiffResult(
        changes=bool(changed or unmanaged(olds, news) or moved_variables(olds, news)),
        replaces=[change.path for change in fixed],
        # Also for a replacement by a resource option: the name has to be free first.
        delete_before_replace=olds.get("name") == news.get("name") and not moves,
    )


def _report_changed_files(olds: Properties, news: Properties) -> None:
    """Show which files of a local folder change, if it was uploaded before and is known."""
    before, after = olds.get(FOLDER), news.get(FOLDER)
    if isinstance(before, dict) and isinstance(after, dict) and before != after:
        summary = folder_change(before, after).sentence()
        progress.info(news.get("progress_urn"), f"{news.get(PATH)}: {summary}")


_TWO_REVISIONS = (
    "this makes two revisions, because a size is changed by a request of its own; the rollout "
    "waits for the last one"
)


def read(session: Session, deployment_id: str, props: Properties) -> ReadResult:
    """Return the live deployment, with the drift of managed fields in its inputs.

    It is removed from the state only if the control plane says that the deployment is missing. For
    ``ResourceOptions(id=...)`` the engine passes the inputs of the program, unchecked.
    """
    client = session.client_for(props)
    has_variables = bool(props.get(FINGERPRINTS))
    live = read_live(
        lambda: session.read_once(client, "deployment", deployment_id, has_variables=has_variables),
        session.declarations,
        deployment_id,
        props,
        client.workspace,
    )
    if live is None:
        return ReadResult("", {})
    current = with_drift(props, live)
    _mark_drift(session, props, current)
    if current.pop("default_name", None):
        current.setdefault("name", live.name)
    outs = outputs_of(current, live, client, requested=props.get("requested_revision_id"))
    return ReadResult(deployment_id, outs, inputs_of(outs, INPUTS, session, client))


def _mark_drift(session: Session, props: Properties, current: Properties) -> None:
    """Name what has drifted in the state, so that a report on a later plan can tell."""
    current.pop(DRIFTED, None)
    found = {} if props.get(READ_ONLY) else drifted(props, current, session.salt_of(props))
    if found:
        current[DRIFTED] = found


def delete(session: Session, deployment_id: str, props: Properties) -> None:
    """Delete the deployment and wait until it is gone, because it keeps its name until then.

    A deployment that another resource of the program adopts or reads is not deleted.
    """
    from langsmith_pulumi.control_plane.waiting import wait_until_gone

    declarations = session.declarations
    preconditions.refuse_deletion_before_adoption(declarations, deployment_id, props)
    used = preconditions.still_used_by(declarations, deployment_id)
    if used:
        urn = props.get("progress_urn")
        progress.info(urn, f"deployment {deployment_id} is left alone: {used}")
        return
    preconditions.refuse_blocked_successor(
        declarations, deployment_id, props, session.location.control_plane_url
    )
    client = session.client_for(props)
    client.delete(
        deployment_id,
        delete_tracing_project=preconditions.deletes_project(session, deployment_id, props),
    )
    reporter = progress.StatusReporter(props.get("progress_urn"))
    wait_until_gone(
        client,
        deployment_id,
        timeout=props.get("rollout_timeout") or DELETE_TIMEOUT,
        on_progress=reporter,
        on_poll_failure=reporter.poll_failed,
    )
