"""The calls of the engine for a rollout: the wait for a deployment's newest revision.

A rollout owns nothing in the control plane, so making, replacing and losing one is harmless. A
failure keeps its old state, so the next plan shows it again, and the next ``up`` retries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.retrying import BRIEFLY

from . import bags, progress
from .changes import REVISION_FIELDS, compare
from .checks import forced_problems
from .declarations import parent_urn
from .door import Refusal
from .drift import with_drift
from .options import READ_ONLY
from .rollout_ids import deployment_id_in, rollout_id
from .sources import PUSHED_LATER

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlane
    from langsmith_pulumi.control_plane.models import Deployment

    from .bags import Bag
    from .declarations import Declaration
    from .session import Foreseen, Session

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
)

ROLLOUT_TIMEOUT = 1800.0
"""Seconds to wait for a revision to end, unless ``rollout_timeout`` says otherwise.

The vendor's own clients give up after 15 to 30 minutes; a first revision also makes the database.
"""


def check(_session: Session, _olds: Bag, news: Bag) -> CheckResult:
    """Nothing to refuse: the inputs come from the deployment, which has checked them."""
    return CheckResult(bags.compact(news), [])


def diff(session: Session, own_id: str, olds: Bag, news: Bag) -> DiffResult:
    """A rollout is due when its deployment's diff says so, or the revision asked for is another.

    In a preview the revision of a changed deployment is unknown, which says nothing, for a change
    in place makes none; then the last one that was asked for tells whether a rollout is overdue.
    Its own inputs do not tell all: they lack the secrets, and what the rollout last saw may be what
    the program goes back to.
    """
    moved = olds.get("deployment_id") != news.get("deployment_id")
    if moved:
        _refuse_forced_replacement(session, olds, news)
    foreseen = session.foreseen(deployment_id_in(own_id))
    due = _is_due(foreseen, olds, news)
    # The deployment's diff has decided about unknown inputs and about ignored variables.
    compared = {**bags.known(news), "secret_fingerprints": None} if foreseen else news
    changed = compare(olds, compared, REVISION_FIELDS)
    return DiffResult(
        changes=moved or due or bool(changed) or _lacks_its_url(olds, news),
        replaces=["deployment_id"] if moved else [],
        delete_before_replace=False,
    )


def _lacks_its_url(olds: Bag, news: Bag) -> bool:
    """Return whether a rollout that is not waited for has yet to read the URL.

    The next `up` reads it. Without any revision, or after a failed one, there is none to come.
    """
    due = news.get("wait") is False and not olds.get("url")
    return due and bool(olds.get("revision_id")) and not olds.get("revision_failed")


def _refuse_forced_replacement(session: Session, olds: Bag, news: Bag) -> None:
    """Refuse a replacement of the deployment that only the engine knows of, before any loss.

    The deployment looks new then, for it was checked without old inputs, and yet the state holds
    its rollout. The engine compares the rollout before it deletes the deployment.
    """
    declared = _declared_deployment(session, olds, news)
    if declared is None or declared.olds or declared.written:
        return
    old_id = str(olds.get("deployment_id"))
    found = forced_problems(declared, old_id, olds.get("deployment_name"))
    if found:
        reasons = "; ".join(f"{_as_argument(problem.path)} {problem.reason}" for problem in found)
        raise Refusal(
            f"Deployment {declared.inputs.get('name')!r} ({old_id}) cannot be replaced as asked: "
            f"{reasons}. If the deployment is gone already, run `pulumi refresh` first."
        )


def _declared_deployment(session: Session, olds: Bag, news: Bag) -> Declaration | None:
    """Return the declaration of a rollout's deployment.

    A rollout that goes with its deployment is compared with unknown values, its URN among them, and
    the old URN may be that of before a rename. So the deployment's name and its id count too.
    """
    declarations = session.declarations
    urn = news.get("progress_urn")
    if not bags.is_unknown(urn):
        return declarations.get(parent_urn(urn))
    return (
        declarations.get(parent_urn(olds.get("progress_urn")))
        or declarations.get(declarations.adopter(str(olds.get("deployment_id"))))
        or declarations.successor(olds.get("deployment_name"))
    )


def _as_argument(path: str) -> str:
    return {"import_id": "import_"}.get(path, path.removeprefix("options."))


def _is_due(foreseen: Foreseen | None, olds: Bag, news: Bag) -> bool:
    asked = news.get("revision_id")
    if bags.is_unknown(asked):
        asked = foreseen.requested if foreseen else olds.get("revision_id")
    return bool(foreseen and foreseen.revision) or asked != olds.get("revision_id")


def create(session: Session, props: Bag) -> CreateResult:
    """Wait until the deployment's newest revision serves."""
    client = session.client(props.get("workspace_id"))
    outs = _settle(session, client, props)
    return CreateResult(_id_for(props, outs), outs)


def update(session: Session, _id: str, olds: Bag, news: Bag) -> UpdateResult:
    """Wait until the deployment's newest revision serves."""
    return UpdateResult(_settle(session, session.client_of(olds), news))


def _id_for(props: Bag, outs: Bag) -> str:
    """Return the rollout's id, without a URL that the program gave: that one may be a secret.

    One that is only read keeps the id that it was asked for by.
    """
    own = props.get("custom_url") is not None or props.get(READ_ONLY)
    return rollout_id(props["deployment_id"], None if own else outs.get("url"))


def read(session: Session, _id: str, props: Bag) -> ReadResult:
    """Report what serves now; drift of the revision part shows here too, for it costs a rollout.

    ``revision_id`` stays as it is: a failed rollout must not be forgotten by a refresh.
    """
    client = session.client_of(props)
    deployment_id = props["deployment_id"]
    try:
        live = session.read_once("rollout", deployment_id, lambda: client.get(deployment_id))
    except errors.DeploymentMissing:
        return ReadResult("", {})
    outs = _outs(with_drift(props, live), live, client)
    inputs = {key: value for key, value in outs.items() if key not in OUTPUTS}
    if "custom_url" in inputs:
        # Under this key it marks the output as the secret that it may be.
        inputs["url"] = inputs["custom_url"]
    return ReadResult(_id_for(props, outs), outs, inputs)


def delete(session: Session, _id: str, props: Bag) -> None:
    """Do nothing, for a rollout is nothing in the control plane.

    It is refused where its deployment, which goes next, would not be found.
    """
    session.require_same_place(props, props.get("workspace_id"))


def _settle(session: Session, client: ControlPlane, props: Bag) -> Bag:
    asked, waits = props.get("revision_id"), props.get("wait") is not False
    if waits and asked in session.own_revisions:
        # Asked for a moment ago, so it exists, though a read may show only what was before it.
        return _outs(props, _wait(client, props, asked), client)
    reader = client.until(client.clock() + _timeout(props))
    live = reader.get(props["deployment_id"], policy=BRIEFLY)
    if live.latest_revision_id is None and not _is_coming(live):
        progress.tell(props.get("progress_urn"), "no revision yet, so there is nothing to wait for")
    elif waits:
        retried = _retry_failed(session, client, live, props.get("progress_urn"), _timeout(props))
        live = _wait(client, props, retried or asked)
    elif live.public_url is None and _has_failed(client, live):
        return {**_outs(props, live, client), "revision_failed": True}
    return _outs(props, live, client)


def _has_failed(client: ControlPlane, live: Deployment) -> bool:
    """Return whether the newest revision has failed, so that no URL is to come of it."""
    from langsmith_pulumi.control_plane.verdict import Verdict, verdict

    try:
        revision = client.revision(live.id, str(live.latest_revision_id))
    except errors.ControlPlaneError:
        return False
    return verdict(revision.status) is Verdict.FAILED


def _is_coming(live: Deployment) -> bool:
    """Whether the first revision is only not told of yet, as while the database is made."""
    return live.source not in PUSHED_LATER and live.status == "AWAITING_DATABASE"


def _timeout(props: Bag) -> float:
    return float(props.get("timeout") or ROLLOUT_TIMEOUT)


def _wait(client: ControlPlane, props: Bag, revision_id: str | None) -> Deployment:
    from langsmith_pulumi.control_plane.rollout import wait_for_rollout

    tick = progress.Ticker(props.get("progress_urn"))
    settled = wait_for_rollout(
        client,
        props["deployment_id"],
        timeout=_timeout(props),
        revision_id=revision_id,
        on_progress=lambda revision, seconds: tick(revision.status, seconds),
        on_silence=tick.silence,
    )
    if settled.doubt:
        progress.warn(props.get("progress_urn"), settled.doubt)
    return settled.deployment


def _retry_failed(
    session: Session, client: ControlPlane, live: Deployment, urn: str | None, timeout: float
) -> str | None:
    """Ask for a redeploy of a newest revision that failed in an earlier run; our own is news."""
    from langsmith_pulumi.control_plane.verdict import Verdict, verdict

    newest = live.latest_revision_id
    if newest is None or newest in session.own_revisions:
        return None
    reader = client.until(client.clock() + timeout)
    revision = reader.revision(live.id, newest, policy=BRIEFLY)
    if verdict(revision.status) is not Verdict.FAILED:
        return None
    progress.tell(urn, f"retrying: revision {newest} had ended as {revision.status}")
    again = client.redeploy(live.id, newest).latest_revision_id
    if again:
        session.own_revisions.add(again)
    return again


def _outs(props: Bag, live: Deployment, client: ControlPlane) -> Bag:
    said: dict[str, Any] = {
        "url": live.public_url or props.get("custom_url"),
        "active_revision_id": live.active_revision_id,
        "repo_commit_sha": live.source_revision_config.get("repo_commit_sha"),
        "image_version": live.image_version,
        "status": live.status,
        "deployment_name": live.name,
        "tenant_id": live.tenant_id or client.workspace,
        "control_plane_url": client.url,
    }
    kept = {key: value for key, value in props.items() if key not in OUTPUTS}
    return {**kept, **{key: value for key, value in said.items() if value is not None}}
