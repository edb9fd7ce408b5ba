"""The routes below /_simulator: read the recorded requests, set faults and outcomes, make drift."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from langsmith_pulumi.testing.simulator.api import ServiceDependency
from langsmith_pulumi.testing.simulator.records import Outcome
from langsmith_pulumi.testing.simulator.schemas import PatchRequest, StrictModel
from langsmith_pulumi.testing.simulator.traffic import Fault, RecordedRequest, Traffic

Json = dict[str, Any]


class OutcomeRequest(StrictModel):
    """The end of the next revision of a deployment, which need not exist yet."""

    deployment: str
    status: str = "DEPLOYED"
    status_message: str | None = None
    build_log: list[str] = Field(default_factory=list)
    deploy_log: list[str] = Field(default_factory=list)


class RevisionOverrideRequest(StrictModel):
    """An override for the next patch of a deployment: it makes a revision, or it makes none."""

    deployment: str
    revision: bool


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
router = APIRouter(prefix="/_simulator")


@router.get("/requests")
async def get_requests(traffic: TrafficDependency) -> list[RecordedRequest]:
    """Return the requests to the API so far, oldest first."""
    return traffic.requests


@router.delete("/requests", status_code=204)
async def clear_requests(traffic: TrafficDependency) -> None:
    """Clear the recorded requests."""
    traffic.requests.clear()


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


@router.post("/revision-overrides", status_code=204)
async def add_revision_override(service: ServiceDependency, body: RevisionOverrideRequest) -> None:
    """Make the next patch create a revision, or none, against the rules."""
    service.revision_overrides[body.deployment] = body.revision


@router.post("/push")
async def push(service: ServiceDependency, body: PushRequest) -> Json:
    """Push a commit to the branch of a deployment, and return the revision it makes, or null."""
    revision = service.push(body.deployment, body.commit)
    return {"revision": revision.id if revision else None}


@router.post("/drift", status_code=204)
async def drift(service: ServiceDependency, body: DriftRequest) -> None:
    """Patch a deployment as a person would in the user interface, unrecorded."""
    service.patch(service.workspace.find_by_name(body.deployment).id, body.patch.without_nulls())
