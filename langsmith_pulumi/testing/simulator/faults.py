"""The effects of faults: responses that are late, wrong or missing."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langsmith_pulumi.testing.simulator.traffic import Fault, FaultKind

GARBAGE = "<html><body>This is not the answer you asked for.</body></html>"


@dataclass
class CapturedResponse:
    """A response that an application has sent: status, headers, and the whole body."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def capture(self, message: Message) -> None:
        """Collect a message instead of sending it."""
        if message["type"] == "http.response.start":
            self.start = dict(message)
        else:
            self.body += message.get("body", b"")


@dataclass
class Exchange:
    """A request that meets a fault, and the ways to answer it."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    async def run_app(self) -> CapturedResponse:
        """Carry the request out, and capture the response."""
        response = CapturedResponse()
        await self.app(self.scope, self.receive, response.capture)
        return response

    async def forward(self) -> None:
        """Carry the request out, and send the response."""
        await self.app(self.scope, self.receive, self.send)

    async def respond(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send a response of our own."""
        lines = {"content-length": str(len(body)), **headers}
        encoded = [(name.lower().encode(), value.encode()) for name, value in lines.items()]
        await self.start(
            CapturedResponse({"type": "http.response.start", "status": status, "headers": encoded})
        )
        await self.send_body(body, last=True)

    async def start(self, response: CapturedResponse) -> None:
        """Send status and headers."""
        await self.send(response.start)

    async def send_body(self, body: bytes, *, last: bool) -> None:
        """Send a part of the body."""
        await self.send({"type": "http.response.body", "body": body, "more_body": not last})

    async def disconnect(self) -> None:
        """Close the connection, and wait until it is closed, lest the server answer a 500."""
        self.scope["state"]["disconnect"]()
        while (await self.receive())["type"] != "http.disconnect":
            pass


async def _status(fault: Fault, exchange: Exchange) -> None:
    if fault.after:
        await exchange.run_app()
    body = fault.body
    if body is None:
        body = json.dumps({"detail": HTTPStatus(fault.status).phrase})
    content_type = fault.content_type or "application/json"
    await exchange.respond(
        fault.status, {"content-type": content_type, **fault.headers}, body.encode()
    )


async def _garbage(fault: Fault, exchange: Exchange) -> None:
    if fault.after:
        await exchange.run_app()
    body = GARBAGE if fault.body is None else fault.body
    content_type = fault.content_type or "application/json"
    await exchange.respond(200, {"content-type": content_type, **fault.headers}, body.encode())


async def _delay(fault: Fault, exchange: Exchange) -> None:
    if not fault.after:
        await asyncio.sleep(fault.seconds)
    response = await exchange.run_app()
    if fault.after:
        await asyncio.sleep(fault.seconds)
    await exchange.start(response)
    await exchange.send_body(response.body, last=True)


async def _drip(fault: Fault, exchange: Exchange) -> None:
    response = await exchange.run_app()
    await exchange.start(response)
    for position in range(len(response.body)):
        await asyncio.sleep(fault.seconds / len(response.body))
        await exchange.send_body(response.body[position : position + 1], last=False)
    await exchange.send_body(b"", last=True)


async def _stale(_fault: Fault, exchange: Exchange) -> None:
    await exchange.forward()


async def _truncated(_fault: Fault, exchange: Exchange) -> None:
    response = await exchange.run_app()
    half = response.body[: len(response.body) // 2]
    await exchange.respond(response.start["status"], {"content-type": "application/json"}, half)


async def _drop_request(_fault: Fault, exchange: Exchange) -> None:
    await exchange.disconnect()


async def _drop_response(_fault: Fault, exchange: Exchange) -> None:
    await exchange.run_app()
    await exchange.disconnect()


async def _drop_body(_fault: Fault, exchange: Exchange) -> None:
    response = await exchange.run_app()
    await exchange.start(response)
    await exchange.send_body(response.body[: len(response.body) // 2], last=False)
    await asyncio.sleep(0)
    await exchange.disconnect()


_EFFECTS: dict[FaultKind, Callable[[Fault, Exchange], Awaitable[None]]] = {
    "status": _status,
    "garbage": _garbage,
    "delay": _delay,
    "drip": _drip,
    "truncated": _truncated,
    "stale": _stale,
    "drop_request": _drop_request,
    "drop_response": _drop_response,
    "drop_body": _drop_body,
}


async def inject(fault: Fault, exchange: Exchange) -> None:
    """Apply a fault to a request; a server that stops does not wait for it."""
    with contextlib.suppress(asyncio.CancelledError):
        await _EFFECTS[fault.kind](fault, exchange)
