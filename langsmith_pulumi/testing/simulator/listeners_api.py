"""The routes of listeners; all but the list need a plan that includes them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from langsmith_pulumi.testing.simulator.api import ServiceDependency
from langsmith_pulumi.testing.simulator.error_responses import listeners_not_in_plan
from langsmith_pulumi.testing.simulator.listeners import (
    create_listener,
    delete_listener,
    patch_listener,
)
from langsmith_pulumi.testing.simulator.queries import Page
from langsmith_pulumi.testing.simulator.schemas import ListenerCreateRequest, ListenerPatchRequest
from langsmith_pulumi.testing.simulator.views import listener_view
from langsmith_pulumi.testing.simulator.workspace import Workspace

Json = dict[str, Any]


async def _require_plan(service: ServiceDependency) -> Workspace:
    if not service.workspace.settings.manages_listeners:
        raise listeners_not_in_plan()
    return service.workspace


WorkspaceDependency = Annotated[Workspace, Depends(_require_plan)]
router: APIRouter = APIRouter(prefix="/v2/listeners")


@router.get("")
async def list_listeners(service: ServiceDependency, query: Annotated[Page, Query()]) -> Json:
    """Return a page of listeners."""
    chosen = query.select_page(service.workspace.listeners())
    return query.response([listener_view(listener) for listener in chosen])


@router.post("", status_code=201)
async def create(workspace: WorkspaceDependency, body: ListenerCreateRequest) -> Json:
    """Create a listener."""
    return listener_view(create_listener(workspace, body.without_nulls()))


@router.get("/{listener_id}")
async def get(workspace: WorkspaceDependency, listener_id: UUID) -> Json:
    """Return a listener."""
    return listener_view(workspace.find_listener(str(listener_id)))


@router.patch("/{listener_id}")
async def patch(
    workspace: WorkspaceDependency, listener_id: UUID, body: ListenerPatchRequest
) -> Json:
    """Change a listener."""
    return listener_view(patch_listener(workspace, str(listener_id), body.without_nulls()))


@router.delete("/{listener_id}", status_code=204)
async def delete(workspace: WorkspaceDependency, listener_id: UUID) -> None:
    """Delete a listener."""
    delete_listener(workspace, str(listener_id))
