"""Messages on a resource's own row of the engine's display.

The SDK drops what a dynamic provider prints, but it tells the plugin process the engine's address,
and the engine shows what is logged there for a URN.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.rollout import Silence

_ADDRESS_ARGUMENT = 1
_TICK = 10.0
"""Seconds between two messages that say the same status."""


def show(urn: str | None, message: str) -> None:
    """Put a passing message on the row: the next one takes its place."""
    _log(urn, message, ephemeral=True)


def tell(urn: str | None, message: str) -> None:
    """Put a message on the row that also stays in the summary."""
    _log(urn, message, ephemeral=False)


def warn(urn: str | None, message: str) -> None:
    """Put a warning on the row that also stays in the summary."""
    _log(urn, message, ephemeral=False, severity="WARNING")


class Ticker:
    """Shows a status on a row, when it changes and now and then while it lasts.

    Not at each look: where there is no terminal, each message is a line of the build's log.
    """

    def __init__(self, urn: str | None) -> None:
        self._urn = urn
        self._status = ""
        self._next = 0.0

    def __call__(self, status: str, seconds: float) -> None:
        """Show, if it is time, a status that was seen after so many seconds of waiting."""
        if status != self._status or seconds >= self._next:
            show(self._urn, f"{status}, {minutes(seconds)}")
            self._status, self._next = status, seconds + _TICK

    def silence(self, silence: Silence) -> None:
        """Show, if it is time, that the control plane does not answer, and for how long."""
        what = "no usable answer" if silence.is_answered else "no answer"
        if what != self._status or silence.elapsed >= self._next:
            seen = f"; last seen {silence.last_seen}" if silence.last_seen else ""
            show(self._urn, f"{what} from the control plane for {minutes(silence.seconds)}{seen}")
            self._status, self._next = what, silence.elapsed + _TICK


def minutes(seconds: float) -> str:
    """A duration as people say it: ``45s``, ``1m20s``."""
    whole, rest = divmod(int(seconds), 60)
    return f"{whole}m{rest:02d}s" if whole else f"{rest}s"


def _log(urn: str | None, message: str, *, ephemeral: bool, severity: str = "INFO") -> None:
    """Send a message to the engine; what cannot be shown must never fail an operation."""
    engine = _engine()
    if engine is None:
        return
    import grpc
    from pulumi.runtime.proto import engine_pb2

    request = engine_pb2.LogRequest(
        severity=engine_pb2.LogSeverity.Value(severity),
        message=message,
        urn=urn or "",
        ephemeral=ephemeral,
    )
    try:
        engine.Log(request, timeout=5)
    except grpc.RpcError:
        return


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The engine that started this plugin process; None elsewhere, as in a test."""
    if len(sys.argv) <= _ADDRESS_ARGUMENT or "dynamic" not in sys.argv[0]:
        return None
    import grpc
    from pulumi.runtime.proto import engine_pb2_grpc

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[_ADDRESS_ARGUMENT]))
