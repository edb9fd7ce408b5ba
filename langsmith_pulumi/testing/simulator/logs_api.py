"""The routes of logs: by revision, by deployment, and the older ones."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from langsmith_pulumi.testing.simulator.api import ServiceDependency, require_route
from langsmith_pulumi.testing.simulator.logs import log_page, read_log
from langsmith_pulumi.testing.simulator.queries import LogEntriesQuery, LogsQuery
from langsmith_pulumi.testing.simulator.records import LogKind
from langsmith_pulumi.testing.simulator.schemas import LogsRequest
from langsmith_pulumi.testing.simulator.workspace import Workspace

Json = dict[str, Any]

router: APIRouter = APIRouter()


@router.get("/v2/deployments/{deployment_id}/revisions/{revision_id}/logs")
async def get_logs(
    service: ServiceDependency,
    deployment_id: UUID,
    revision_id: UUID,
    query: Annotated[LogsQuery, Query()],
) -> Json:
    """Return a page of the build log or the server log of a revision."""
    require_route(service.workspace.settings.revision_logs)
    return _revision_page(service.workspace, deployment_id, revision_id, query.type, query)


@router.get("/v2/deployment-logs")
async def list_log_entries(
    service: ServiceDependency, query: Annotated[LogEntriesQuery, Query()]
) -> Json:
    """Return a page of a log of all revisions, or of one; an unknown id has no entries."""
    workspace = service.workspace
    require_route(workspace.settings.revision_logs)
    entries = [
        entry
        for deployment in workspace.all()
        if deployment.id == str(query.deployment_id)
        for entry in read_log(
            workspace,
            deployment,
            [r for r in deployment.revisions if query.revision_id in (None, UUID(r.id))],
            query.kind,
        )
    ]
    page = log_page(entries, query.request(), end_offset=workspace.settings.log_end_offset)
    return {"items": page["logs"], "next_cursor": page["next_offset"]}


@router.post("/v1/projects/{project_id}/revisions/{revision_id}/build_logs")
async def post_build_logs(
    service: ServiceDependency, project_id: UUID, revision_id: UUID, body: LogsRequest
) -> Json:
    """Return a page of the build log of a revision, by the older route."""
    return _revision_page(service.workspace, project_id, revision_id, "build", body)


@router.post("/v1/projects/{project_id}/revisions/{revision_id}/deploy_logs")
async def post_revision_deploy_logs(
    service: ServiceDependency, project_id: UUID, revision_id: UUID, body: LogsRequest
) -> Json:
    """Return a page of the server log of a revision, by the older route."""
    return _revision_page(service.workspace, project_id, revision_id, "deploy", body)


@router.post("/v1/projects/{project_id}/deploy_logs")
async def post_deploy_logs(service: ServiceDependency, project_id: UUID, body: LogsRequest) -> Json:
    """Return a page of the server logs of all revisions, by the older route."""
    workspace = service.workspace
    deployment = workspace.find(str(project_id))
    entries = read_log(workspace, deployment, deployment.revisions, "deploy")
    return log_page(entries, body, end_offset=workspace.settings.log_end_offset)


def _revision_page(
    workspace: Workspace,
    deployment_id: UUID,
    revision_id: UUID,
    kind: LogKind,
    query: LogsRequest,
) -> Json:
    deployment, revision = workspace.find_revision(str(deployment_id), str(revision_id))
    entries = read_log(workspace, deployment, [revision], kind)
    return log_page(entries, query, end_offset=workspace.settings.log_end_offset)
