"""The query parameters of lists and logs, and the pages they select."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from langsmith_pulumi.testing.simulator.records import (
    DeploymentRecord,
    LogKind,
    LogLevel,
    RevisionRecord,
)
from langsmith_pulumi.testing.simulator.schemas import DeploymentType, LogsRequest

Item = TypeVar("Item")


class Page(BaseModel):
    """A page of a list; unknown parameters are ignored, as the service does."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0)] = 0

    def select_page(self, items: Sequence[Item]) -> list[Item]:
        """Return the items of this page."""
        return list(items[self.offset : self.offset + self.limit])

    def response(self, shown: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return the response; its offset is the one of the next page."""
        return {"resources": list(shown), "offset": self.offset + len(shown)}


class DeploymentsQuery(Page):
    """The filters of a list of deployments."""

    name: str | None = None
    name_contains: str | None = None
    status: str | None = None
    deployment_type: DeploymentType | None = None
    deployment_ids: str | None = None
    image_version: str | None = None
    agent_id: str | None = None
    agent_environment: str | None = None

    def matches(self, shown: dict[str, Any]) -> bool:
        """Return True if a deployment, in the form of the API, passes the filters."""
        agent = shown["agent"] or {}
        return all(
            (
                self.name in (None, shown["name"]),
                (self.name_contains or "") in shown["name"],
                self.status in (None, shown["status"]),
                self.deployment_type in (None, shown["source_config"].get("deployment_type")),
                self.deployment_ids is None or shown["id"] in self.deployment_ids.split(","),
                self.image_version in (None, shown["image_version"]),
                self.agent_id in (None, agent.get("agent_id")),
                self.agent_environment in (None, agent.get("environment")),
            )
        )


class RevisionsQuery(Page):
    """The filters of a list of revisions."""

    status: str | None = None

    def select(self, deployment: DeploymentRecord) -> list[RevisionRecord]:
        """Return the revisions that pass the filter, newest first."""
        wanted = self.status.split(",") if self.status else None
        newest_first = reversed(deployment.revisions)
        return [r for r in newest_first if wanted is None or r.status in wanted]


class LogsQuery(LogsRequest):
    """The kind of log, and the page of it."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=False, extra="ignore")

    type: LogKind


class LogEntriesQuery(BaseModel):
    """The deployment, the kind of log and the page of it, by the newest route."""

    deployment_id: UUID
    revision_id: UUID | None = None
    log_type: Literal["BUILD", "DEPLOY"] = "DEPLOY"
    page_size: Annotated[int, Field(ge=1, le=100)] = 20
    sort_order: Literal["asc", "desc"] = "asc"
    cursor: Annotated[str, Field(pattern=r"^\d+$")] | None = None
    level: LogLevel | None = None
    query: str | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None

    @property
    def kind(self) -> LogKind:
        """Return the kind of log, as the other routes spell it."""
        return "build" if self.log_type == "BUILD" else "deploy"

    def request(self) -> LogsRequest:
        """Return the same page in the words of the older routes."""
        return LogsRequest(
            limit=self.page_size,
            order=self.sort_order,
            offset=self.cursor,
            level=self.level,
            query=self.query,
            start_time=self.start_time,
            end_time=self.end_time,
        )
