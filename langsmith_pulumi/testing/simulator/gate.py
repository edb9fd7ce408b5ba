"""Around every request: it is recorded, may go wrong, has to show the key, and is saved."""

import copy
from collections.abc import Callable
from email.utils import formatdate

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langsmith_pulumi.testing.simulator.access import check_key, check_workspace
from langsmith_pulumi.testing.simulator.answering import send_answer, send_refusal
from langsmith_pulumi.testing.simulator.faults import Exchange, commit
from langsmith_pulumi.testing.simulator.records import Records
from langsmith_pulumi.testing.simulator.refusals import Refusal
from langsmith_pulumi.testing.simulator.service import ControlPlane
from langsmith_pulumi.testing.simulator.traffic import RecordedRequest, Traffic
from langsmith_pulumi.testing.simulator.workspace import Workspace

DOORS = "/_simulator/"


class Gate:
    """The outermost layer of the application.

    A fault may hit a request before the key is looked at, as it happens in front of a service.
    The doors are neither recorded nor hit. What a request changed is saved before the answer
    begins.
    """

    def __init__(
        self, app: ASGIApp, plane: ControlPlane, traffic: Traffic, save: Callable[[], None]
    ) -> None:
        self._app = app
        self._plane = plane
        self._workspace = plane.workspace
        self._traffic = traffic
        self._save = save
        self._before_last_write = Records()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        scope = {**scope, "control_plane": self._plane, "traffic": self._traffic}
        send = _dated(send, self._workspace.clock)
        if scope["path"].startswith(DOORS):
            await self._guarded(scope, receive, send)
            return
        request = self._record(scope)
        fault = self._traffic.fault_for(request)
        noting = _noting_status(request, send)
        if fault is None:
            await self._guarded(scope, receive, noting)
        else:
            scope = self._made_stale(scope) if fault.kind == "stale" else scope
            await commit(fault, Exchange(self._guarded, scope, receive, noting))

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, settings = Headers(scope=scope), self._workspace.settings
        try:
            check_key(headers, settings)
            if not scope["path"].startswith(DOORS):
                check_workspace(headers, settings)
        except Refusal as refusal:
            await send_refusal(refusal, send)
        else:
            self._keep_copy(scope["method"])
            await self._app(scope, receive, self._saving(send))

    def _record(self, scope: Scope) -> RecordedRequest:
        query, now = scope["query_string"].decode(), self._workspace.clock()
        request = RecordedRequest(scope["method"], scope["path"], query, None, now)
        self._traffic.requests.append(request)
        return request

    def _keep_copy(self, method: str) -> None:
        if method != "GET" and self._traffic.expects("stale"):
            self._before_last_write = copy.deepcopy(self._workspace.records)

    def _made_stale(self, scope: Scope) -> Scope:
        settings, clock = self._workspace.settings, self._workspace.clock
        earlier = Workspace(settings, clock, copy.deepcopy(self._before_last_write))
        return {**scope, "control_plane": ControlPlane(earlier)}

    def _saving(self, send: Send) -> Send:
        async def save_and_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._save()
            await send(message)

        return save_and_send


class Below:
    """Serves an application below a path, as a proxy of a self-hosted installation does."""

    def __init__(self, base_path: str, app: ASGIApp) -> None:
        self._base_path = base_path
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or answer as a proxy that knows no such path."""
        if scope["path"].startswith(f"{self._base_path}/"):
            inner = scope["path"].removeprefix(self._base_path)
            await self._app({**scope, "path": inner}, receive, send)
        else:
            await send_answer(404, "text/html", b"<html>404 Not Found</html>", send)


def _dated(send: Send, clock: Callable[[], float]) -> Send:
    """Say what time it is here: clients tell the age of a deployment by it."""

    async def date_and_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            date = (b"date", formatdate(clock(), usegmt=True).encode())
            message = {**message, "headers": [*message.get("headers", ()), date]}
        await send(message)

    return date_and_send


def _noting_status(request: RecordedRequest, send: Send) -> Send:
    async def note_and_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            request.status = message["status"]
        await send(message)

    return note_and_send
