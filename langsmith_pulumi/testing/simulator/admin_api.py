"""The routes below /_simulator: read the recorded requests, set faults and outcomes, make drift."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from langsmith_pulumi.testing.simulator.api import ServiceDependency
from langsmith_pulumi.testing.simulator.error_responses import not_found
from langsmith_pulumi.testing.simulator.records import LogKind, LogLevel, Outcome
from langsmith_pulumi.testing.simulator.schemas import PatchRequest, StrictModel, Tier
from langsmith_pulumi.testing.simulator.traffic import (
    ExternalRequest,
    Fault,
    Health,
    RecordedRequest,
    Traffic,
)

Json = dict[str, Any]


class OutcomeRequest(StrictModel):
    """The end of the next revision of a deployment, which need not exist yet."""

    deployment: str
    status: str = "DEPLOYED"
    status_message: str | None = None
    build_log: list[str] = Field(default_factory=list)
    deploy_log: list[str] = Field(default_factory=list)


class LogRequest(StrictModel):
    """Lines for the log of the server that runs, or of the newest build."""

    deployment: str
    lines: list[str]
    type: LogKind = "deploy"
    level: LogLevel | None = None


class RevisionOverrideRequest(StrictModel):
    """An override for the next patch of a deployment: it makes a revision, or it makes none."""

    deployment: str
    revision: bool


class ResizeRequest(StrictModel):
    """A change of sizes made by hand, outside Pulumi."""

    deployment: str
    compute_tier: Tier | None = None
    database_tier: Tier | None = None


class PreviewRequest(StrictModel):
    """The preview build of a pull request of a deployment's repository."""

    deployment: str
    number: Annotated[int, Field(ge=1)] = 1


class HealthRequest(StrictModel):
    """The next answers of an agent to `/ok`, of which the last one is repeated."""

    deployment: str
    statuses: Annotated[list[Annotated[int, Field(ge=200, le=599)]], Field(min_length=1)]
    body: str | None = None


class PushRequest(StrictModel):
    """A commit pushed to the branch of a deployment."""

    deployment: str
    commit: str


class DriftRequest(StrictModel):
    """A change made by hand, outside Pulumi."""

    deployment: str
    patch: PatchRequest


async def _get_traffic(request: Request) -> Traffic:
    traffic: Traffic = request.scope["traffic"]
    return traffic


TrafficDependency = Annotated[Traffic, Depends(_get_traffic)]
router: APIRouter = APIRouter(prefix="/_simulator")


@router.get("/requests")
async def get_requests(traffic: TrafficDependency) -> list[RecordedRequest]:
    """Return the requests to the API so far, oldest first."""
    return traffic.requests


@router.delete("/requests", status_code=204)
async def clear_requests(traffic: TrafficDependency) -> None:
    """Clear the recorded requests, those to agents and upload targets included."""
    traffic.requests.clear()
    traffic.external_requests.clear()


@router.get("/external-requests")
async def get_external_requests(traffic: TrafficDependency) -> list[ExternalRequest]:
    """Return the requests to agents and upload targets so far, oldest first."""
    return traffic.external_requests


@router.get("/uploads")
async def get_uploads(service: ServiceDependency) -> list[Json]:
    """Return the uploads that were promised, oldest first, with the files that arrived."""
    return service.uploads.all()


@router.get("/uploads/{object_path:path}")
async def get_archive(service: ServiceDependency, object_path: str) -> Response:
    """Return an archive as it was uploaded."""
    content = service.uploads.content(object_path)
    if content is None:
        raise not_found("Upload", object_path)
    return Response(content, media_type="application/gzip")


@router.get("/faults")
async def get_faults(traffic: TrafficDependency) -> list[Fault]:
    """Return the faults that have not all happened yet."""
    return [fault for fault in traffic.faults if fault.times]


@router.post("/faults", status_code=204)
async def add_faults(traffic: TrafficDependency, body: list[Fault]) -> None:
    """Add faults."""
    traffic.faults.extend(body)


@router.delete("/faults", status_code=204)
async def clear_faults(traffic: TrafficDependency) -> None:
    """Remove all faults."""
    traffic.faults.clear()


@router.post("/outcomes", status_code=204)
async def add_outcome(service: ServiceDependency, body: OutcomeRequest) -> None:
    """Set how the next revision of a deployment ends; a second call sets the one after."""
    outcome = Outcome(**body.model_dump(exclude={"deployment"}))
    service.outcomes.setdefault(body.deployment, []).append(outcome)


@router.post("/logs", status_code=204)
async def add_log_lines(service: ServiceDependency, body: LogRequest) -> None:
    """Add lines to a log, at the current time."""
    service.add_log_lines(body.deployment, body.lines, body.type, body.level)


@router.post("/revision-overrides", status_code=204)
async def add_revision_override(service: ServiceDependency, body: RevisionOverrideRequest) -> None:
    """Make the next patch create a revision, or none, against the rules."""
    service.revision_overrides[body.deployment] = body.revision


@router.post("/resizes", status_code=204)
async def resize(service: ServiceDependency, body: ResizeRequest) -> None:
    """Change the sizes of a deployment as a person would in the user interface, unrecorded."""
    tiers = body.without_nulls()
    service.resize(service.workspace.find_by_name(tiers.pop("deployment")).id, tiers)


@router.post("/previews")
async def add_preview(service: ServiceDependency, body: PreviewRequest) -> Json:
    """Add the preview build of a pull request, and return its id and name."""
    preview = service.add_preview(body.deployment, body.number)
    return {"id": preview.id, "name": preview.name}


@router.post("/health", status_code=204)
async def set_health(traffic: TrafficDependency, body: HealthRequest) -> None:
    """Set the next answers of an agent to `/ok`."""
    traffic.health[body.deployment] = [Health(status, body.body) for status in body.statuses]


@router.post("/push")
async def push(service: ServiceDependency, body: PushRequest) -> Json:
    """Push a commit to the branch of a deployment, and return the revision it makes, or null."""
    revision = service.push(body.deployment, body.commit)
    return {"revision": revision.id if revision else None}


@router.post("/drift", status_code=204)
async def drift(service: ServiceDependency, body: DriftRequest) -> None:
    """Patch a deployment as a person would in the user interface, unrecorded."""
    service.patch(service.workspace.find_by_name(body.deployment).id, body.patch.without_nulls())
