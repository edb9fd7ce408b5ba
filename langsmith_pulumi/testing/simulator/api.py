"""The routes of the API: HTTP in and out, and nothing else."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request

from langsmith_pulumi.testing.simulator.queries import (
    DeploymentsQuery,
    LogsQuery,
    Page,
    RevisionsQuery,
    log_page,
)
from langsmith_pulumi.testing.simulator.refusals import not_found
from langsmith_pulumi.testing.simulator.schemas import (
    CreateRequest,
    LogsRequest,
    PatchRequest,
    RevisionRequest,
)
from langsmith_pulumi.testing.simulator.service import ControlPlane
from langsmith_pulumi.testing.simulator.settings import (
    DEFAULT_INTEGRATION,
    DEFAULT_WORKSPACE_ID,
    Integration,
)
from langsmith_pulumi.testing.simulator.views import (
    build_log,
    deploy_log,
    deployment_view,
    integration_view,
    listener_view,
    repository_view,
    revision_view,
)

Json = dict[str, Any]
FREE = frozenset({"dev_free", "dev_free_zero"})


async def control_plane(request: Request) -> ControlPlane:
    """Return the control plane that serves this request: the gate has put it there."""
    plane: ControlPlane = request.scope["control_plane"]
    return plane


Plane = Annotated[ControlPlane, Depends(control_plane)]
router = APIRouter()


@router.get("/v2/deployments")
async def list_deployments(plane: Plane, query: Annotated[DeploymentsQuery, Query()]) -> Json:
    """Return a page of deployments, oldest first, which counts as a read of none."""
    settings = plane.workspace.settings
    views = [deployment_view(deployment, settings) for deployment in plane.workspace.all()]
    return query.answer(query.of([view for view in views if query.matches(view)]))


@router.post("/v2/deployments", status_code=201)
async def create_deployment(
    plane: Plane, body: CreateRequest, x_tenant_id: Annotated[str | None, Header()] = None
) -> Json:
    """Make a deployment."""
    settings = plane.workspace.settings
    tenant_id = x_tenant_id or settings.workspace_id or DEFAULT_WORKSPACE_ID
    return deployment_view(plane.create(body.said(), tenant_id), settings)


@router.get("/v2/deployments/free-count")
async def count_free_deployments(plane: Plane) -> Json:
    """Count the deployments that cost nothing."""
    kinds = [d.source_config.get("deployment_type") for d in plane.workspace.all()]
    return {"count": sum(kind in FREE for kind in kinds)}


@router.get("/v2/deployments/{deployment_id}")
async def get_deployment(plane: Plane, deployment_id: UUID) -> Json:
    """Return a deployment."""
    deployment = plane.workspace.read(str(deployment_id))
    return deployment_view(deployment, plane.workspace.settings)


@router.patch("/v2/deployments/{deployment_id}")
async def patch_deployment(plane: Plane, deployment_id: UUID, body: PatchRequest) -> Json:
    """Change a deployment."""
    deployment = plane.patch(str(deployment_id), body.said())
    return deployment_view(deployment, plane.workspace.settings)


@router.delete("/v2/deployments/{deployment_id}", status_code=204)
async def delete_deployment(
    plane: Plane,
    deployment_id: UUID,
    delete_tracing_project: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    force: bool = False,  # noqa: FBT001, FBT002 - likewise
) -> None:
    """Begin to delete a deployment."""
    plane.delete(str(deployment_id), delete_tracing_project=delete_tracing_project, force=force)


@router.get("/v2/deployments/{deployment_id}/revisions")
async def list_revisions(
    plane: Plane, deployment_id: UUID, query: Annotated[RevisionsQuery, Query()]
) -> Json:
    """Return a page of revisions, newest first."""
    chosen = query.of(query.select(plane.workspace.read(str(deployment_id))))
    return query.answer([revision_view(r, plane.workspace.settings) for r in chosen])


@router.post("/v2/deployments/{deployment_id}/revisions", status_code=201)
async def create_revision(plane: Plane, deployment_id: UUID, body: RevisionRequest) -> Json:
    """Make a revision."""
    revision = plane.revise(str(deployment_id), body.said())
    return revision_view(revision, plane.workspace.settings)


@router.get("/v2/deployments/{deployment_id}/revisions/{revision_id}")
async def get_revision(plane: Plane, deployment_id: UUID, revision_id: UUID) -> Json:
    """Return a revision."""
    revision = plane.workspace.read_revision(str(deployment_id), str(revision_id))
    return revision_view(revision, plane.workspace.settings)


@router.post("/v2/deployments/{deployment_id}/revisions/{revision_id}/redeploy")
async def redeploy_revision(plane: Plane, deployment_id: UUID, revision_id: UUID) -> Json:
    """Build and deploy a revision once more; answers with the deployment."""
    deployment = plane.redeploy(str(deployment_id), str(revision_id))
    return deployment_view(deployment, plane.workspace.settings)


@router.post(
    "/v2/deployments/{deployment_id}/revisions/{revision_id}/interruption", status_code=204
)
async def interrupt_revision(plane: Plane, deployment_id: UUID, revision_id: UUID) -> None:
    """Cancel a revision."""
    plane.interrupt(str(deployment_id), str(revision_id))


@router.get("/v2/deployments/{deployment_id}/revisions/{revision_id}/logs")
async def get_logs(
    plane: Plane, deployment_id: UUID, revision_id: UUID, query: Annotated[LogsQuery, Query()]
) -> Json:
    """Return lines of the build or of the server."""
    found = plane.workspace.find_revision(str(deployment_id), str(revision_id))
    lines = build_log(*found) if query.type == "build" else deploy_log(*found)
    return log_page(lines, found[1].created_at, query)


@router.post("/v1/projects/{project_id}/revisions/{revision_id}/build_logs")
async def post_build_logs(
    plane: Plane, project_id: UUID, revision_id: UUID, body: LogsRequest
) -> Json:
    """Return lines of the build, the older way."""
    found = plane.workspace.find_revision(str(project_id), str(revision_id))
    return log_page(build_log(*found), found[1].created_at, body)


@router.get("/v1/integrations/github/install")
async def list_integrations(plane: Plane) -> list[Json]:
    """Return the GitHub integrations, without pages."""
    return [integration_view(integration) for integration in _integrations(plane)]


@router.get("/v1/integrations/github/{integration_id}/repos")
async def list_repositories(plane: Plane, integration_id: UUID) -> list[Json]:
    """Return the repositories that an integration covers, without pages."""
    for integration in _integrations(plane):
        if integration.id == str(integration_id):
            numbered = enumerate(integration.repositories, start=1)
            return [repository_view(integration, number, url) for number, url in numbered]
    raise not_found("Integration", str(integration_id))


@router.get("/v2/listeners")
async def list_listeners(plane: Plane, query: Annotated[Page, Query()]) -> Json:
    """Return a page of listeners."""
    chosen = query.of(plane.workspace.settings.listeners)
    return query.answer([listener_view(listener) for listener in chosen])


def _integrations(plane: ControlPlane) -> list[Integration]:
    chosen = plane.workspace.settings.integrations
    return [DEFAULT_INTEGRATION] if chosen is None else list(chosen)
