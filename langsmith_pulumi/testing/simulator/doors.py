"""The routes below /_simulator: look at the traffic, arrange what goes wrong, play the others."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import Field

from langsmith_pulumi.testing.simulator.api import Plane
from langsmith_pulumi.testing.simulator.faults import Fault
from langsmith_pulumi.testing.simulator.records import Outcome
from langsmith_pulumi.testing.simulator.schemas import PatchRequest
from langsmith_pulumi.testing.simulator.strict import Strict
from langsmith_pulumi.testing.simulator.traffic import RecordedRequest, Traffic

Json = dict[str, Any]


class ArrangedOutcome(Strict):
    """How the next revision of a deployment ends; the deployment need not exist yet."""

    deployment: str
    status: str = "DEPLOYED"
    status_message: str | None = None
    build_log: list[str] = Field(default_factory=list)
    deploy_log: list[str] = Field(default_factory=list)


class Surprise(Strict):
    """Whether the next patch of a deployment makes a revision, against all rules."""

    deployment: str
    revision: bool


class Push(Strict):
    """A commit that somebody pushes to the branch of a deployment."""

    deployment: str
    commit: str


class Drift(Strict):
    """A change that somebody makes by hand."""

    deployment: str
    patch: PatchRequest


async def _traffic(request: Request) -> Traffic:
    traffic: Traffic = request.scope["traffic"]
    return traffic


Seen = Annotated[Traffic, Depends(_traffic)]
router = APIRouter(prefix="/_simulator")


@router.get("/requests")
async def get_requests(traffic: Seen) -> list[RecordedRequest]:
    """Return the requests to the API so far, oldest first."""
    return traffic.requests


@router.delete("/requests", status_code=204)
async def forget_requests(traffic: Seen) -> None:
    """Forget the requests so far."""
    traffic.requests.clear()


@router.get("/faults")
async def get_faults(traffic: Seen) -> list[Fault]:
    """Return the faults that have not all happened yet."""
    return [fault for fault in traffic.faults if fault.times]


@router.post("/faults", status_code=204)
async def add_faults(traffic: Seen, body: list[Fault]) -> None:
    """Let requests go wrong."""
    traffic.faults.extend(body)


@router.delete("/faults", status_code=204)
async def forget_faults(traffic: Seen) -> None:
    """Let nothing go wrong any more."""
    traffic.faults.clear()


@router.post("/outcomes", status_code=204)
async def add_outcome(plane: Plane, body: ArrangedOutcome) -> None:
    """Arrange how the next revision of a deployment ends; twice is for the next two."""
    outcome = Outcome(**body.model_dump(exclude={"deployment"}))
    plane.outcomes.setdefault(body.deployment, []).append(outcome)


@router.post("/surprises", status_code=204)
async def add_surprise(plane: Plane, body: Surprise) -> None:
    """Let the next patch make a revision, or none, whatever it holds."""
    plane.surprises[body.deployment] = body.revision


@router.post("/push")
async def push(plane: Plane, body: Push) -> Json:
    """Move the branch of a deployment; tells the revision that this made, or null."""
    revision = plane.push(body.deployment, body.commit)
    return {"revision": revision.id if revision else None}


@router.post("/drift", status_code=204)
async def drift(plane: Plane, body: Drift) -> None:
    """Patch a deployment as a person would in the user interface, unrecorded."""
    plane.patch(plane.workspace.named(body.deployment).id, body.patch.said())
