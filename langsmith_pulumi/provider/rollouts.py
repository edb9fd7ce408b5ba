"""The engine's operations on a rollout, the wait for a deployment's newest revision.

A rollout owns nothing in the control plane, so creating, replacing and losing one is harmless. A
failure keeps its old state, so the next plan shows it again, and the next ``up`` retries it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.retry import POLLING
from langsmith_pulumi.control_plane.revision_status import Outcome, outcome_of

from . import progress
from .changes import HEALTH_CHECK, REVISION_FIELDS, compare
from .declarations import parent_urn
from .drift import with_drift
from .error_boundary import ProviderError
from .first_revision import make_first_revision
from .folder.difference import FOLDER
from .preconditions import forced_replacement_problems
from .properties import (
    READ_ONLY,
    deployment_id_of,
    is_unknown,
    rollout_id,
    without_nulls,
    without_unknowns,
)
from .sources import PUSHED_LATER
from .waits import ROLLOUT_TIMEOUT, send_when_idle

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment

    from .declarations import Declaration
    from .properties import Properties
    from .session import PlannedChange, Session

SECONDS = "rollout_seconds"
"""How long the last rollout took, where that helps to notice the end of the next one soon."""
_WORTH_SECONDS = 60.0
"""A shorter rollout is looked at each second anyway."""

OUTPUTS = (
    "url",
    "active_revision_id",
    "repo_commit_sha",
    "image_version",
    "revision_failed",
    "status",
    "deployment_name",
    "tenant_id",
    "control_plane_url",
    SECONDS,
)


def check(_session: Session, _olds: Properties, news: Properties) -> CheckResult:
    """Accept the inputs, which the deployment has validated."""
    return CheckResult(without_nulls(news), [])


def diff(session: Session, own_id: str, olds: Properties, news: Properties) -> DiffResult:
    """Return whether a rollout is due: by its deployment's diff, or for another requested revision.

    In a preview the revision of a changed deployment is unknown, also for a change in place, which
    makes none. Then the last requested revision tells whether a rollout is overdue. The inputs of
    the rollout are not sufficient: they lack the secrets, and a change may return to the values of
    the last rollout.
    """
    moved = olds.get("deployment_id") != news.get("deployment_id")
    if moved:
        _refuse_forced_replacement(session, olds, news)
    planned_change = session.planned_change(deployment_id_of(own_id))
    due = _is_due(planned_change, olds, news)
    # The deployment's diff has already decided about unknown inputs and ignored variables.
    compared = {**without_unknowns(news), **_COMPARED_BY_DEPLOYMENT} if planned_change else news
    changed = compare(olds, compared, REVISION_FIELDS)
    return DiffResult(
        changes=moved or due or bool(changed) or _lacks_its_url(olds, news),
        replaces=["deployment_id"] if moved else [],
        delete_before_replace=False,
    )


_COMPARED_BY_DEPLOYMENT = {"secret_fingerprints": None, "triggers": None}
"""Sets that the deployment's diff has compared; a rollout may hold one that was unmanaged since."""


def _lacks_its_url(olds: Properties, news: Properties) -> bool:
    """Return True if a rollout that is not waited for still has to read the URL.

    The next ``up`` reads it. Without a revision, or after a failed one, there is no URL to come.
    """
    due = news.get("wait") is False and not olds.get("url")
    has_revision = bool(olds.get("revision_id") or olds.get(FOLDER))
    return due and has_revision and not olds.get("revision_failed")


def _refuse_forced_replacement(session: Session, olds: Properties, news: Properties) -> None:
    """Raise ``ProviderError`` for a forced replacement that would lose the deployment.

    The deployment looks new, because it was checked without old inputs, but the state contains its
    rollout. The engine compares the rollout before it deletes the deployment.
    """
    declared = _declared_deployment(session, olds, news)
    if declared is None or declared.olds or declared.written:
        return
    old_id = str(olds.get("deployment_id"))
    found = forced_replacement_problems(declared, old_id, olds.get("deployment_name"))
    if found:
        reasons = "; ".join(f"{_as_argument(problem.path)} {problem.reason}" for problem in found)
        raise ProviderError(
            f"Deployment {declared.inputs.get('name')!r} ({old_id}) cannot be replaced as asked: "
            f"{reasons}. If the deployment is gone already, run `pulumi refresh` first."
        )


def _declared_deployment(
    session: Session, olds: Properties, news: Properties
) -> Declaration | None:
    """Return the declaration of a rollout's deployment.

    A rollout that is replaced with its deployment is compared with unknown values, its URN among
    them, and the old URN may be from before a rename. The deployment is then found by name or id.
    """
    declarations = session.declarations
    urn = news.get("progress_urn")
    if not is_unknown(urn):
        return declarations.get(parent_urn(urn))
    return (
        declarations.get(parent_urn(olds.get("progress_urn")))
        or declarations.get(declarations.adopter(str(olds.get("deployment_id"))))
        or declarations.successor(olds.get("deployment_name"))
    )


def _as_argument(path: str) -> str:
    return {"import_id": "import_"}.get(path, path.removeprefix("options."))


def _is_due(planned_change: PlannedChange | None, olds: Properties, news: Properties) -> bool:
    requested = news.get("revision_id")
    if is_unknown(requested):
        requested = (
            planned_change.requested_revision_id if planned_change else olds.get("revision_id")
        )
    return bool(planned_change and planned_change.makes_revision) or requested != olds.get(
        "revision_id"
    )


def create(session: Session, props: Properties) -> CreateResult:
    """Wait until the deployment's newest revision is deployed."""
    client = session.client(props.get("workspace_id"), props.get("control_plane_url"))
    outs = _wait_or_read(session, client, props, is_new=True)
    return CreateResult(_id_for(props, outs), outs)


def update(session: Session, _id: str, olds: Properties, news: Properties) -> UpdateResult:
    """Wait until the deployment's newest revision is deployed."""
    props = {**news, SECONDS: olds.get(SECONDS)}
    return UpdateResult(_wait_or_read(session, session.client_for(olds), props, is_new=False))


def _id_for(props: Properties, outs: Properties) -> str:
    """Return the rollout's id, without a URL that the program gives, which may be a secret.

    A rollout that is only read keeps the id that it is read by.
    """
    own = props.get("custom_url") is not None or props.get(READ_ONLY)
    return rollout_id(props["deployment_id"], None if own else outs.get("url"))


def read(session: Session, _id: str, props: Properties) -> ReadResult:
    """Return the live outputs, and the drift of the revision, because it requires a rollout.

    ``revision_id`` is kept, so that a refresh does not forget a failed rollout.
    """
    client = session.client_for(props)
    deployment_id = props["deployment_id"]
    try:
        live = session.read_once(client, "rollout", deployment_id)
    except errors.DeploymentNotFound:
        return ReadResult("", {})
    outs = _outputs(with_drift(props, live), live, client)
    inputs = {key: value for key, value in outs.items() if key not in OUTPUTS}
    if "custom_url" in inputs:
        # An input of the same key makes the output secret if the input is.
        inputs["url"] = inputs["custom_url"]
    return ReadResult(_id_for(props, outs), outs, inputs)


def delete(session: Session, _id: str, props: Properties) -> None:
    """Delete nothing, because the control plane has no rollouts.

    Raise ``ProviderError`` if its deployment, which is deleted next, would not be found.
    """
    session.require_known_location(props)


def _wait_or_read(
    session: Session, client: ControlPlaneClient, props: Properties, *, is_new: bool
) -> Properties:
    requested, waits = props.get("revision_id"), props.get("wait") is not False
    if waits and requested in session.requested_revisions:
        # This process has requested it, so it exists, though a read may not show it yet.
        return _wait(client, props, requested)
    reader = client.until(client.clock() + _timeout(props))
    live = reader.get(props["deployment_id"], policy=POLLING)
    if is_new:
        before, live = live, make_first_revision(session, client, live, props)
        requested = requested if live is before else live.latest_revision_id
    if live.latest_revision_id is None and not _is_coming(live):
        progress.info(props.get("progress_urn"), "no revision yet, so there is nothing to wait for")
    elif waits:
        retried = _retry_failed(session, client, live, props.get("progress_urn"), _timeout(props))
        return _wait(client, props, retried or requested)
    elif live.public_url is None and _has_failed(client, live):
        return {**_outputs(props, live, client), "revision_failed": True}
    return _outputs(props, live, client)


def _has_failed(client: ControlPlaneClient, live: LiveDeployment) -> bool:
    """Return True if the newest revision has failed, so that it will have no URL."""
    try:
        revision = client.revision(live.id, str(live.latest_revision_id))
    except errors.ControlPlaneError:
        return False
    return outcome_of(revision.status) is Outcome.FAILED


def _is_coming(live: LiveDeployment) -> bool:
    """Return True if the first revision is still to come, as while the database is created."""
    return live.source not in PUSHED_LATER and live.status == "AWAITING_DATABASE"


def _timeout(props: Properties) -> float:
    return float(props.get("timeout") or ROLLOUT_TIMEOUT)


def _wait(client: ControlPlaneClient, props: Properties, revision_id: str | None) -> Properties:
    """Wait until the newest revision is deployed; return the outputs."""
    from langsmith_pulumi.control_plane.waiting import wait_for_rollout

    urn = props.get("progress_urn")
    reporter = progress.StatusReporter(urn)
    result = wait_for_rollout(
        client,
        props["deployment_id"],
        timeout=_timeout(props),
        revision_id=revision_id,
        on_progress=lambda revision, seconds: reporter(revision.status, seconds),
        on_poll_failure=reporter.poll_failed,
        on_interrupt=partial(progress.warn, urn) if props.get("interrupt_stuck") else None,
        observers=progress.rollout_observers(urn),
        earlier_seconds=props.get(SECONDS),
    )
    if result.warning:
        progress.warn(urn, result.warning)
    _check_health(client, result.deployment, props, reporter)
    if result.seconds is not None:
        is_long = result.seconds >= _WORTH_SECONDS
        props = {**props, SECONDS: round(result.seconds) if is_long else None}
    return _outputs(props, result.deployment, client)


def _check_health(
    client: ControlPlaneClient,
    live: LiveDeployment,
    props: Properties,
    reporter: progress.StatusReporter,
) -> None:
    """Wait until the agent answers well, if the program asks for it."""
    if not props.get(HEALTH_CHECK):
        return
    from langsmith_pulumi.control_plane.health import wait_until_healthy
    from langsmith_pulumi.control_plane.models import HealthCheck

    given = props[HEALTH_CHECK]
    check = HealthCheck.model_validate({} if given is True else given)
    wait_until_healthy(
        client,
        live,
        live.public_url or props.get("custom_url"),
        check,
        on_progress=lambda good, seconds: reporter(
            f"DEPLOYED, health check {good} of {check.successes}", seconds
        ),
    )


def _retry_failed(
    session: Session,
    client: ControlPlaneClient,
    live: LiveDeployment,
    urn: str | None,
    timeout: float,
) -> str | None:
    """Redeploy the newest revision if it failed in an earlier run; return the new revision's id.

    A failure of this run is reported; one of an earlier run is retried.
    """
    newest = live.latest_revision_id
    if newest is None or newest in session.requested_revisions:
        return None
    reader = client.until(client.clock() + timeout)
    revision = reader.revision(live.id, newest, policy=POLLING)
    if outcome_of(revision.status) is not Outcome.FAILED:
        return None
    progress.info(urn, f"retrying: revision {newest} had ended as {revision.status}")

    def redeploy(seen: LiveDeployment | None) -> LiveDeployment:
        if seen is not None and seen.latest_revision_id != newest:
            # A newer revision has come during the wait; it takes the place of the failed one.
            return seen
        return client.redeploy(live.id, newest)

    again = send_when_idle(client, live.id, redeploy, urn=urn, timeout=timeout).latest_revision_id
    if again:
        session.requested_revisions.add(again)
    return again


def _outputs(props: Properties, live: LiveDeployment, client: ControlPlaneClient) -> Properties:
    shown: dict[str, Any] = {
        "url": live.public_url or props.get("custom_url"),
        "active_revision_id": live.active_revision_id,
        "repo_commit_sha": live.source_revision_config.get("repo_commit_sha"),
        "image_version": live.image_version,
        "status": live.status,
        "deployment_name": live.name,
        "tenant_id": live.tenant_id or client.workspace,
        "control_plane_url": client.url,
        SECONDS: props.get(SECONDS),
    }
    kept = {key: value for key, value in props.items() if key not in OUTPUTS}
    return {**kept, **{key: value for key, value in shown.items() if value is not None}}
