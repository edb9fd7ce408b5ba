"""The log of a revision: its last lines, and those that follow."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from langsmith_pulumi.control_plane.errors import NotFound
from langsmith_pulumi.control_plane.logs import LogReader, LogSource
from langsmith_pulumi.control_plane.polling import TEMPORARY
from langsmith_pulumi.control_plane.revision_status import Outcome, outcome_of

from .connection import OperationError
from .find import find_deployment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.errors import ControlPlaneError
    from langsmith_pulumi.control_plane.logs import LogEntry, LogKind
    from langsmith_pulumi.control_plane.responses import LiveDeployment, Revision

_POLL_SECONDS = 2.0
_HAS_DEPLOY_LOG = {"DEPLOYING", "DEPLOYED", "DEPLOY_FAILED"}
_IMAGES = {"external_docker", "internal_docker"}
"""Sources without a build."""
_AGO = re.compile(r"(\d+)\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_since(text: str, now: datetime) -> datetime:
    """Return the time of ``10m`` (also s, h, d) before now, or of an ISO time; UTC by default."""
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        time = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
    except (ValueError, OverflowError):
        raise OperationError(
            f"--since takes a duration such as 10m, 2h or 1d, or a time such as "
            f"2026-03-01T09:30, and not {text[:40]!r}."
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class LogRequest:
    """The log that is wanted."""

    name: str
    kind: LogKind | None = None
    """None for the deploy log of a revision that has one, or else the build log."""
    revision_id: str | None = None
    """None for the newest revision."""
    since: datetime | None = None
    level: str | None = None


class RevisionLog:
    """One log of one revision."""

    def __init__(self, client: ControlPlaneClient, request: LogRequest) -> None:
        """Find the revision; raise ``OperationError`` if there is none."""
        self._client = client
        self.deployment: LiveDeployment = find_deployment(client, request.name)
        self.revision: Revision = _find_revision(client, self.deployment, request.revision_id)
        self.kind = request.kind or _default_kind(self.deployment, self.revision)
        source = LogSource(
            self.deployment.id, self.revision.id, self.kind, request.since, request.level
        )
        self._reader = LogReader(source)

    def read(self, limit: int) -> list[LogEntry]:
        """Return at most ``limit`` entries that are new since the last call, the oldest first."""
        return self._reader.read(self._client, limit)

    def follow(
        self, limit: int, on_failure: Callable[[ControlPlaneError], None]
    ) -> Iterator[list[LogEntry]]:
        """Yield the last entries, and then those that come.

        A build log ends with its revision, a deploy log never. ``on_failure`` receives the first of
        several temporary errors.
        """
        is_failing = False
        while True:
            try:
                has_ended = self.kind == "build" and self._has_ended()
                entries = self.read(limit)
            except TEMPORARY as error:
                if not is_failing:
                    on_failure(error)
                is_failing = True
            else:
                is_failing = False
                yield entries
                if has_ended:
                    return
            self._client.sleep(_POLL_SECONDS)

    def _has_ended(self) -> bool:
        """Return True if the revision has ended, so that the log read next is whole."""
        self.revision = self._client.revision(self.deployment.id, self.revision.id)
        return outcome_of(self.revision.status) is not Outcome.IN_PROGRESS


def _find_revision(
    client: ControlPlaneClient, live: LiveDeployment, revision_id: str | None
) -> Revision:
    wanted = revision_id or live.latest_revision_id
    if wanted is None:
        raise OperationError(f"Deployment {live.name!r} has no revision yet, and so no log.")
    try:
        return client.revision(live.id, wanted)
    except NotFound:
        raise OperationError(
            f"Deployment {live.name!r} has no revision {wanted!r}. "
            f"`langsmith-pulumi revisions {live.name}` lists them."
        ) from None


def _default_kind(live: LiveDeployment, revision: Revision) -> LogKind:
    has_deploy_log = revision.status in _HAS_DEPLOY_LOG or live.source in _IMAGES
    return "deploy" if has_deploy_log else "build"
