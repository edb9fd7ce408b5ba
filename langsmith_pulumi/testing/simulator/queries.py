"""The query parameters of lists and logs, and the pages they select."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from langsmith_pulumi.testing.simulator.records import DeploymentRecord, RevisionRecord
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

    model_config = ConfigDict(strict=False, extra="ignore")

    type: Literal["build", "deploy"]


def log_page(lines: Sequence[str], started_at: float, query: LogsRequest) -> dict[str, Any]:
    """Return a page of a log; each line is a millisecond later than the one before."""
    entries = [_entry(number, line, started_at) for number, line in enumerate(lines)]
    found = [entry for entry in entries if _matches(entry, query)]
    if query.order == "desc":
        found.reverse()
    start = int(query.offset or 0)
    end = start + query.limit
    return {"logs": found[start:end], "next_offset": str(end) if end < len(found) else None}


def _entry(number: int, line: str, started_at: float) -> dict[str, Any]:
    level = "ERROR" if "error" in line.lower() else "INFO"
    stamp = int(started_at * 1000) + number
    return {"id": str(number), "timestamp": stamp, "level": level, "message": line}


def _matches(entry: dict[str, Any], query: LogsRequest) -> bool:
    return query.level in (None, entry["level"]) and (query.query or "") in entry["message"]
