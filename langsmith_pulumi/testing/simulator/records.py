"""The data of the service: deployments and revisions, and the file that keeps them between runs."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from langsmith_pulumi.testing.simulator.lifecycle import DELETION_STATUSES, StatusTimeline

LogKind = Literal["build", "deploy"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]


@dataclass
class Outcome:
    """The end of the next revision of a deployment; an unknown status is allowed."""

    status: str = "DEPLOYED"
    status_message: str | None = None
    build_log: list[str] = field(default_factory=list)
    deploy_log: list[str] = field(default_factory=list)


@dataclass
class LogLine:
    """A line that a test has added to a log; the time is in seconds since the epoch."""

    kind: LogKind
    level: LogLevel
    message: str
    time: float


@dataclass
class RevisionRecord:
    """One attempt to build and serve; times are seconds since the epoch."""

    id: str
    source: str
    config: dict[str, Any]
    timeline: StatusTimeline
    outcome: Outcome
    commit: str | None
    tracked_packages: list[str] | None
    created_at: float
    updated_at: float
    added_lines: list[LogLine] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Return the current status."""
        return self.timeline.status

    @property
    def is_in_progress(self) -> bool:
        """Return True if the revision has not ended."""
        return self.timeline.is_in_progress


@dataclass
class DeploymentRecord:
    """A deployment with its revisions, oldest first, and its secrets in plain text."""

    id: str
    name: str
    tenant_id: str
    source: str
    source_config: dict[str, Any]
    secrets: list[dict[str, str]]
    secret_references: list[dict[str, str]] | None
    agent: dict[str, str] | None
    route_through_gateway: bool | None
    timeline: StatusTimeline
    created_at: float
    updated_at: float
    display_name: str | None = None
    revisions: list[RevisionRecord] = field(default_factory=list)
    branch_heads: dict[str, str] = field(default_factory=dict)
    reads: int = 0
    deletes_tracing_project: bool = False
    compute_tier: str | None = None
    database_tier: str | None = None
    preview_of: str | None = None

    @property
    def is_deleting(self) -> bool:
        """Return True if a deletion has begun."""
        return self.timeline.status in DELETION_STATUSES

    @property
    def is_gone(self) -> bool:
        """Return True if the deletion has ended; the tracing project may remain."""
        return self.timeline.status == DELETION_STATUSES[-1]

    @property
    def latest(self) -> RevisionRecord | None:
        """Return the newest revision in any state."""
        return self.revisions[-1] if self.revisions else None

    @property
    def active(self) -> RevisionRecord | None:
        """Return the newest revision that was deployed, which is the one that serves."""
        return next((r for r in reversed(self.revisions) if r.status == "DEPLOYED"), None)

    @property
    def in_progress(self) -> RevisionRecord | None:
        """Return the oldest revision that has not ended."""
        return next((r for r in self.revisions if r.is_in_progress), None)

    @property
    def revision_config(self) -> dict[str, Any]:
        """Return the configuration of the newest revision."""
        return dict(self.latest.config) if self.latest else {}


@dataclass
class ListenerRecord:
    """A listener with the namespaces that it serves; times are seconds since the epoch."""

    id: str
    compute_id: str
    k8s_namespaces: list[str] | None
    version: str | None
    created_at: float
    updated_at: float
    is_deleted: bool = False


@dataclass
class UploadRecord:
    """The place of an archive that a deployment was promised, and what has arrived there.

    `size` is None until an archive has arrived, and `files` if it is no readable `.tar.gz`.
    """

    deployment_id: str
    object_path: str
    size: int | None = None
    files: list[str] | None = None


@dataclass
class Records:
    """Everything that survives a restart: deployments by id, and names of tracing projects.

    Of the listeners in the settings only those that the API has changed or deleted are here.
    """

    deployments: dict[str, DeploymentRecord] = field(default_factory=dict)
    projects: set[str] = field(default_factory=set)
    listeners: dict[str, ListenerRecord] = field(default_factory=dict)
    uploads: dict[str, UploadRecord] = field(default_factory=dict)


_ADAPTER = TypeAdapter(Records)


class Storage:
    """A JSON file that keeps records between runs; without a file nothing is kept.

    The file holds secret values in plain text, as the service itself does, so only its owner may
    read it.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._written = b""

    def load(self) -> Records:
        """Return the records of the last run."""
        if self._file is None or not self._file.exists():
            return Records()
        try:
            return _ADAPTER.validate_json(self._file.read_bytes())
        except ValidationError:
            # Not chained: the text of a validation error repeats its input, secrets included.
            raise ValueError(f"{self._file} is not a database of the simulator") from None

    def save(self, records: Records) -> None:
        """Replace the file in one step if anything has changed."""
        if self._file is None:
            return
        content = _ADAPTER.dump_json(records, indent=1)
        if content != self._written:
            _replace(self._file, content)
            self._written = content


def _replace(file: Path, content: bytes) -> None:
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
    beside.replace(file)
