"""The calls of the engine for a deployment: check, diff, create, read, update, delete.

None of them waits for a revision: that is the rollout's part, so that the id is in the state as
soon as the control plane has answered.
"""

from __future__ import annotations

from contextlib import suppress
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

from . import bags, bodies, progress
from .adoption import ADOPTION, adopt, compare_at_preview, not_compared
from .canonical import canonical
from .changes import Change, Changed, compare, let_go, of_kind
from .checks import (
    keeps_its_name,
    kept_name,
    managed_and_adopted,
    may_free_the_name,
    problems,
    still_adopted,
)
from .declarations import resource_name
from .door import Refusal
from .drift import is_already_applied, with_drift
from .markers import marker_paths
from .options import OPTIONS, READ_ONLY, VARIABLE_NAMES, ignored_secrets, replaces_on
from .problem import Problem
from .session import Foreseen

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlane
    from langsmith_pulumi.control_plane.models import Deployment

    from .bags import Bag
    from .session import Session

INPUTS = (
    "name",
    "display_name",
    "source",
    "source_config",
    "source_revision_config",
    "secrets",
    "secret_fingerprints",
    "secret_salt",
    VARIABLE_NAMES,
    "secret_references",
    "revision_source",
    "tracked_packages",
    "route_through_gateway",
    "triggers",
    "delete_tracing_project",
    "rollout_timeout",
    "workspace_id",
    "import_id",
    READ_ONLY,
    OPTIONS,
    "progress_urn",
)
"""What a program sets, and what a refresh may correct."""

DELETE_TIMEOUT = 1800.0
"""Seconds to wait until a deleted deployment is gone, unless ``rollout_timeout`` says otherwise."""


_NOT_KNOWN = (
    "was changed outside of the program, and ignore_changes keeps a value that this provider does "
    "not know, so that no deployment can be made with it; take it out of ignore_changes"
)


def check(session: Session, olds: Bag, news: Bag) -> CheckResult:
    """Refuse what the service would refuse; add the fingerprints of the secrets."""
    urn = news.get("progress_urn")
    remembered = session.declarations.old_inputs(urn)
    inputs = canonical(olds, news, lambda: session.salt(urn), remembered=remembered)
    if isinstance(inputs.get("secrets"), dict):
        session.hide(inputs["secrets"].values())
    found = problems(olds, inputs, session.declarations)
    if not olds:
        found += [Problem(path, _NOT_KNOWN) for path in marker_paths(inputs)]
    if not olds and not found and isinstance(inputs.get("import_id"), str):
        found, inputs = _compared_with_live(session, inputs)
    return CheckResult(inputs, [CheckFailure(problem.path, problem.reason) for problem in found])


def _compared_with_live(session: Session, inputs: Bag) -> tuple[list[Problem], Bag]:
    """Return what an adoption is refused for, and the inputs with what it changes.

    This is the only request of a preview: the plan of an adoption would else say nothing.
    """
    workspace = inputs.get("workspace_id")
    try:
        client = session.client(None if bags.is_unknown(workspace) else workspace)
    except errors.SettingsError as missing:
        compared = not_compared(str(missing))
    else:
        compared = compare_at_preview(client, inputs)
    if compared.warning:
        progress.warn(inputs.get("progress_urn"), compared.warning)
    return compared.problems, {**inputs, ADOPTION: compared.summary}


def diff(session: Session, deployment_id: str, olds: Bag, news: Bag) -> DiffResult:
    """Tell apart: nothing, an update (in place or with a new revision), a replacement."""
    session.require_same_place(olds, news.get("workspace_id"))
    session.declarations.manage(deployment_id, news.get("progress_urn"))
    _refuse_second_adoption(session, deployment_id, news)
    _refuse_other_import(session, deployment_id, olds, news)
    changed = _changed(olds, news)
    revision = bool(of_kind(changed, Change.REVISION))
    session.foresee(deployment_id, Foreseen(revision, olds.get("requested_revision_id")))
    fixed = _replacing(changed, news)
    if bags.is_unknown(news.get("source_config")):
        progress.warn(
            news.get("progress_urn"),
            "source_config is not known before `up`: if a fixed field in it differs, `up` replaces "
            "the deployment",
        )
    if fixed:
        _refuse_adopted(deployment_id, news, fixed)
        _refuse_kept_name(olds, news)
        _refuse_markers(news)
    session.note_permission(deployment_id, news.get("delete_tracing_project"))
    return DiffResult(
        changes=bool(changed or let_go(olds, news)),
        replaces=[change.path for change in fixed],
        # Also where only a resource option asks for the replacement: the name has to be free.
        delete_before_replace=olds.get("name") == news.get("name"),
    )


def _replacing(changed: list[Changed], news: Bag) -> list[Changed]:
    """Return the changes that replace: of fixed fields, and of what ``replace_on_changes`` names.

    The engine cannot apply the option, for the SDK tells it no changed paths.
    """
    return [
        change
        for change in changed
        if (change.field.change is Change.REPLACE or replaces_on(news, change.path))
        and not _is_below_an_unknown(news, change.path)
    ]


def _is_below_an_unknown(news: Bag, path: str) -> bool:
    """Return whether a value is unknown only because all that it is part of is unknown.

    Of such an object `up` mostly changes a part, or nothing, so no replacement is planned.
    """
    top, _, below = path.partition(".")
    return bool(below) and bags.is_unknown(news.get(top))


def _refuse_second_adoption(session: Session, deployment_id: str, news: Bag) -> None:
    adopter = session.declarations.adopter(deployment_id)
    if adopter is not None and adopter != news.get("progress_urn"):
        raise Refusal(managed_and_adopted(deployment_id, resource_name(adopter)))


def _changed(olds: Bag, news: Bag) -> list[Changed]:
    """What an update changes; to say aloud which workspace a deployment is in changes nothing."""
    return compare({"workspace_id": olds.get("tenant_id"), **olds}, news)


def _refuse_other_import(session: Session, deployment_id: str, olds: Bag, news: Bag) -> None:
    """Refuse to adopt a second deployment, unless the first is gone, as in a broken replacement."""
    wanted = news.get("import_id")
    if not isinstance(wanted, str) or wanted == deployment_id:
        return
    with suppress(errors.DeploymentMissing):
        session.client_of(olds).get(deployment_id)
        raise Refusal(
            f"import_ names deployment {wanted}, but this resource already manages "
            f"{deployment_id}. Declare the other one under a resource name of its own, or take the "
            "present one out of the state first (`pulumi state delete --target-dependents`)."
        )


def _refuse_adopted(deployment_id: str, news: Bag, fixed: list[Changed]) -> None:
    """Refuse to replace what ``import_`` still names: the new one could not be made."""
    if news.get("import_id") != deployment_id:
        return
    paths = ", ".join(change.path for change in fixed)
    raise Refusal(
        f"A change of {paths} replaces the deployment. import_ {still_adopted(deployment_id)}."
    )


def _refuse_kept_name(olds: Bag, news: Bag) -> None:
    """What ``check`` could not see, for it knows the old inputs and not the old outputs."""
    fixed = of_kind(_changed(olds, bags.known(news)), Change.REPLACE)
    if keeps_its_name(olds, news, fixed) and not may_free_the_name(news):
        raise Refusal(f"delete_tracing_project {kept_name(fixed)}")


def _refuse_markers(news: Bag) -> None:
    """Refuse a replacement that would have to send what ``ignore_changes`` keeps unknown."""
    for path in marker_paths(news):
        raise Refusal(f"{path} {_NOT_KNOWN}.")


def create(session: Session, props: Bag) -> CreateResult:
    """Make the deployment, or take over the one that ``import_`` names; store its id at once."""
    client = session.client(props.get("workspace_id"))
    props = {key: value for key, value in props.items() if key != ADOPTION}
    if props.get("import_id"):
        live, asked = adopt(client, props)
    else:
        live, asked = client.create(bodies.create_body(props)), True
    if asked:
        _remember(session, live)
    session.declarations.written(props.get("progress_urn"))
    outs = _outs(props, live, client, requested=live.latest_revision_id)
    return CreateResult(live.id, _named(client, props, outs))


def _named(client: ControlPlane, props: Bag, outs: Bag) -> Bag:
    """Give a new deployment its display name, which a POST does not take.

    The deployment exists and is not in the state yet, so this must neither raise nor take long: its
    id would be lost. The output then lacks the display name, and the next plan sets it.
    """
    if props.get("import_id") or not props.get("display_name"):
        return outs
    try:
        client.try_patch(outs["id"], bodies.display_name_body(props["display_name"]))
    except errors.ControlPlaneError as failure:
        progress.warn(
            props.get("progress_urn"),
            f"made, but not named {props['display_name']!r} yet; the next `up` does it: {failure}",
        )
        return {key: value for key, value in outs.items() if key != "display_name"}
    return outs


def read(session: Session, deployment_id: str, props: Bag) -> ReadResult:
    """Report the live deployment; what differs in a managed field becomes an input (drift).

    Only the control plane's word that this deployment is missing takes it out of the state. For
    ``ResourceOptions(id=...)`` the engine calls this with the inputs of the program, unchecked.
    """
    is_declared = bool(props.get(READ_ONLY)) and "id" not in props
    if is_declared:
        session.declarations.read(deployment_id, props.get("progress_urn"))
    client = session.client_of(props)
    try:
        live = session.read_once("deployment", deployment_id, lambda: client.get(deployment_id))
    except errors.DeploymentMissing as missing:
        if is_declared:
            raise Refusal(
                f"The option id names deployment {deployment_id}, which this workspace does not "
                "have. Check the id and the workspace (langsmith:workspaceId)."
            ) from missing
        return ReadResult("", {})
    current = with_drift(props, live)
    if current.pop("default_name", None):
        current.setdefault("name", live.name)
    outs = _outs(current, live, client, requested=props.get("requested_revision_id"))
    return ReadResult(deployment_id, outs, {key: outs[key] for key in INPUTS if key in outs})


def update(session: Session, deployment_id: str, olds: Bag, news: Bag) -> UpdateResult:
    """Send what changed in one PATCH; settings of this provider alone send nothing."""
    changed = _changed(olds, news)
    client = session.client_of(olds)
    if not _is_sent(changed):
        return UpdateResult({**_outputs_of(olds), **_place(client), **news})
    live = _patched(client, deployment_id, olds, news, changed)
    # The state may still name the row that the resource had before it was renamed.
    before = {**olds, "progress_urn": news.get("progress_urn")}
    requested = _requested(client, before, live, changed)
    if requested != olds.get("requested_revision_id"):
        _remember(session, live)
    return UpdateResult(_outs(news, live, client, requested))


def _is_sent(changed: list[Changed]) -> bool:
    return any(change.field.sent or change.field.change is Change.REVISION for change in changed)


def _patched(
    client: ControlPlane, deployment_id: str, olds: Bag, news: Bag, changed: list[Changed]
) -> Deployment:
    """The deployment with the change made, by now or by an earlier run."""
    if not of_kind(changed, Change.REVISION):
        return client.patch(deployment_id, bodies.patch_body(news, changed, {}))
    live = client.get(deployment_id)
    news = _with_ignored_variables(news, live)
    if _is_made(olds, news, live, changed):
        progress.tell(news.get("progress_urn"), "an earlier run made this change; not sent again")
        return live
    return _revised(client, live, news, changed)


def _with_ignored_variables(news: Bag, live: Deployment) -> Bag:
    """Return the inputs with ignored variables as they are live, for the set is sent whole.

    One whose value is hidden goes as the program has it.
    """
    ignored, secrets = ignored_secrets(news), news.get("secrets")
    if not ignored or not isinstance(secrets, dict):
        return news
    sent = {name: value for name, value in secrets.items() if name not in ignored}
    for name in ignored & live.secrets.keys():
        value = live.secrets[name]
        if value is not None or name in secrets:
            sent[name] = secrets[name] if value is None else value
    return {**news, "secrets": sent}


def _revised(
    client: ControlPlane, live: Deployment, news: Bag, changed: list[Changed]
) -> Deployment:
    """Ask for a new revision: by the change itself, or besides it, where it would make none."""
    # A PATCH overwrites the stored resources whole, so what is not managed is sent along.
    spec = live.source_config.get("resource_spec") or {}
    body = bodies.patch_body(news, changed, spec, live)
    newest = live.latest_revision_id
    if body.makes_revision():
        return client.patch(live.id, body, newest=newest)
    if body.payload():
        live = client.patch(live.id, body)
    made = live.latest_revision_id != newest
    return live if made or newest is None else client.redeploy(live.id, newest)


def _is_made(olds: Bag, news: Bag, live: Deployment, changed: list[Changed]) -> bool:
    """Whether an earlier run made this very change and lost the answer on its way to the state.

    A revision that the state knows nothing of shows every changed value: made again, it would
    be built a second time for nothing.
    """
    known = (None, olds.get("latest_revision_id"), olds.get("requested_revision_id"))
    asked = [one for one in changed if one.field.sent or one.field.change is Change.REVISION]
    return live.latest_revision_id not in known and is_already_applied(news, live, asked)


def _requested(
    client: ControlPlane, olds: Bag, live: Deployment, changed: list[Changed]
) -> str | None:
    """The revision that the program's last change asked for: what the rollout waits for.

    The service decides whether a PATCH makes a revision, so its answer counts, not the prediction.
    """
    predicted = bool(of_kind(changed, Change.REVISION))
    made = _made_revision(client, olds, live, predicted=predicted)
    if made != predicted:
        progress.tell(olds.get("progress_urn"), _SURPRISES[made])
    return live.latest_revision_id if made else olds.get("requested_revision_id")


def _made_revision(client: ControlPlane, olds: Bag, live: Deployment, *, predicted: bool) -> bool:
    newest = live.latest_revision_id
    if newest in (None, olds.get("requested_revision_id"), olds.get("latest_revision_id")):
        return False
    return predicted or _just_made(client, live)


_SURPRISES = {
    True: "the service made a new revision for a change documented as in place; waiting for it",
    False: "the service made no new revision for a change that is documented to make one",
}


def _just_made(client: ControlPlane, live: Deployment) -> bool:
    """Whether the newest revision is as young as the answer: others (a push) also move it."""
    made = client.revision(live.id, str(live.latest_revision_id)).created_at
    return bool(made and live.updated_at and made >= live.updated_at)


def delete(session: Session, deployment_id: str, props: Bag) -> None:
    """Delete the deployment and wait until it is gone: until then its name stays taken.

    A deployment that the present program adopts or reads is left alone, whichever resource it
    leaves.
    """
    from langsmith_pulumi.control_plane.rollout import wait_until_gone

    _refuse_unadopted(session, deployment_id, props)
    needed = _needed_by(session, deployment_id)
    if needed:
        urn = props.get("progress_urn")
        progress.tell(urn, f"deployment {deployment_id} is left alone: {needed}")
        return
    _refuse_blocked_successor(session, deployment_id, props)
    client = session.client_of(props)
    client.delete(
        deployment_id,
        delete_tracing_project=_may_delete_project(session, deployment_id, props),
    )
    tick = progress.Ticker(props.get("progress_urn"))
    wait_until_gone(
        client,
        deployment_id,
        timeout=props.get("rollout_timeout") or DELETE_TIMEOUT,
        on_progress=tick,
        on_silence=tick.silence,
    )


def _refuse_unadopted(session: Session, deployment_id: str, props: Bag) -> None:
    """Refuse to let go of a deployment that another resource names and has not taken over yet.

    A rename adopts first and deletes afterwards. Where the deletion comes first, it belongs to a
    replacement, after which nothing would be in the state.
    """
    declarations = session.declarations
    adopter = declarations.adopter(deployment_id)
    declared = declarations.get(adopter)
    if adopter is None or declared is None or declared.written:
        return
    if declarations.manager(deployment_id) != adopter or adopter == props.get("progress_urn"):
        raise Refusal(
            f"Deployment {props.get('name')!r} ({deployment_id}) was not deleted: import_ of "
            f"{resource_name(adopter)!r} names it. Remove import_, or take back what replaces it."
        )


def _needed_by(session: Session, deployment_id: str) -> str:
    """Return which resource of the present program holds a deployment; empty if none does."""
    adopter = session.declarations.adopter(deployment_id)
    if adopter is not None:
        return f"import_ of {resource_name(adopter)!r} names it"
    reader = session.declarations.reader(deployment_id)
    return f"{resource_name(reader)!r} reads it" if reader is not None else ""


def _may_delete_project(session: Session, deployment_id: str, props: Bag) -> bool:
    """Return what the present program says; the state's word counts where it says nothing."""
    declared = session.declarations.get(props.get("progress_urn"))
    said = declared.inputs.get("delete_tracing_project") if declared else None
    recorded = said if isinstance(said, bool) else bool(props.get("delete_tracing_project"))
    return session.permission(deployment_id, recorded)


def _refuse_blocked_successor(session: Session, deployment_id: str, props: Bag) -> None:
    """Refuse to delete what is to be made again under its name, if the name would stay taken."""
    heir = session.declarations.successor(props.get("name"))
    if heir is None or may_free_the_name(heir.inputs):
        return
    raise Refusal(
        f"Deployment {props.get('name')!r} ({deployment_id}) was not deleted: it is to be replaced "
        "under the same name, which its tracing project would keep. Set "
        "delete_tracing_project=True (the traces are lost too), or choose another name."
    )


def _remember(session: Session, live: Deployment) -> None:
    if live.latest_revision_id:
        session.own_revisions.add(live.latest_revision_id)


def _outputs_of(bag: Bag) -> Bag:
    return {key: value for key, value in bag.items() if key not in INPUTS}


def _outs(inputs: Bag, live: Deployment, client: ControlPlane, requested: str | None) -> Bag:
    """Return the inputs as they are, which the next diff starts from, and what the service says.

    Nothing that could hold a live secret is taken from the service.
    """
    told = {
        "id": live.id,
        "status": live.status,
        "latest_revision_id": live.latest_revision_id,
        "requested_revision_id": requested,
        "tenant_id": live.tenant_id or client.workspace,
        "created_at": live.created_at,
        "updated_at": live.updated_at,
    }
    outs = {**inputs, **_place(client)}
    return {**outs, **{key: _text(value) for key, value in told.items() if value is not None}}


def _place(client: ControlPlane) -> Bag:
    return {"control_plane_url": client.url}


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
