"""The layers around the application: recording, faults, authentication, saving, path prefix."""

import copy
import hmac
from collections.abc import Callable
from email.utils import formatdate

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langsmith_pulumi.testing.simulator.error_responses import (
    ApiError,
    not_enabled,
    send_error,
    send_response,
    workspace_required,
)
from langsmith_pulumi.testing.simulator.faults import Exchange, inject
from langsmith_pulumi.testing.simulator.other_hosts import OTHER_HOSTS
from langsmith_pulumi.testing.simulator.records import Records
from langsmith_pulumi.testing.simulator.service import Service
from langsmith_pulumi.testing.simulator.settings import Settings
from langsmith_pulumi.testing.simulator.traffic import (
    ExternalRequest,
    RecordedRequest,
    Traffic,
)
from langsmith_pulumi.testing.simulator.workspace import Workspace

ADMIN_PREFIX = "/_simulator/"


class RequestMiddleware:
    """Records each request, injects faults, checks the key, and saves before the response begins.

    A fault may hit a request before its key is checked, as it happens in front of a service.
    Requests to the admin API are neither recorded nor hit.
    """

    def __init__(
        self, app: ASGIApp, service: Service, traffic: Traffic, save: Callable[[], None]
    ) -> None:
        self._app = app
        self._service = service
        self._workspace = service.workspace
        self._traffic = traffic
        self._save = save
        self._records_before_write = Records()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        scope = {**scope, "service": self._service, "traffic": self._traffic}
        send = _with_date_header(send, self._workspace.clock)
        if scope["path"].startswith(ADMIN_PREFIX):
            await self._authorize_and_run(scope, receive, send)
            return
        request = self._record(scope)
        fault = self._traffic.fault_for(request)
        recording = _recording_status(request, send)
        if fault is None:
            await self._authorize_and_run(scope, receive, recording)
        else:
            scope = self._with_stale_service(scope) if fault.kind == "stale" else scope
            await inject(fault, Exchange(self._authorize_and_run, scope, receive, recording))

    async def _authorize_and_run(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, settings = Headers(scope=scope), self._workspace.settings
        try:
            if not scope["path"].startswith(OTHER_HOSTS):
                check_key(headers, settings)
            if not scope["path"].startswith((ADMIN_PREFIX, *OTHER_HOSTS)):
                check_workspace(headers, settings)
        except ApiError as error:
            await send_error(error, send)
        else:
            self._copy_before_write(scope["method"])
            await self._app(scope, receive, self._saving(send))

    def _record(self, scope: Scope) -> RecordedRequest:
        query, now = scope["query_string"].decode(), self._workspace.clock()
        if scope["path"].startswith(OTHER_HOSTS):
            headers, key = Headers(scope=scope), self._workspace.settings.api_key
            sent_key = any(key in value for value in headers.values())
            external = ExternalRequest(
                scope["method"], scope["path"], query, None, now, list(headers), sent_key
            )
            self._traffic.external_requests.append(external)
            return external
        request = RecordedRequest(scope["method"], scope["path"], query, None, now)
        self._traffic.requests.append(request)
        return request

    def _copy_before_write(self, method: str) -> None:
        if method != "GET" and self._traffic.has_pending("stale"):
            self._records_before_write = copy.deepcopy(self._workspace.records)

    def _with_stale_service(self, scope: Scope) -> Scope:
        settings, clock = self._workspace.settings, self._workspace.clock
        earlier = Workspace(settings, clock, copy.deepcopy(self._records_before_write))
        return {**scope, "service": Service(earlier)}

    def _saving(self, send: Send) -> Send:
        async def save_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._save()
            await send(message)

        return save_and_send


class PrefixMiddleware:
    """Serves an application below a path, as a proxy of a self-hosted installation does."""

    def __init__(self, base_path: str, app: ASGIApp) -> None:
        self._base_path = base_path
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or answer a 404 as a proxy does for a path outside the prefix."""
        if scope["path"].startswith(f"{self._base_path}/"):
            inner = scope["path"].removeprefix(self._base_path)
            await self._app({**scope, "path": inner}, receive, send)
        else:
            await send_response(404, "text/html", b"<html>404 Not Found</html>", send)


def check_key(headers: Headers, settings: Settings) -> None:
    """Raise an error unless the request has the right key, as `X-Api-Key` or bearer token."""
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    key = headers.get("x-api-key") or bearer
    if not key:
        raise ApiError(401, "Missing authentication headers.")
    if not hmac.compare_digest(key.encode(), settings.api_key.encode()):
        raise ApiError(403, "Invalid API key.")


def check_workspace(headers: Headers, settings: Settings) -> None:
    """Raise an error if the workspace is missing or foreign, or deployments are not enabled."""
    workspace_id = headers.get("x-tenant-id")
    if settings.requires_workspace and not workspace_id:
        raise workspace_required()
    if workspace_id and settings.workspace_id not in (None, workspace_id):
        raise ApiError(403, "This API key has no access to the workspace in 'X-Tenant-Id'.")
    if not settings.enabled:
        raise not_enabled()


def _with_date_header(send: Send, clock: Callable[[], float]) -> Send:
    """Add a `Date` header of the simulator's clock: clients compute ages of deployments with it."""

    async def date_and_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            date = (b"date", formatdate(clock(), usegmt=True).encode())
            message = {**message, "headers": [*message.get("headers", ()), date]}
        await send(message)

    return date_and_send


def _recording_status(request: RecordedRequest, send: Send) -> Send:
    async def record_and_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            request.status = message["status"]
        await send(message)

    return record_and_send
