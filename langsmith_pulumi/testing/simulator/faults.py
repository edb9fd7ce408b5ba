"""Answers that are late, wrong or missing, on request."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from langsmith_pulumi.testing.simulator.strict import Strict

Kind = Literal[
    "status",
    "garbage",
    "delay",
    "drip",
    "truncated",
    "stale",
    "drop_request",
    "drop_response",
    "drop_body",
]
GARBAGE = "<html><body>This is not the answer you asked for.</body></html>"
ALWAYS = -1


class Fault(Strict):
    """Which requests go wrong, and how.

    Kinds: `status` answers with that status; `garbage` answers 200 with no JSON; `delay` waits;
    `drip` spreads the answer over the seconds; `truncated` sends the first half of the answer as
    if it were all; `stale` answers as before the last write, if it was arranged before that
    write; `drop_request` closes the connection before the request is carried out,
    `drop_response` after, `drop_body` in the middle of the answer.

    Args:
        method: one method, or `*` for any.
        path: a glob; its `*` spans slashes.
        kind: what goes wrong.
        status: of the answer, for `status`.
        seconds: for `delay` and `drip`.
        times: how many requests it hits; -1 for all.
        skip: how many requests it lets pass first.
        after: whether `status`, `garbage` and `delay` first carry the request out.
        headers: of the answer, for `status` and `garbage`.
        body: of the answer; for `status` a detail in JSON unless given.
        content_type: of the body.
    """

    method: str = "*"
    path: str = "*"
    kind: Kind
    status: Annotated[int, Field(ge=200, le=599)] = 500
    seconds: Annotated[float, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=ALWAYS)] = 1
    skip: Annotated[int, Field(ge=0)] = 0
    after: bool = False
    headers: dict[str, str] = Field(default_factory=dict)
    body: str | None = None
    content_type: str | None = None

    def hits(self, method: str, path: str) -> bool:
        """Tell whether this request goes wrong, and count it."""
        if self.times == 0 or self.method not in ("*", method) or not fnmatchcase(path, self.path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


@dataclass
class Answer:
    """What an application has sent: status, headers, and the whole body."""

    start: Message = field(default_factory=dict)
    body: bytes = b""

    async def take(self, message: Message) -> None:
        """Collect a message instead of sending it."""
        if message["type"] == "http.response.start":
            self.start = dict(message)
        else:
            self.body += message.get("body", b"")


@dataclass
class Exchange:
    """A request that goes wrong, and the ways to answer it."""

    app: ASGIApp
    scope: Scope
    receive: Receive
    send: Send

    async def carry_out(self) -> Answer:
        """Carry the request out, and keep the answer."""
        answer = Answer()
        await self.app(self.scope, self.receive, answer.take)
        return answer

    async def pass_on(self) -> None:
        """Carry the request out, and let the answer go."""
        await self.app(self.scope, self.receive, self.send)

    async def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send an answer of our own."""
        lines = {"content-length": str(len(body)), **headers}
        coded = [(name.lower().encode(), value.encode()) for name, value in lines.items()]
        await self.begin(
            Answer({"type": "http.response.start", "status": status, "headers": coded})
        )
        await self.part(body, last=True)

    async def begin(self, answer: Answer) -> None:
        """Send status and headers."""
        await self.send(answer.start)

    async def part(self, body: bytes, *, last: bool) -> None:
        """Send some of the body."""
        await self.send({"type": "http.response.body", "body": body, "more_body": not last})

    async def hang_up(self) -> None:
        """Close the connection, and wait until it is closed, lest the server answer a 500."""
        self.scope["state"]["hang_up"]()
        while (await self.receive())["type"] != "http.disconnect":
            pass


async def _status(fault: Fault, exchange: Exchange) -> None:
    if fault.after:
        await exchange.carry_out()
    body = fault.body
    if body is None:
        body = json.dumps({"detail": HTTPStatus(fault.status).phrase})
    content_type = fault.content_type or "application/json"
    await exchange.answer(
        fault.status, {"content-type": content_type, **fault.headers}, body.encode()
    )


async def _garbage(fault: Fault, exchange: Exchange) -> None:
    if fault.after:
        await exchange.carry_out()
    body = GARBAGE if fault.body is None else fault.body
    content_type = fault.content_type or "application/json"
    await exchange.answer(200, {"content-type": content_type, **fault.headers}, body.encode())


async def _delay(fault: Fault, exchange: Exchange) -> None:
    if not fault.after:
        await asyncio.sleep(fault.seconds)
    answer = await exchange.carry_out()
    if fault.after:
        await asyncio.sleep(fault.seconds)
    await exchange.begin(answer)
    await exchange.part(answer.body, last=True)


async def _drip(fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await exchange.begin(answer)
    for position in range(len(answer.body)):
        await asyncio.sleep(fault.seconds / len(answer.body))
        await exchange.part(answer.body[position : position + 1], last=False)
    await exchange.part(b"", last=True)


async def _stale(_fault: Fault, exchange: Exchange) -> None:
    await exchange.pass_on()


async def _truncated(_fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    half = answer.body[: len(answer.body) // 2]
    await exchange.answer(answer.start["status"], {"content-type": "application/json"}, half)


async def _drop_request(_fault: Fault, exchange: Exchange) -> None:
    await exchange.hang_up()


async def _drop_response(_fault: Fault, exchange: Exchange) -> None:
    await exchange.carry_out()
    await exchange.hang_up()


async def _drop_body(_fault: Fault, exchange: Exchange) -> None:
    answer = await exchange.carry_out()
    await exchange.begin(answer)
    await exchange.part(answer.body[: len(answer.body) // 2], last=False)
    await asyncio.sleep(0)
    await exchange.hang_up()


_DEEDS: dict[Kind, Callable[[Fault, Exchange], Awaitable[None]]] = {
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


async def commit(fault: Fault, exchange: Exchange) -> None:
    """Do to this request what the fault says; a server that stops does not wait for it."""
    with contextlib.suppress(asyncio.CancelledError):
        await _DEEDS[fault.kind](fault, exchange)
