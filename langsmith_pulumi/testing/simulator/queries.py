"""What lists and logs can be asked for, and which part of them that is."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from langsmith_pulumi.testing.simulator.records import Deployment, Revision
from langsmith_pulumi.testing.simulator.schemas import DeploymentType, LogsRequest

Item = TypeVar("Item")


class Page(BaseModel):
    """A part of a list; parameters that nobody knows are ignored, as the service does."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Annotated[int, Field(ge=0)] = 0

    def of(self, items: Sequence[Item]) -> list[Item]:
        """Cut the page out."""
        return list(items[self.offset : self.offset + self.limit])

    def answer(self, shown: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Form the answer; its offset is the one to ask for next."""
        return {"resources": list(shown), "offset": self.offset + len(shown)}


class DeploymentsQuery(Page):
    """Which deployments to list."""

    name: str | None = None
    name_contains: str | None = None
    status: str | None = None
    deployment_type: DeploymentType | None = None
    deployment_ids: str | None = None
    image_version: str | None = None
    agent_id: str | None = None
    agent_environment: str | None = None

    def matches(self, shown: dict[str, Any]) -> bool:
        """Tell whether a deployment, as shown, is asked for."""
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
    """Which revisions to list."""

    status: str | None = None

    def select(self, deployment: Deployment) -> list[Revision]:
        """Return the revisions asked for, newest first."""
        wanted = self.status.split(",") if self.status else None
        newest_first = reversed(deployment.revisions)
        return [r for r in newest_first if wanted is None or r.status in wanted]


class LogsQuery(LogsRequest):
    """Which log to show, and what part of it."""

    model_config = ConfigDict(strict=False, extra="ignore")

    type: Literal["build", "deploy"]


def log_page(lines: Sequence[str], began: float, asked: LogsRequest) -> dict[str, Any]:
    """Form a page of a log; each line is a millisecond later than the one before."""
    entries = [_entry(number, line, began) for number, line in enumerate(lines)]
    found = [entry for entry in entries if _is_asked_for(entry, asked)]
    if asked.order == "desc":
        found.reverse()
    start = int(asked.offset or 0)
    end = start + asked.limit
    return {"logs": found[start:end], "next_offset": str(end) if end < len(found) else None}


def _entry(number: int, line: str, began: float) -> dict[str, Any]:
    level = "ERROR" if "error" in line.lower() else "INFO"
    stamp = int(began * 1000) + number
    return {"id": str(number), "timestamp": stamp, "level": level, "message": line}


def _is_asked_for(entry: dict[str, Any], asked: LogsRequest) -> bool:
    return asked.level in (None, entry["level"]) and (asked.query or "") in entry["message"]
