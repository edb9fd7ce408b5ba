"""The routes of the API."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request

from langsmith_pulumi.testing.simulator.error_responses import (
    ApiError,
    not_found,
    unknown_route,
)
from langsmith_pulumi.testing.simulator.queries import (
    DeploymentsQuery,
    RevisionsQuery,
)
from langsmith_pulumi.testing.simulator.schemas import (
    CreateRequest,
    PatchRequest,
    PushTokenRequest,
    ResourceTiersRequest,
    RevisionRequest,
    UploadUrlRequest,
)
from langsmith_pulumi.testing.simulator.service import Service
from langsmith_pulumi.testing.simulator.settings import (
    DEFAULT_INTEGRATION,
    DEFAULT_WORKSPACE_ID,
    Integration,
)
from langsmith_pulumi.testing.simulator.views import (
    deployment_view,
    integration_view,
    repository_view,
    revision_view,
)
from langsmith_pulumi.testing.simulator.workspace import new_id

Json = dict[str, Any]
FREE_TYPES = frozenset({"dev_free", "dev_free_zero"})


async def get_service(request: Request) -> Service:
    """Return the service of this request, which the middleware has put into its scope."""
    service: Service = request.scope["service"]
    return service


ServiceDependency = Annotated[Service, Depends(get_service)]
router: APIRouter = APIRouter()


@router.get("/v2/deployments")
async def list_deployments(
    service: ServiceDependency, query: Annotated[DeploymentsQuery, Query()]
) -> Json:
    """Return a page of deployments, oldest first, which does not count as a read."""
    settings = service.workspace.settings
    query = query if settings.filters_by_name else query.model_copy(update={"name": None})
    views = [deployment_view(deployment, settings) for deployment in service.workspace.all()]
    return query.response(query.select_page([view for view in views if query.matches(view)]))


@router.post("/v2/deployments", status_code=201)
async def create_deployment(
    service: ServiceDependency,
    body: CreateRequest,
    x_tenant_id: Annotated[str | None, Header()] = None,
) -> Json:
    """Create a deployment."""
    settings = service.workspace.settings
    tenant_id = x_tenant_id or settings.workspace_id or DEFAULT_WORKSPACE_ID
    return deployment_view(service.create(body.without_nulls(), tenant_id), settings)


@router.get("/v2/deployments/free-count")
async def count_free_deployments(service: ServiceDependency) -> Json:
    """Count the deployments of the free types."""
    kinds = [d.source_config.get("deployment_type") for d in service.workspace.all()]
    return {"count": sum(kind in FREE_TYPES for kind in kinds)}


@router.get("/v2/deployments/{deployment_id}")
async def get_deployment(service: ServiceDependency, deployment_id: UUID) -> Json:
    """Return a deployment."""
    deployment = service.workspace.read(str(deployment_id))
    return deployment_view(deployment, service.workspace.settings)


@router.patch("/v2/deployments/{deployment_id}")
async def patch_deployment(
    service: ServiceDependency, deployment_id: UUID, body: PatchRequest
) -> Json:
    """Change a deployment."""
    deployment = service.patch(str(deployment_id), body.without_nulls())
    return deployment_view(deployment, service.workspace.settings)


@router.patch("/v2/deployments/{deployment_id}/resource-tiers")
async def patch_resource_tiers(
    service: ServiceDependency, deployment_id: UUID, body: ResourceTiersRequest
) -> Json:
    """Change the sizes of a deployment."""
    require_route(service.workspace.settings.resource_tiers)
    deployment = service.resize(str(deployment_id), body.without_nulls())
    return deployment_view(deployment, service.workspace.settings)


@router.post("/v2/deployments/{deployment_id}/upload-url")
async def create_upload_url(
    service: ServiceDependency, deployment_id: UUID, body: UploadUrlRequest | None = None
) -> Json:
    """Return a URL that takes the archive of a folder."""
    settings, deployment = service.workspace.settings, service.workspace.find(str(deployment_id))
    if deployment.source != "internal_source":
        raise ApiError(400, "upload URL is only available for 'internal_source' source deployments")
    supports_headers = body is not None and body.supports_upload_headers
    return service.uploads.promise(
        deployment.id, with_headers=supports_headers and settings.upload_headers
    )


@router.post("/v2/deployments/{deployment_id}/push-token")
async def create_push_token(
    service: ServiceDependency, deployment_id: UUID, body: PushTokenRequest | None = None
) -> Json:
    """Return a token for the registry, and the names that newer clients understand."""
    deployment = service.workspace.find(str(deployment_id))
    if deployment.source != "internal_docker":
        raise ApiError(400, "push token is only available for 'internal_docker' source deployments")
    shown = {"token": f"push-{new_id()}", "registry_url": "registry.langgraph.app"}
    if body is not None and body.supports_registry_username:
        repository = f"{shown['registry_url']}/{deployment.tenant_id}/{deployment.name}"
        shown |= {"username": "oauth2accesstoken", "repository_url": repository}
    return shown


@router.delete("/v2/deployments/{deployment_id}", status_code=204)
async def delete_deployment(
    service: ServiceDependency,
    deployment_id: UUID,
    delete_tracing_project: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    force: bool = False,  # noqa: FBT001, FBT002 - likewise
) -> None:
    """Begin to delete a deployment."""
    service.delete(str(deployment_id), delete_tracing_project=delete_tracing_project, force=force)


@router.get("/v2/deployments/{deployment_id}/revisions")
async def list_revisions(
    service: ServiceDependency, deployment_id: UUID, query: Annotated[RevisionsQuery, Query()]
) -> Json:
    """Return a page of revisions, newest first."""
    chosen = query.select_page(query.select(service.workspace.read(str(deployment_id))))
    return query.response([revision_view(r, service.workspace.settings) for r in chosen])


@router.post("/v2/deployments/{deployment_id}/revisions", status_code=201)
async def create_revision(
    service: ServiceDependency, deployment_id: UUID, body: RevisionRequest
) -> Json:
    """Create a revision."""
    require_route(service.workspace.settings.revision_posts)
    revision = service.create_revision(str(deployment_id), body.without_nulls())
    return revision_view(revision, service.workspace.settings)


@router.get("/v2/deployments/{deployment_id}/revisions/{revision_id}")
async def get_revision(service: ServiceDependency, deployment_id: UUID, revision_id: UUID) -> Json:
    """Return a revision."""
    revision = service.workspace.read_revision(str(deployment_id), str(revision_id))
    return revision_view(revision, service.workspace.settings)


@router.post("/v2/deployments/{deployment_id}/revisions/{revision_id}/redeploy")
async def redeploy_revision(
    service: ServiceDependency, deployment_id: UUID, revision_id: UUID
) -> Json:
    """Build and deploy a revision again, and return the deployment."""
    require_route(service.workspace.settings.redeploys)
    deployment = service.redeploy(str(deployment_id), str(revision_id))
    return deployment_view(deployment, service.workspace.settings)


@router.post(
    "/v2/deployments/{deployment_id}/revisions/{revision_id}/interruption", status_code=204
)
async def interrupt_revision(
    service: ServiceDependency, deployment_id: UUID, revision_id: UUID
) -> None:
    """Interrupt a revision, by the route of the vendor's sample."""
    require_route("interruption" in (service.workspace.settings.interrupt_routes or ()))
    service.interrupt(str(deployment_id), str(revision_id))


@router.post("/v2/deployments/{deployment_id}/revisions/{revision_id}/interrupt", status_code=204)
async def interrupt_revision_as_documented(
    service: ServiceDependency, deployment_id: UUID, revision_id: UUID
) -> None:
    """Interrupt a revision, by the route of the reference."""
    require_route("interrupt" in (service.workspace.settings.interrupt_routes or ()))
    service.interrupt(str(deployment_id), str(revision_id))


@router.get("/v1/integrations/github/install")
async def list_integrations(service: ServiceDependency) -> list[Json]:
    """Return the GitHub integrations as a bare list."""
    return [integration_view(integration) for integration in _integrations(service)]


@router.get("/v1/integrations/github/{integration_id}/repos")
async def list_repositories(service: ServiceDependency, integration_id: UUID) -> list[Json]:
    """Return the repositories of an integration as a bare list."""
    for integration in _integrations(service):
        if integration.id == str(integration_id):
            numbered = enumerate(integration.repositories, start=1)
            return [repository_view(integration, number, url) for number, url in numbered]
    raise not_found("Integration", str(integration_id))


def require_route(exists: object) -> None:
    """Raise a 404 if this version of the service does not have the route."""
    if not exists:
        raise unknown_route()


def _integrations(service: Service) -> list[Integration]:
    chosen = service.workspace.settings.integrations
    return [DEFAULT_INTEGRATION] if chosen is None else list(chosen)
