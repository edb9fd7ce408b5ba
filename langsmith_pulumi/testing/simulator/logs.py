"""The lines of logs, which appear one after the other, and the pages of them.

A level is compared exactly, and both bounds of the time are included: the pages of the API do not
say how the service reads them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from langsmith_pulumi.testing.simulator.lifecycle import STATUSES_OF_SOURCE, WITHOUT_SERVER
from langsmith_pulumi.testing.simulator.records import (
    DeploymentRecord,
    LogKind,
    LogLevel,
    RevisionRecord,
)
from langsmith_pulumi.testing.simulator.schemas import LogsRequest
from langsmith_pulumi.testing.simulator.workspace import Workspace

Json = dict[str, Any]

LEVELS: Sequence[LogLevel] = ("CRITICAL", "ERROR", "WARNING", "DEBUG")
MILLISECOND = 0.001

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Progress:
    """How much of a log is written: lines appear evenly while one status lasts."""

    begin: float
    spacing: float
    written: int


def level_of(line: str) -> LogLevel:
    """Return the level that a line names, or INFO."""
    return next((level for level in LEVELS if level.lower() in line.lower()), "INFO")


def read_log(
    workspace: Workspace,
    deployment: DeploymentRecord,
    revisions: Iterable[RevisionRecord],
    kind: LogKind,
) -> list[Json]:
    """Return what has been written so far to the logs of these revisions, oldest first."""
    entries = [
        entry for revision in revisions for entry in _entries(workspace, deployment, revision, kind)
    ]
    return sorted(entries, key=lambda entry: entry["timestamp"])


def log_page(entries: Sequence[Json], query: LogsRequest, *, end_offset: bool) -> Json:
    """Return a page of a log; with `end_offset` the last one has a next offset too."""
    found = [entry for entry in entries if _matches(entry, query)]
    if query.order == "desc":
        found.reverse()
    start = int(query.offset or 0)
    page = found[start : start + query.limit]
    end = start + len(page)
    return {"logs": page, "next_offset": str(end) if end < len(found) or end_offset else None}


def _entries(
    workspace: Workspace, deployment: DeploymentRecord, revision: RevisionRecord, kind: LogKind
) -> list[Json]:
    write = _build_log if kind == "build" else _deploy_log
    messages = write(deployment, revision)
    progress = _progress(workspace, deployment, revision, kind, len(messages))
    lines = [
        (progress.begin + number * progress.spacing, level_of(message), message)
        for number, message in enumerate(messages[: progress.written])
    ]
    added = [
        (line.time, line.level, line.message) for line in revision.added_lines if line.kind == kind
    ]
    numbers = [*range(len(lines)), *range(len(messages), len(messages) + len(added))]
    return [
        {
            "id": f"{revision.id}-{kind}-{number}",
            "timestamp": round(time * 1000),
            "level": level,
            "message": message,
        }
        for number, (time, level, message) in zip(numbers, [*lines, *added], strict=True)
    ]


def _progress(
    workspace: Workspace,
    deployment: DeploymentRecord,
    revision: RevisionRecord,
    kind: LogKind,
    lines: int,
) -> Progress:
    timeline = revision.timeline
    builds = "BUILDING" in STATUSES_OF_SOURCE[revision.source]
    status = "BUILDING" if kind == "build" and builds else "DEPLOYING"
    begin = timeline.began.get(status)
    if not lines or begin is None or (kind == "deploy" and revision.status in WITHOUT_SERVER):
        return Progress(0, 0, 0)
    spacing = timeline.step / lines
    written = lines
    if timeline.status == status and not timeline.is_finished and spacing:
        written = int((workspace.now(deployment) - begin) / spacing + _ROUNDING) + 1
    if workspace.settings.reads is not None:  # ticks are no seconds
        return Progress(revision.created_at, MILLISECOND, written)
    return Progress(begin, max(spacing, MILLISECOND), written)


def _build_log(deployment: DeploymentRecord, revision: RevisionRecord) -> list[str]:
    if revision.outcome.build_log or "BUILDING" not in STATUSES_OF_SOURCE[revision.source]:
        return revision.outcome.build_log
    return [
        f"Fetching {revision.commit or 'source'} for {deployment.name}",
        "Building the image",
        "Pushing the image",
    ]


def _deploy_log(deployment: DeploymentRecord, revision: RevisionRecord) -> list[str]:
    return revision.outcome.deploy_log or [
        f"Starting {deployment.name}",
        "Application startup complete",
    ]


def _matches(entry: Json, query: LogsRequest) -> bool:
    return (
        query.level in (None, entry["level"])
        and (query.query or "") in entry["message"]
        and (query.start_time is None or _milliseconds(query.start_time) <= entry["timestamp"])
        and (query.end_time is None or entry["timestamp"] <= _milliseconds(query.end_time))
    )


def _milliseconds(time: datetime) -> float:
    """Return the time since the epoch; one without a time zone is in UTC."""
    aware = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    return round(aware.timestamp() * 1000, 3)
