"""What the service remembers."""

from dataclasses import dataclass, field
from typing import Any

from langsmith_pulumi.testing.simulator.lifecycle import LEAVING, Course


@dataclass
class Outcome:
    """How the next revision of a deployment ends; an unknown status is allowed."""

    status: str = "DEPLOYED"
    status_message: str | None = None
    build_log: list[str] = field(default_factory=list)
    deploy_log: list[str] = field(default_factory=list)


@dataclass
class Revision:
    """One attempt to build and serve; times are seconds since the epoch."""

    id: str
    source: str
    config: dict[str, Any]
    course: Course
    outcome: Outcome
    commit: str | None
    tracked_packages: list[str] | None
    created_at: float
    updated_at: float

    @property
    def status(self) -> str:
        """The present status."""
        return self.course.status


@dataclass
class Deployment:
    """A deployment with its revisions, oldest first, and its secrets as they are."""

    id: str
    name: str
    tenant_id: str
    source: str
    source_config: dict[str, Any]
    secrets: list[dict[str, str]]
    secret_references: list[dict[str, str]] | None
    agent: dict[str, str] | None
    route_through_gateway: bool | None
    course: Course
    created_at: float
    updated_at: float
    display_name: str | None = None
    revisions: list[Revision] = field(default_factory=list)
    branch_heads: dict[str, str] = field(default_factory=dict)
    reads: int = 0
    takes_project_along: bool = False

    @property
    def leaving(self) -> bool:
        """Whether it is being deleted."""
        return self.course.status in LEAVING

    @property
    def gone(self) -> bool:
        """Whether nothing but perhaps its tracing project is left."""
        return self.course.status == LEAVING[-1]

    @property
    def latest(self) -> Revision | None:
        """The newest revision, whatever its state."""
        return self.revisions[-1] if self.revisions else None

    @property
    def active(self) -> Revision | None:
        """The revision that serves: the newest of those that were deployed."""
        return next((r for r in reversed(self.revisions) if r.status == "DEPLOYED"), None)

    @property
    def revision_config(self) -> dict[str, Any]:
        """What the newest revision was made from."""
        return dict(self.latest.config) if self.latest else {}


@dataclass
class Records:
    """Everything that survives a restart: deployments by id, and names of tracing projects."""

    deployments: dict[str, Deployment] = field(default_factory=dict)
    projects: set[str] = field(default_factory=set)
