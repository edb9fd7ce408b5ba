"""The routes of the control plane's API: request models in, response models or errors out."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from . import recovery, responses
from .comparison import differences
from .conflicts import explain_conflict
from .connection import PAGE_SIZE, Connection, check_id
from .errors import (
    APIStatusError,
    BadRequest,
    ControlPlaneError,
    DeploymentNotFound,
    NotFound,
    RouteNotFound,
)
from .listeners import ListenerClient, explain_placement
from .logs import NO_SUCH_ROUTE, LogReader, LogSource
from .retry import BEST_EFFORT, IDEMPOTENT, LOOK, NON_IDEMPOTENT, Policy
from .revision_status import is_being_deleted
from .settings import dashboard_url

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from .logs import LogKind
    from .models import DeploymentCreateRequest, DeploymentPatchRequest, ResourceTiersRequest
    from .responses import LiveDeployment, RawResponse, Revision, UploadTarget
    from .watching import Watched

_DEPLOYMENTS = "/v2/deployments"
_MAX_ROUNDS = 3
"""How often a change of unknown outcome is sent while the deployment does not show it."""
_NO_SIZES = (
    "This control plane may be an older or self-hosted one, whose deployments have no sizes: take "
    "compute_size and database_size out of the program. If nothing else is answered either, check "
    "the setting langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT)."
)


class ControlPlaneClient(Connection):
    """The routes of deployments and their revisions."""

    def create(self, body: DeploymentCreateRequest) -> LiveDeployment:
        """Create a deployment, whose first revision is then in progress.

        ``recovery`` says what is done if the response is lost.
        """
        sent = self._payload(body)
        post = partial(
            self.send, "POST", _DEPLOYMENTS, self._parse_deployment, NON_IDEMPOTENT, body=sent
        )
        create = recovery.Create(
            noun="deployment",
            key="name",
            name=body.name,
            request=f"POST {_DEPLOYMENTS}",
            post=post,
            find=partial(self._find_kept, body.name),
            differing_paths=lambda live: [
                one.path for one in differences(sent, live, missing_means_unchanged=True)
            ],
            explain_conflict=lambda conflict: explain_conflict(
                conflict,
                sent,
                lambda name: next(self.search({"name": name}, include_previews=True), None),
                self.deployments,
            ),
            clock=self.clock,
            sleep=self.sleep,
        )
        try:
            return create.run()
        except (BadRequest, NotFound) as refused:
            raise explain_placement(refused, ListenerClient(self).list) from None

    def get(self, deployment_id: str, *, policy: Policy = IDEMPOTENT) -> LiveDeployment:
        """Return a deployment; raise ``DeploymentNotFound`` if it is gone."""
        return self.send("GET", _path(deployment_id), self._parse_deployment, policy)

    def find(self, name: str) -> LiveDeployment | None:
        """Return the deployment of exactly this name, or None; none made for a pull request."""
        return next(self.search({"name": name}), None)

    def _find_kept(self, name: str) -> LiveDeployment | None:
        """Return the deployment of this name, unless it is being deleted."""
        found = self.find(name)
        return None if found and is_being_deleted(found.status) else found

    def deployments(self, name_contains: str | None = None) -> Iterator[LiveDeployment]:
        """Yield the workspace's deployments, page by page, in no particular order.

        Those that the service makes for pull requests are left out.
        """
        return self.search({"name_contains": name_contains} if name_contains else {})

    def search(
        self, filters: dict[str, str], *, include_previews: bool = False
    ) -> Iterator[LiveDeployment]:
        """Yield the deployments that pass the filters of the API, page by page.

        Those that the service makes for pull requests are left out unless they are included.
        """
        name = filters.get("name")
        # Servers that do not know the filter `name` ignore it and list everything.
        sent = {"name_contains": name, **filters} if name else filters
        for found in self.list_all(_DEPLOYMENTS, sent, self._parse_deployment):
            if name in (None, found.name) and (include_previews or not found.is_preview):
                yield found

    def deployment_pages(self, *, policy: Policy = IDEMPOTENT) -> Iterator[list[LiveDeployment]]:
        """Yield all of the workspace's deployments, one list for each page."""
        return self.pages(_DEPLOYMENTS, {}, self._parse_deployment, policy=policy)

    def deployments_of(self, ids: Sequence[str]) -> list[LiveDeployment]:
        """Return those of some deployments that a page of the list holds for each hundred of them.

        A server that does not know the filter lists others too, and perhaps none of these.
        """
        found: list[LiveDeployment] = []
        for first in range(0, len(ids), PAGE_SIZE):
            chosen = {"deployment_ids": ",".join(ids[first : first + PAGE_SIZE])}
            found += next(self.pages(_DEPLOYMENTS, chosen, self._parse_deployment, policy=LOOK))
        return found

    def verify_access(self) -> None:
        """Ask for one deployment; raise if the key, the workspace or the address is refused."""
        params = {"limit": "1", "offset": "0"}
        self.send("GET", _DEPLOYMENTS, responses.parse_page, BEST_EFFORT, params=params)

    def joined(self, deployment_id: str) -> AbstractContextManager[Watched]:
        """Count a wait among those that share their looks, as long as the context lasts."""
        return self.shared_lists.joined(self._workspace, deployment_id)

    def look(self, watched: Watched, max_age: float) -> LiveDeployment | None:
        """Return a deployment that is waited for, by a list, or None if that does not show it.

        ``max_age`` is that of the list in seconds.
        """
        return watched.look(self.deployments_of, self.clock, max_age)

    def patch(
        self,
        deployment_id: str,
        body: DeploymentPatchRequest,
        *,
        makes_revision: bool,
        previous_revision_id: str | None = None,
    ) -> LiveDeployment:
        """Change a deployment; fields that are left out keep their values.

        If the response is lost, it is sent again only if the deployment does not show the change;
        if that is unknown too, the error says why. ``makes_revision`` tells whether the service
        makes a revision for it, ``previous_revision_id`` is the newest revision before it, if
        known.
        """
        sent, started = self._payload(body), self.clock()

        def find_applied() -> LiveDeployment | None:
            live = self.get(deployment_id)
            if not makes_revision:
                return live if recovery.is_setting_applied(sent, live) else None
            is_previous = live.latest_revision_id == previous_revision_id
            applied = recovery.is_revision_applied(
                sent,
                live,
                None if is_previous else self._newest(live),
                self.clock() - started,
                previous_is_known=previous_revision_id is not None,
            )
            return live if applied else None

        path = _path(deployment_id)
        send = partial(self.send, "PATCH", path, self._parse_deployment, NON_IDEMPOTENT, body=sent)
        return recovery.send_with_recovery(send, find_applied, rounds=_MAX_ROUNDS, sleep=self.sleep)

    def resize(
        self,
        deployment_id: str,
        body: ResourceTiersRequest,
        *,
        previous_revision_id: str | None = None,
    ) -> LiveDeployment:
        """Change the size of a deployment on Cloud, which makes a revision.

        If the response is lost, it is sent again only if no newer revision shows.
        """
        started, path = self.clock(), f"{_path(deployment_id)}/resource-tiers"

        def find_applied() -> LiveDeployment | None:
            live = self.get(deployment_id)
            is_previous = live.latest_revision_id == previous_revision_id
            applied = recovery.is_revision_applied(
                {},
                live,
                None if is_previous else self._newest(live),
                self.clock() - started,
                previous_is_known=previous_revision_id is not None,
            )
            return live if applied else None

        parse, sent = self._parse_deployment, body.payload()
        send = partial(self.send, "PATCH", path, parse, NON_IDEMPOTENT, body=sent)
        try:
            return recovery.send_with_recovery(
                send, find_applied, rounds=_MAX_ROUNDS, sleep=self.sleep
            )
        except RouteNotFound as error:
            error.advice = _NO_SIZES
            raise

    def try_patch(self, deployment_id: str, body: DeploymentPatchRequest) -> LiveDeployment:
        """Change a setting with few retries, because a later run can make the change as well."""
        path, sent = _path(deployment_id), self._payload(body)
        return self.send("PATCH", path, self._parse_deployment, BEST_EFFORT, body=sent)

    def delete(self, deployment_id: str, *, delete_tracing_project: bool) -> None:
        """Request the deletion, which is complete when ``get`` raises ``DeploymentNotFound``.

        The tracing project keeps the name and the traces unless it is deleted too.
        """
        params = {"delete_tracing_project": "true"} if delete_tracing_project else {}
        path = _path(deployment_id)
        try:
            self.send("DELETE", path, responses.expect_no_content, IDEMPOTENT, params=params)
        except DeploymentNotFound:
            return

    def revisions(self, deployment_id: str, limit: int = 20) -> Iterator[Revision]:
        """Return at most ``limit`` revisions, the newest first."""
        path = f"{_path(deployment_id)}/revisions"
        found = self.list_all(path, {}, self._parse_revision, page_size=min(limit, PAGE_SIZE))
        return islice(found, limit)

    def revision(
        self, deployment_id: str, revision_id: str, *, policy: Policy = IDEMPOTENT
    ) -> Revision:
        """Return one revision."""
        return self.send("GET", _path(deployment_id, revision_id), self._parse_revision, policy)

    def redeploy(
        self, deployment_id: str, revision_id: str, *, previous_revision_id: str | None = None
    ) -> LiveDeployment:
        """Repeat a revision; return the deployment with the id of its newest revision.

        ``previous_revision_id`` is the newest one before, if an earlier one is repeated.
        """
        started = self.clock()

        def find_applied() -> LiveDeployment | None:
            live = self.get(deployment_id)
            newest, elapsed = self._newest(live), self.clock() - started
            is_applied = recovery.is_redeploy_applied(
                revision_id, newest, elapsed, previous_revision_id=previous_revision_id
            )
            return live if is_applied else None

        path = f"{_path(deployment_id, revision_id)}/redeploy"
        send = partial(self.send, "POST", path, self._parse_deployment, NON_IDEMPOTENT)
        return recovery.send_with_recovery(send, find_applied, rounds=_MAX_ROUNDS, sleep=self.sleep)

    def interrupt(self, deployment_id: str, revision_id: str) -> None:
        """Interrupt a revision in progress, so that the next one in the queue begins."""
        path = _path(deployment_id, revision_id)
        post = partial(self.send, "POST", parse=responses.expect_no_content, policy=NON_IDEMPOTENT)
        try:
            post(f"{path}/interrupt")
        except APIStatusError as error:
            # The reference has the route above, a vendor's script the one below.
            if isinstance(error, DeploymentNotFound) or error.status not in NO_SUCH_ROUTE:
                raise
            post(f"{path}/interruption")

    def upload_target(self, deployment_id: str) -> UploadTarget:
        """Return a new place for an archive; one that is never used does nothing."""
        path, body = f"{_path(deployment_id)}/upload-url", {"supports_upload_headers": True}
        target = self.send("POST", path, responses.parse_upload_target, IDEMPOTENT, body=body)
        self.register_secrets(responses.query_values(target.upload_url))
        return target

    def build_log(
        self, deployment_id: str, revision_id: str, lines: int = 30, kind: LogKind = "build"
    ) -> list[str]:
        """Return the last lines of a revision's log, the oldest first; [] if there is none.

        It never raises, because a log explains an error and must not replace it.
        """
        try:
            entries = LogReader(LogSource(deployment_id, revision_id, kind)).read(self, lines)
        except ControlPlaneError:
            return []
        return [line for entry in entries for line in entry.lines][-lines:]

    def dashboard_url(self, deployment: LiveDeployment) -> str:
        """Return the URL of the deployment's page in the dashboard."""
        workspace = deployment.tenant_id or self._workspace
        return dashboard_url(self._url, workspace, deployment.id)

    def _newest(self, live: LiveDeployment) -> Revision | None:
        if live.latest_revision_id is None:
            return None
        return self.revision(live.id, live.latest_revision_id)

    def _payload(self, body: DeploymentCreateRequest | DeploymentPatchRequest) -> dict[str, Any]:
        sent = body.payload()
        self.register_secrets(responses.variable_values(sent))
        return sent

    def _parse_deployment(self, response: RawResponse, content: Any = None) -> LiveDeployment:
        return responses.parse_deployment(response, self.redactor, content)

    def _parse_revision(self, response: RawResponse, content: Any = None) -> Revision:
        return responses.parse_revision(response, self.redactor, content)


def _path(deployment_id: str, revision_id: str | None = None) -> str:
    """Return the path of a deployment or a revision."""
    for identifier in (deployment_id, revision_id):
        if identifier is not None:
            check_id(identifier, "deployment or revision", _DEPLOYMENTS)
    tail = f"/revisions/{revision_id}" if revision_id else ""
    return f"{_DEPLOYMENTS}/{deployment_id}{tail}"
