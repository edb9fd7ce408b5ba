"""Messages on the row of a resource in the engine's display.

The SDK discards the output of a dynamic provider, but passes the engine's address to the plugin
process, and the engine shows messages that are logged there for a URN.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.errors import ControlPlaneError
from langsmith_pulumi.control_plane.revision_status import Outcome, outcome_of
from langsmith_pulumi.control_plane.text import format_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.logs import LogReader
    from langsmith_pulumi.control_plane.polling import PollFailure
    from langsmith_pulumi.control_plane.responses import LiveDeployment, Revision
    from langsmith_pulumi.control_plane.waiting import Observer

BUILD_LOG_VARIABLE = "LANGSMITH_PULUMI_BUILD_LOG"
"""Environment variable that shows the lines of build logs, if it is 1."""

_ADDRESS_ARGUMENT = 1
_REPEAT_SECONDS = 10.0
"""Seconds between two messages with the same status."""


def show_status(urn: str | None, message: str) -> None:
    """Show a message on the row until the next one."""
    _log(urn, message, ephemeral=True)


def info(urn: str | None, message: str) -> None:
    """Show a message on the row and in the summary."""
    _log(urn, message, ephemeral=False)


def warn(urn: str | None, message: str) -> None:
    """Show a warning on the row and in the summary."""
    _log(urn, message, ephemeral=False, severity="WARNING")


def report_unmanaged(urn: str | None, paths: Sequence[str]) -> None:
    """Say on the row which fields the program no longer names; a plan shows them as removed."""
    if paths:
        info(urn, f"no longer managed, stays as it is: {', '.join(paths)}")


class StatusReporter:
    """Shows the status of a wait on a row, when it changes and every few seconds.

    It does not show each poll, because without a terminal each message is a line of the build log.
    """

    def __init__(self, urn: str | None) -> None:
        self._urn = urn
        self._status = ""
        self._next = 0.0

    def __call__(self, status: str, seconds: float) -> None:
        """Show a status and the elapsed seconds if it is due."""
        if status != self._status or seconds >= self._next:
            show_status(self._urn, f"{status}, {format_duration(seconds)}")
            self._status, self._next = status, seconds + _REPEAT_SECONDS

    def poll_failed(self, failure: PollFailure) -> None:
        """Show that the control plane does not answer, and since when, if it is due."""
        status = "no usable answer" if failure.is_answered else "no answer"
        if status != self._status or failure.elapsed >= self._next:
            seen = f"; last seen {failure.last_status}" if failure.last_status else ""
            duration = format_duration(failure.seconds)
            show_status(self._urn, f"{status} from the control plane for {duration}{seen}")
            self._status, self._next = status, failure.elapsed + _REPEAT_SECONDS


def rollout_observers(urn: str | None) -> list[Observer]:
    """Return what a rollout shows beside its status: the page, and the build log on request."""
    shows_log = os.environ.get(BUILD_LOG_VARIABLE, "").strip() == "1"
    return [PageLink(urn), *([BuildLog(urn)] if shows_log else [])]


class PageLink:
    """Shows once where in the dashboard a rollout can be watched, if it is still in progress."""

    def __init__(self, urn: str | None) -> None:
        self._urn = urn
        self._is_shown = False

    def __call__(
        self, client: ControlPlaneClient, deployment: LiveDeployment, revision: Revision
    ) -> None:
        """Show the link at the first poll."""
        is_running = outcome_of(revision.status) is Outcome.IN_PROGRESS
        if is_running and not self._is_shown:
            info(self._urn, f"revision {revision.id}: {client.dashboard_url(deployment)}")
            self._is_shown = True


class BuildLog:
    """Shows the lines of a revision's build log as it grows."""

    def __init__(self, urn: str | None) -> None:
        self._urn = urn
        self._readers: dict[str, LogReader] = {}

    def __call__(
        self, client: ControlPlaneClient, deployment: LiveDeployment, revision: Revision
    ) -> None:
        """Show the lines since the last poll; a log that cannot be read shows none."""
        from langsmith_pulumi.control_plane.logs import LogReader, LogSource

        source = LogSource(deployment.id, revision.id, "build")
        reader = self._readers.setdefault(revision.id, LogReader(source))
        with suppress(ControlPlaneError):
            for entry in reader.read(client):
                for line in entry.lines:
                    # With a prefix, no line can be a command to the runner of a pipeline.
                    info(self._urn, f"| {line}")


def _log(urn: str | None, message: str, *, ephemeral: bool, severity: str = "INFO") -> None:
    """Send a message to the engine; a failure to show it never fails the operation."""
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
    """Return a stub of the engine that started this process; None elsewhere, as in a test."""
    if len(sys.argv) <= _ADDRESS_ARGUMENT or "dynamic" not in sys.argv[0]:
        return None
    import grpc
    from pulumi.runtime.proto import engine_pb2_grpc

    return engine_pb2_grpc.EngineStub(grpc.insecure_channel(sys.argv[_ADDRESS_ARGUMENT]))
