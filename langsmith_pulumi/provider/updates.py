"""Updating a deployment: one PATCH, one request for a new size, or a redeploy."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pulumi.dynamic import UpdateResult

from langsmith_pulumi.control_plane import errors
from langsmith_pulumi.control_plane.comparison import is_of_the_service

from . import payloads, progress
from .changes import (
    REPO_URL,
    REVISION_CONFIG,
    ChangedField,
    Impact,
    changes_since,
    with_impact,
)
from .drift import is_already_applied
from .error_boundary import ProviderError
from .fingerprints import restore_live_text
from .folder.difference import is_ignored
from .folder.upload import with_uploaded_folder
from .outputs import location_of, outputs_of, record_requested_revision, without_inputs
from .variables import (
    ENVIRONMENT_VARIABLES,
    SECRETS,
    VARIABLE_MAPS,
    all_variables,
    ignored_variables,
)
from .waits import send_when_idle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
    from langsmith_pulumi.control_plane.responses import LiveDeployment

    from .properties import Properties
    from .session import Session


def update(
    session: Session, deployment_id: str, olds: Properties, news: Properties
) -> UpdateResult:
    """Send the changes in one PATCH; a change of the provider's own settings sends nothing."""
    changed = changes_since(olds, news)
    client = session.client_for(olds)
    if not any(change.is_sent for change in changed):
        return UpdateResult({**without_inputs(olds), **location_of(client), **news})
    live = _send_changes(session, deployment_id, olds, news, changed)
    # The state may still contain the URN from before a rename.
    before = {**olds, "progress_urn": news.get("progress_urn")}
    requested = _requested(client, before, live, changed)
    if requested != olds.get("requested_revision_id"):
        record_requested_revision(session, live)
    return UpdateResult(outputs_of(news, live, client, requested))


def _send_changes(
    session: Session,
    deployment_id: str,
    olds: Properties,
    news: Properties,
    changed: list[ChangedField],
) -> LiveDeployment:
    """Send the PATCH, and then the sizes, which have a request of their own."""
    client = session.client_for(olds)
    patched = [change for change in changed if not change.field.own_request]
    previous = olds.get("latest_revision_id")
    if any(change.is_sent for change in patched):
        live = _patch(session, deployment_id, olds, news, patched)
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
    session: Session,
    deployment_id: str,
    olds: Properties,
    news: Properties,
    changed: list[ChangedField],
) -> LiveDeployment:
    """Make the change unless an earlier run has made it; return the deployment."""
    client = session.client_for(olds)
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
    live = _read_before(session, client, deployment_id, changed)
    if _was_made_by_an_earlier_run(
        olds, _with_ignored_variables(news, live, changed), live, changed
    ):
        progress.info(news.get("progress_urn"), "an earlier run made this change; not sent again")
        return live
    with _explained_refusal(deployment_id, changed):
        return _make_revision(client, live, news, changed)


def _read_before(
    session: Session, client: ControlPlaneClient, deployment_id: str, changed: list[ChangedField]
) -> LiveDeployment:
    """Return the deployment before a change that makes a revision.

    If the change is sent as a whole, it only tells if an earlier run has made it, and then it may
    be seconds old and from a list. Otherwise live values become part of the change.
    """
    if all(change.path.startswith(f"{REVISION_CONFIG}.") for change in changed):
        return session.read_once(client, "update", deployment_id)
    return client.get(deployment_id)


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
    # An ignored folder stays as it was built, if it was.
    if live.latest_revision_id is None or not is_ignored(news):
        news = with_uploaded_folder(client, live.id, news)
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
