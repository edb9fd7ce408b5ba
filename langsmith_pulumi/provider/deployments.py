"""The engine's operations on a deployment: check, diff, create, read, update and delete.

None of them waits for a revision. The rollout does, so that the id is in the state as soon as the
control plane has responded.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    UpdateResult,
)

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.comparison import is_of_the_service

from . import payloads, preconditions, progress
from .adoption import ADOPTION, adopt, compare_at_preview, not_compared
from .changes import (
    REPO_URL,
    ChangedField,
    Impact,
    compare,
    makes_two_revisions,
    unmanaged,
    with_impact,
)
from .drift import is_already_applied, with_drift
from .error_boundary import ProviderError
from .fingerprints import marker_paths, restore_live_text
from .normalize import normalize_inputs
from .properties import (
    OPTIONS,
    READ_ONLY,
    VARIABLE_NAMES,
    WAITS,
    get_path,
    is_unknown,
    replaces_on,
    without_unknowns,
)
from .session import PlannedChange
from .sizes import SIZE_FIELDS
from .validation import ValidationProblem, validate, warnings
from .variables import (
    ENVIRONMENT_VARIABLES,
    FINGERPRINTS,
    SECRETS,
    VARIABLE_MAPS,
    all_variables,
    ignored_variables,
    moved_variables,
    variable_map,
)
from .waits import send_when_idle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
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
    "delete_tracing_project",
    "rollout_timeout",
    "interrupt_stuck",
    "health_check",
    "workspace_id",
    "import_id",
    READ_ONLY,
    OPTIONS,
    "progress_urn",
)
"""The inputs, which a program sets and a refresh may correct."""

RESIZE_SECONDS = 20.0
"""Limit for the requests that resize a new deployment, whose id is not stored yet."""
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
    inputs.pop(WAITS, None)
    refused = {problem.path for problem in found}
    found += preconditions.check_declaration(olds, inputs, session.declarations, refused)
    for warning in warnings(inputs):
        progress.warn(urn, warning)
    if not olds:
        unknown = preconditions.KEPT_UNKNOWN
        found += [ValidationProblem(path, unknown) for path in marker_paths(inputs)]
    if not olds and not found and isinstance(inputs.get("import_id"), str):
        found, inputs = _compared_with_live(session, inputs)
    return CheckResult(inputs, [CheckFailure(problem.path, problem.reason) for problem in found])


def _compared_with_live(
    session: Session, inputs: Properties
) -> tuple[list[ValidationProblem], Properties]:
    """Return the problems of an adoption, and the inputs with its changes.

    This is the only request of a preview; without it the plan of an adoption would show nothing.
    """
    workspace = inputs.get("workspace_id")
    try:
        client = session.client(None if is_unknown(workspace) else workspace)
    except errors.SettingsError as missing:
        compared = not_compared(str(missing))
    else:
        compared = compare_at_preview(client, inputs)
    if compared.warning:
        progress.warn(inputs.get("progress_urn"), compared.warning)
    return compared.problems, {**inputs, ADOPTION: compared.summary}


def diff(session: Session, deployment_id: str, olds: Properties, news: Properties) -> DiffResult:
    """Return the changes, and the fields that require a replacement."""
    session.require_same_location(olds, news.get("workspace_id"))
    session.declarations.manage(deployment_id, news.get("progress_urn"))
    preconditions.refuse_second_adoption(session.declarations, deployment_id, news)
    _refuse_other_import(session, deployment_id, olds, news)
    changed = _changed(olds, news)
    makes_revision = bool(with_impact(changed, Impact.REVISION))
    planned = PlannedChange(makes_revision, olds.get("requested_revision_id"))
    session.record_planned_change(deployment_id, planned)
    if makes_two_revisions(changed):
        progress.info(news.get("progress_urn"), _TWO_REVISIONS)
    replacing = _replacing(changed, news)
    if is_unknown(news.get("source_config")):
        progress.warn(
            news.get("progress_urn"),
            "source_config is not known before `up`: if a fixed field in it differs, `up` replaces "
            "the deployment",
        )
    if replacing:
        changed_known = _changed(olds, without_unknowns(news))
        preconditions.refuse_replacement(deployment_id, olds, news, replacing, changed_known)
    session.record_project_deletion(deployment_id, news.get("delete_tracing_project"))
    return DiffResult(
        changes=bool(changed or unmanaged(olds, news) or moved_variables(olds, news)),
        replaces=[change.path for change in replacing],
        # Also for a replacement by a resource option: the name has to be free first.
        delete_before_replace=olds.get("name") == news.get("name"),
    )


_TWO_REVISIONS = (
    "this makes two revisions, because a size is changed by a request of its own; the rollout "
    "waits for the last one"
)


def _replacing(changed: list[ChangedField], news: Properties) -> list[ChangedField]:
    """Return the changes of fixed fields, and those that ``replace_on_changes`` names.

    The engine cannot apply the option, because the SDK passes it no changed paths.
    """
    return [
        change
        for change in changed
        if (change.field.impact is Impact.REPLACE or replaces_on(news, change.path))
        and not _is_below_an_unknown(news, change.path)
    ]


def _is_below_an_unknown(news: Properties, path: str) -> bool:
    """Return True if a value is unknown because the whole object above it is unknown.

    ``up`` usually changes a part of such an object, or nothing, so no replacement is planned.
    """
    top, _, below = path.partition(".")
    return bool(below) and is_unknown(news.get(top))


def _changed(olds: Properties, news: Properties) -> list[ChangedField]:
    """Return the changes; naming the current workspace explicitly is not a change."""
    return compare({"workspace_id": olds.get("tenant_id"), **olds}, news)


def _refuse_other_import(
    session: Session, deployment_id: str, olds: Properties, news: Properties
) -> None:
    """Raise ``ProviderError`` if ``import_`` names another deployment than the managed one.

    It may do so if the managed one is gone, as after an interrupted replacement.
    """
    wanted = news.get("import_id")
    if not isinstance(wanted, str) or wanted == deployment_id:
        return
    with suppress(errors.DeploymentNotFound):
        session.client_for(olds).get(deployment_id)
        raise ProviderError(
            f"import_ names deployment {wanted}, but this resource already manages "
            f"{deployment_id}. Declare the other one under a resource name of its own, or take the "
            "present one out of the state first (`pulumi state delete --target-dependents`)."
        )


def create(session: Session, props: Properties) -> CreateResult:
    """Create the deployment, or adopt the one that ``import_`` names."""
    client = session.client(props.get("workspace_id"))
    props = {key: value for key, value in props.items() if key != ADOPTION}
    if props.get("import_id"):
        live, made_revision = adopt(client, props)
    else:
        live, made_revision = client.create(payloads.create_request(props)), True
    if made_revision:
        _record_requested_revision(session, live)
    session.declarations.written(props.get("progress_urn"))
    outs = _outputs(props, live, client, requested=live.latest_revision_id)
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
    the sizes, and the next plan sets them.
    """
    body = payloads.resize_request(props)
    if props.get("import_id") or not body.payload():
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
    _record_requested_revision(session, live)
    return _outputs(outs, live, client, requested=live.latest_revision_id)


def read(session: Session, deployment_id: str, props: Properties) -> ReadResult:
    """Return the live deployment, with the drift of managed fields in its inputs.

    It is removed from the state only if the control plane says that the deployment is missing. For
    ``ResourceOptions(id=...)`` the engine passes the inputs of the program, unchecked.
    """
    is_declared = bool(props.get(READ_ONLY)) and "id" not in props
    if is_declared:
        session.declarations.read(deployment_id, props.get("progress_urn"))
    client = session.client_for(props)
    try:
        live = session.read_once("deployment", deployment_id, lambda: client.get(deployment_id))
    except errors.DeploymentNotFound as missing:
        if is_declared:
            raise ProviderError(
                f"The option id names deployment {deployment_id}, which this workspace does not "
                "have. Check the id and the workspace (langsmith:workspaceId)."
            ) from missing
        return ReadResult("", {})
    current = with_drift(props, live)
    if current.pop("default_name", None):
        current.setdefault("name", live.name)
    outs = _outputs(current, live, client, requested=props.get("requested_revision_id"))
    return ReadResult(deployment_id, outs, {key: outs[key] for key in INPUTS if key in outs})


def update(
    session: Session, deployment_id: str, olds: Properties, news: Properties
) -> UpdateResult:
    """Send the changes in one PATCH; a change of the provider's own settings sends nothing."""
    changed = _changed(olds, news)
    client = session.client_for(olds)
    if not any(change.is_sent for change in changed):
        return UpdateResult({**_without_inputs(olds), **_location(client), **news})
    live = _send_changes(client, deployment_id, olds, news, changed)
    # The state may still contain the URN from before a rename.
    before = {**olds, "progress_urn": news.get("progress_urn")}
    requested = _requested(client, before, live, changed)
    if requested != olds.get("requested_revision_id"):
        _record_requested_revision(session, live)
    return UpdateResult(_outputs(news, live, client, requested))


def _send_changes(
    client: ControlPlaneClient,
    deployment_id: str,
    olds: Properties,
    news: Properties,
    changed: list[ChangedField],
) -> LiveDeployment:
    """Send the PATCH, and then the sizes, which have a request of their own."""
    patched = [change for change in changed if not change.field.own_request]
    previous = olds.get("latest_revision_id")
    if any(change.is_sent for change in patched):
        live = _patch(client, deployment_id, olds, news, patched)
        if len(patched) == len(changed):
            return live
        previous = live.latest_revision_id
    body = payloads.resize_request(news)
    return _send_when_idle(
        client,
        deployment_id,
        news,
        lambda seen: client.resize(
            deployment_id,
            body,
            previous_revision_id=seen.latest_revision_id if seen else previous,
        ),
    )


def _patch(
    client: ControlPlaneClient,
    deployment_id: str,
    olds: Properties,
    news: Properties,
    changed: list[ChangedField],
) -> LiveDeployment:
    """Make the change unless an earlier run has made it; return the deployment."""
    if not with_impact(changed, Impact.REVISION):
        body = payloads.patch_request(news, changed, {})
        makes_revision = payloads.makes_revision(body)
        with _explained_refusal(deployment_id, changed):
            return _send_when_idle(
                client,
                deployment_id,
                news,
                lambda _: client.patch(deployment_id, body, makes_revision=makes_revision),
            )
    live = client.get(deployment_id)
    if _was_made_by_an_earlier_run(
        olds, _with_ignored_variables(news, live, changed), live, changed
    ):
        progress.info(news.get("progress_urn"), "an earlier run made this change; not sent again")
        return live
    with _explained_refusal(deployment_id, changed):
        return _make_revision(client, live, news, changed)


@contextmanager
def _explained_refusal(deployment_id: str, changed: list[ChangedField]) -> Iterator[None]:
    """Add the choices of the user to the error of a service that takes ``repo_url`` for fixed."""
    try:
        yield
    except errors.BadRequest as error:
        is_changed = any(change.path == REPO_URL for change in changed)
        if is_changed and "repo_url" in error.detail:
            error.advice = (
                "It changed nothing. This control plane cannot change the repository of deployment "
                f"{deployment_id}: keep repo_url as it was, or replace the deployment, which loses "
                f'its database and threads, with replace_on_changes=["{REPO_URL}"]; the plan then '
                "shows the loss. On Cloud, check also that the GitHub integration may read the new "
                "repository and that its branch has the configuration file."
            )
        raise


def _with_ignored_variables(
    news: Properties, live: LiveDeployment, changed: list[ChangedField]
) -> Properties:
    """Return the inputs with the live values of ignored variables, for the set is sent whole.

    All variables are in ``secrets`` then. A redacted value is replaced by the program's.
    """
    if not any(change.field.path in VARIABLE_MAPS for change in changed):
        return news
    own, shown = all_variables(news) or {}, _own_variables(live)
    ignored = ignored_variables(news, shown)
    # A response without variables proves nothing, because there are none before a revision.
    if not ignored or not shown:
        return news
    sent = {name: value for name, value in own.items() if name not in ignored}
    for name in sorted(ignored & shown.keys()):
        value = shown[name]
        if value is None and name in own:
            sent[name] = restore_live_text(own[name], value, name)
        elif value is not None:
            sent[name] = value
        else:
            raise ProviderError(
                f"Variable {name} cannot be kept: the service does not show its value, and every "
                "change replaces all variables. Give it in secrets=, or take it out of "
                "ignore_changes."
            )
    return {**news, SECRETS: sent, ENVIRONMENT_VARIABLES: None}


def _own_variables(live: LiveDeployment) -> Properties:
    """Return the live variables, without those that the service itself sets."""
    return {
        name: value
        for name, value in live.secrets.items()
        if not is_of_the_service(name, live.source)
    }


def _make_revision(
    client: ControlPlaneClient, live: LiveDeployment, news: Properties, changed: list[ChangedField]
) -> LiveDeployment:
    """Make a revision by the PATCH, or by a redeploy if the PATCH makes none."""
    body = _patch_body(news, changed, live)
    if payloads.makes_revision(body):
        return _send_when_idle(
            client,
            live.id,
            news,
            lambda seen: _patch_revision(client, news, changed, seen or live),
        )
    before = live
    if body.payload():
        live = _send_when_idle(
            client,
            live.id,
            news,
            lambda _: client.patch(before.id, body, makes_revision=False),
        )
    newest = before.latest_revision_id
    if newest is None or live.latest_revision_id != newest:
        return live
    return _send_when_idle(
        client,
        live.id,
        news,
        # Another user's revision may be the newest after a wait; an older one would undo it.
        lambda seen: client.redeploy(before.id, (seen and seen.latest_revision_id) or newest),
    )


def _patch_revision(
    client: ControlPlaneClient, news: Properties, changed: list[ChangedField], live: LiveDeployment
) -> LiveDeployment:
    return client.patch(
        live.id,
        _patch_body(news, changed, live),
        makes_revision=True,
        previous_revision_id=live.latest_revision_id,
    )


def _patch_body(
    news: Properties, changed: list[ChangedField], live: LiveDeployment
) -> DeploymentPatchRequest:
    """Return the body of a PATCH.

    It overwrites the stored resources and the variables, so all of them are sent.
    """
    spec = live.source_config.get("resource_spec") or {}
    news = _with_ignored_variables(news, live, changed)
    return payloads.patch_request(news, changed, spec, live)


def _send_when_idle(
    client: ControlPlaneClient,
    deployment_id: str,
    news: Properties,
    send: Callable[[LiveDeployment | None], LiveDeployment],
) -> LiveDeployment:
    """Send a change after the end of a revision that blocks it."""
    urn, timeout = news.get("progress_urn"), news.get("rollout_timeout")
    return send_when_idle(client, deployment_id, send, urn=urn, timeout=timeout)


def _was_made_by_an_earlier_run(
    olds: Properties, news: Properties, live: LiveDeployment, changed: list[ChangedField]
) -> bool:
    """Return True if an earlier run made this change and was stopped before saving its state.

    Then a revision that is not in the state shows every changed value. Another one would be built
    for nothing.
    """
    known = (None, olds.get("latest_revision_id"), olds.get("requested_revision_id"))
    asked = [change for change in changed if change.is_sent]
    return live.latest_revision_id not in known and is_already_applied(news, live, asked)


def _requested(
    client: ControlPlaneClient, olds: Properties, live: LiveDeployment, changed: list[ChangedField]
) -> str | None:
    """Return the revision that the last change requested, which the rollout waits for.

    The response decides whether a PATCH has made a revision, not the prediction.
    """
    predicted = bool(with_impact(changed, Impact.REVISION))
    made = _made_revision(client, olds, live, predicted=predicted)
    if made != predicted:
        progress.info(olds.get("progress_urn"), _UNEXPECTED[made])
    return live.latest_revision_id if made else olds.get("requested_revision_id")


def _made_revision(
    client: ControlPlaneClient, olds: Properties, live: LiveDeployment, *, predicted: bool
) -> bool:
    newest = live.latest_revision_id
    if newest in (None, olds.get("requested_revision_id"), olds.get("latest_revision_id")):
        return False
    return predicted or _just_made(client, live)


_UNEXPECTED = {
    True: "the service made a new revision for a change documented as in place; waiting for it",
    False: "the service made no new revision for a change that is documented to make one",
}


def _just_made(client: ControlPlaneClient, live: LiveDeployment) -> bool:
    """Return True if the newest revision is as new as the response; a push makes revisions too."""
    made = client.revision(live.id, str(live.latest_revision_id)).created_at
    return bool(made and live.updated_at and made >= live.updated_at)


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
    preconditions.refuse_blocked_successor(declarations, deployment_id, props)
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


def _record_requested_revision(session: Session, live: LiveDeployment) -> None:
    if live.latest_revision_id:
        session.requested_revisions.add(live.latest_revision_id)


def _without_inputs(props: Properties) -> Properties:
    return {key: value for key, value in props.items() if key not in INPUTS}


def _outputs(
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
    outs = {**inputs, **_location(client)}
    return {**outs, **{key: _text(value) for key, value in shown.items() if value is not None}}


def _location(client: ControlPlaneClient) -> Properties:
    return {"control_plane_url": client.url}


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
