"""A web server in a thread, on loopback, that starts and stops without delay."""

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from langsmith_pulumi.testing.simulator.hosts import is_loopback

Result = TypeVar("Result")


class LoopbackServer:
    """A server in a thread of its own; only this thread touches the state of the application."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._server = _Server(app)
        self._thread = threading.Thread(target=self._run, name="simulator", daemon=True)
        self._thread.start()
        self._server.ready.wait()

    def call(self, action: Callable[[], Result]) -> Result:
        """Run an action in the server's thread, between two requests, and return its result."""

        async def run() -> Result:
            return action()

        return asyncio.run_coroutine_threadsafe(run(), self._server.loop).result()

    def stop(self) -> None:
        """Close every connection and end the thread."""
        self._server.loop.call_soon_threadsafe(self._server.stopping.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._server.serve(sockets=[self._socket]))
        finally:
            self._server.ready.set()


class _Server(uvicorn.Server):
    """A server that waits for an event to end, instead of polling ten times a second."""

    loop: asyncio.AbstractEventLoop
    stopping: asyncio.Event

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_Connection,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                server_header=False,
                date_header=False,
            )
        )
        self.ready = threading.Event()

    async def main_loop(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.stopping = asyncio.Event()
        self.ready.set()
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        for connection in list(self.server_state.connections):
            cast("H11Protocol", connection).transport.abort()
        await asyncio.sleep(0)  # lets the requests on them see the disconnect
        for task in self.server_state.tasks:
            task.cancel()


class _Connection(H11Protocol):
    """A connection that the application can close without a response."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state: dict[str, Any] = {"disconnect": transport.abort}


def require_loopback(host: str) -> None:
    """Raise an error if the host is not a loopback address."""
    if not is_loopback(host):
        raise ValueError(
            f"The simulator holds secrets and serves on loopback only, not on {host}. "
            "Pass allow_other_hosts=True if that is what you want."
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # Connections inherit this. Without it each response on a kept connection takes 40 ms: its
    # body is held back until the client has acknowledged the headers.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
