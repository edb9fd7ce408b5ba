"""The calls of the control plane, as a program wants them: models in, models or errors out."""

from __future__ import annotations

import copy
import re
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from . import reading, settling
from .creating import Creation
from .errors import ControlPlaneError, DeploymentMissing, InvalidRequest, Missing
from .logs import LogKind, lines_of
from .polling import pause
from .retrying import BRIEFLY, HASTILY, ONCE, REPEATABLE, Policy
from .settings import check, check_workspace_id, dashboard_url
from .wire import Limits, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from .answers import Deployment, Page, Revision
    from .requests import DeploymentCreateRequest, DeploymentPatchRequest
    from .settings import Settings
    from .wire import Received

T = TypeVar("T")

_DEPLOYMENTS = "/v2/deployments"
_PAGE = 100
_ROUNDS = 3
"""How often a change is sent at most, when its outcome is open and nothing of it shows."""
_ID = re.compile(r"[\w-]+")


class ControlPlane:
    """A connection to the control plane, safe to share between threads.

    ``sleep`` takes seconds, ``clock`` is monotonic; both are for tests, like ``transport``.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = pause,
        clock: Callable[[], float] = time.monotonic,
        limits: Limits | None = None,
    ) -> None:
        check(settings)
        self._wire = Wire(
            settings, transport=transport, clock=clock, sleep=sleep, limits=limits or Limits()
        )
        self._url = settings.control_plane_url
        self._workspace = settings.workspace_id
        self._deadline: float | None = None
        self.clock = clock
        self.sleep = sleep
        self.scrub = self._wire.scrubber.scrub
        """Hides every secret that this connection has sent or seen, or was told of."""
        self.hide = self._wire.scrubber.learn
        """Tells of secrets that are to be hidden."""

    @property
    def url(self) -> str:
        """The control plane's URL, without a slash at the end."""
        return self._url

    @property
    def workspace(self) -> str | None:
        """The workspace that requests name; None leaves it to the API key."""
        return self._workspace

    def for_workspace(self, workspace_id: str) -> ControlPlane:
        """Return the same connection, for another workspace."""
        check_workspace_id(workspace_id)
        other = copy.copy(self)
        other._workspace = workspace_id  # noqa: SLF001 - a copy of our own
        return other

    def until(self, deadline: float) -> ControlPlane:
        """Return the same connection, whose requests and retries end by a time of the clock."""
        other = copy.copy(self)
        other._deadline = deadline  # noqa: SLF001 - a copy of our own
        return other

    def close(self) -> None:
        """Close the connections, those of other workspaces too."""
        self._wire.close()

    def create(self, body: DeploymentCreateRequest) -> Deployment:
        """Make a deployment; its first revision is under way then.

        Safe after a lost answer: see ``creating``.
        """
        sent = self._payload(body)
        post = partial(self._send, "POST", _DEPLOYMENTS, self._deployment, ONCE, body=sent)
        return Creation(self, sent, post).run()

    def get(self, deployment_id: str, *, policy: Policy = REPEATABLE) -> Deployment:
        """Read a deployment; ``DeploymentMissing`` when it is gone."""
        return self._send("GET", _path(deployment_id), self._deployment, policy)

    def find(self, name: str) -> Deployment | None:
        """Look for the deployment of exactly this name."""
        # Servers that don't know `name` ignore it and list everything.
        found = self._deployments({"name": name, "name_contains": name})
        return next((deployment for deployment in found if deployment.name == name), None)

    def deployments(self, name_contains: str | None = None) -> Iterator[Deployment]:
        """List the workspace's deployments, page by page, in no particular order."""
        return self._deployments({"name_contains": name_contains} if name_contains else {})

    def patch(
        self, deployment_id: str, body: DeploymentPatchRequest, *, newest: str | None = None
    ) -> Deployment:
        """Change a deployment; fields left out stay as they are.

        Safe after a lost answer: it is sent again only if nothing shows that it was carried out.
        When that stays open, the failure says why.
        ``newest`` is the revision before, where that is known, and so does not show it.
        """
        sent, started = self._payload(body), self.clock()
        makes_revision = body.makes_revision()

        def evidence() -> Deployment | None:
            live = self.get(deployment_id)
            if not makes_revision:
                return live if settling.is_setting_applied(sent, live) else None
            made = None if live.latest_revision_id == newest else self._newest(live)
            elapsed, is_new = self.clock() - started, newest is not None
            applied = settling.is_revision_applied(sent, live, made, elapsed, is_new=is_new)
            return live if applied else None

        path = _path(deployment_id)
        send = partial(self._send, "PATCH", path, self._deployment, ONCE, body=sent)
        return settling.settled(send, evidence, rounds=_ROUNDS, sleep=self.sleep)

    def try_patch(self, deployment_id: str, body: DeploymentPatchRequest) -> Deployment:
        """Change a setting without insisting: for a change that can be made up for later."""
        path, sent = _path(deployment_id), self._payload(body)
        return self._send("PATCH", path, self._deployment, HASTILY, body=sent)

    def delete(self, deployment_id: str, *, delete_tracing_project: bool) -> None:
        """Ask for the deletion. It is over when ``get`` raises ``DeploymentMissing``.

        The tracing project keeps the name, and the traces, unless it is deleted too.
        """
        wish = {"delete_tracing_project": "true"} if delete_tracing_project else {}
        try:
            self._send("DELETE", _path(deployment_id), reading.nothing, REPEATABLE, params=wish)
        except DeploymentMissing:
            return

    def revisions(self, deployment_id: str, limit: int = 20) -> Iterator[Revision]:
        """List the revisions, the newest first, at most ``limit`` of them."""
        path = f"{_path(deployment_id)}/revisions"
        params = {"limit": str(min(limit, _PAGE))}
        received, page = self._send("GET", path, _with_page, REPEATABLE, params=params)
        for item in page.resources[:limit]:
            yield self._revision(received, item)

    def revision(
        self, deployment_id: str, revision_id: str, *, policy: Policy = REPEATABLE
    ) -> Revision:
        """Read one revision."""
        return self._send("GET", _path(deployment_id, revision_id), self._revision, policy)

    def redeploy(self, deployment_id: str, revision_id: str) -> Deployment:
        """Repeat a revision. The answer is the deployment, with its newest revision's id."""
        started = self.clock()

        def evidence() -> Deployment | None:
            live = self.get(deployment_id)
            newest, elapsed = self._newest(live), self.clock() - started
            return live if settling.is_redeployed(revision_id, newest, elapsed) else None

        path = f"{_path(deployment_id, revision_id)}/redeploy"
        send = partial(self._send, "POST", path, self._deployment, ONCE)
        return settling.settled(send, evidence, rounds=_ROUNDS, sleep=self.sleep)

    def build_log(
        self, deployment_id: str, revision_id: str, lines: int = 30, kind: LogKind = "build"
    ) -> list[str]:
        """Return the last lines of a revision's log, the oldest first; [] if there is none.

        Never raises: a log is there to explain an error, not to replace it.
        """
        wish = {"order": "desc", "limit": lines}
        newer = f"{_path(deployment_id, revision_id)}/logs"
        older = f"/v1/projects/{deployment_id}/revisions/{revision_id}/{kind}_logs"
        params = {"type": kind, **{key: str(value) for key, value in wish.items()}}
        try:
            try:
                found = self._send("GET", newer, reading.document, BRIEFLY, params=params)
            except Missing:
                found = self._send("POST", older, reading.document, BRIEFLY, body=wish)
        except ControlPlaneError:
            return []
        return lines_of(found, self.scrub)[-lines:]

    def dashboard_url(self, deployment: Deployment) -> str:
        """Return the deployment's page in the browser."""
        workspace = deployment.tenant_id or self._workspace
        return dashboard_url(self._url, workspace, deployment.id)

    def _deployments(self, filters: dict[str, str]) -> Iterator[Deployment]:
        seen: set[str] = set()
        offset = 0
        while True:
            params = {**filters, "limit": str(_PAGE), "offset": str(offset)}
            received, page = self._send("GET", _DEPLOYMENTS, _with_page, REPEATABLE, params=params)
            found = [self._deployment(received, item) for item in page.resources]
            # What is made or deleted meanwhile shifts the pages, so one may come twice.
            new = [deployment for deployment in found if deployment.id not in seen]
            yield from new
            seen |= {deployment.id for deployment in new}
            # A server that ignores `offset` shows the same page for ever.
            if len(found) < _PAGE or not new:
                return
            offset = max(page.offset or 0, offset + len(found))

    def _newest(self, live: Deployment) -> Revision | None:
        if live.latest_revision_id is None:
            return None
        return self.revision(live.id, live.latest_revision_id)

    def _payload(self, body: DeploymentCreateRequest | DeploymentPatchRequest) -> dict[str, Any]:
        sent = body.payload()
        self._wire.scrubber.learn(reading.named_values(sent))
        return sent

    def _deployment(self, received: Received, content: Any = None) -> Deployment:
        return reading.deployment(received, self._wire.scrubber, content)

    def _revision(self, received: Received, content: Any = None) -> Revision:
        return reading.revision(received, self._wire.scrubber, content)

    def _send(  # noqa: PLR0913 - what makes a request
        self,
        method: str,
        path: str,
        read: Callable[[Received], T],
        policy: Policy,
        *,
        params: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
    ) -> T:
        return self._wire.call(
            method,
            path,
            read,
            policy,
            workspace=self._workspace,
            params=params,
            body=body,
            deadline=self._deadline,
        )


def _with_page(received: Received) -> tuple[Received, Page]:
    return received, reading.page(received)


def _path(deployment_id: str, revision_id: str | None = None) -> str:
    """Return the path of a deployment or a revision.

    An empty or strange id could make it the path of something else.
    """
    for identifier in (deployment_id, revision_id):
        if identifier is not None and not _ID.fullmatch(identifier):
            raise InvalidRequest(
                f"{identifier[:60]!r} is no id of a deployment or revision; ids are UUIDs",
                request=_DEPLOYMENTS,
            )
    tail = f"/revisions/{revision_id}" if revision_id else ""
    return f"{_DEPLOYMENTS}/{deployment_id}{tail}"
