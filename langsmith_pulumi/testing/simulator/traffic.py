"""Around every request: who is let in, what is remembered, what goes wrong, what is saved."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langsmith_pulumi.testing.simulator.faults import Exchange, Fault, commit
from langsmith_pulumi.testing.simulator.refusals import (
    Refusal,
    not_enabled,
    workspace_required,
)
from langsmith_pulumi.testing.simulator.settings import Settings

DOORS = "/_simulator/"


@dataclass
class RecordedRequest:
    """A request as it is remembered: no header and no body, so no secret.

    `status` is None as long as no answer was sent, and `time` is in seconds since the epoch.
    """

    method: str
    path: str
    query: str
    status: int | None
    time: float


@dataclass
class Traffic:
    """What went by, and what is to go wrong."""

    requests: list[RecordedRequest]
    faults: list[Fault]

    def fault_for(self, request: RecordedRequest) -> Fault | None:
        """Return the first fault that hits this request."""
        return next((f for f in self.faults if f.hits(request.method, request.path)), None)


class Gate:
    """The outermost layer: records, injects faults, asks for the key, saves before answering."""

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        traffic: Traffic,
        *,
        clock: Callable[[], float],
        save: Callable[[], None],
    ) -> None:
        self._app = app
        self._settings = settings
        self._traffic = traffic
        self._clock = clock
        self._save = save

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http" or scope["path"].startswith(DOORS):
            await self._guarded(scope, receive, send)
            return
        request = self._record(scope)
        fault = self._traffic.fault_for(request)
        noting = _noting_status(request, send)
        if fault is None:
            await self._guarded(scope, receive, noting)
        else:
            await commit(fault, Exchange(self._guarded, scope, receive, noting))

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            check_access(Headers(scope=scope), self._settings, scope["path"])
        except Refusal as refusal:
            await _refuse(refusal, send)
        else:
            await self._app(scope, receive, self._saving(send))

    def _record(self, scope: Scope) -> RecordedRequest:
        request = RecordedRequest(
            scope["method"], scope["path"], scope["query_string"].decode(), None, self._clock()
        )
        self._traffic.requests.append(request)
        return request

    def _saving(self, send: Send) -> Send:
        async def save_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._save()
            await send(message)

        return save_and_send


def check_access(headers: Headers, settings: Settings, path: str) -> None:
    """Refuse whoever has no key, the wrong key, or does not say which workspace."""
    key = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
    if not key:
        raise Refusal(401, "Missing authentication headers.")
    if not hmac.compare_digest(key.encode(), settings.api_key.encode()):
        raise Refusal(403, "Invalid API key.")
    if not path.startswith(DOORS):
        _check_workspace(headers.get("x-tenant-id"), settings)


def _check_workspace(workspace_id: str | None, settings: Settings) -> None:
    if settings.requires_workspace and not workspace_id:
        raise workspace_required()
    if workspace_id and settings.workspace_id not in (None, workspace_id):
        raise Refusal(403, "This API key has no access to the workspace in 'X-Tenant-Id'.")
    if not settings.enabled:
        raise not_enabled()


def _noting_status(request: RecordedRequest, send: Send) -> Send:
    async def note_and_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            request.status = message["status"]
        await send(message)

    return note_and_send


async def _refuse(refusal: Refusal, send: Send) -> None:
    body = json.dumps({"detail": refusal.detail}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
