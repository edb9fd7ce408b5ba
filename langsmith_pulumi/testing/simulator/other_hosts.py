"""The routes that are on other hosts in reality: agents, and the target of uploads.

Clients send no API key of the control plane there.
"""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from langsmith_pulumi.testing.simulator.admin_api import TrafficDependency
from langsmith_pulumi.testing.simulator.api import ServiceDependency
from langsmith_pulumi.testing.simulator.error_responses import ApiError, not_found, unknown_route
from langsmith_pulumi.testing.simulator.uploads import RANGE_HEADER, UPLOADS_PREFIX, size_range
from langsmith_pulumi.testing.simulator.views import AGENTS_PREFIX

OTHER_HOSTS = (AGENTS_PREFIX, UPLOADS_PREFIX)

router = APIRouter()


@router.get(f"{AGENTS_PREFIX}{{deployment_id}}/ok")
async def check_health(
    service: ServiceDependency, traffic: TrafficDependency, deployment_id: str
) -> Response:
    """Answer as a running agent, or as the proxy in front of one that does not run."""
    if not service.workspace.settings.serve_agents:
        raise unknown_route()
    deployment = service.workspace.find(deployment_id)
    if deployment.active is None:
        return Response("no healthy upstream", 503, media_type="text/plain")
    answer = traffic.next_health(deployment.name)
    if answer.body is not None:
        return Response(answer.body, answer.status, media_type="text/plain")
    return JSONResponse({"ok": answer.status == HTTPStatus.OK}, answer.status)


@router.put(f"{UPLOADS_PREFIX}{{token}}")
async def receive_archive(service: ServiceDependency, request: Request, token: str) -> Response:
    """Take the archive of a folder, and keep its size."""
    upload, settings = service.uploads.by_token.get(token), service.workspace.settings
    if upload is None:
        raise not_found("Upload", token)
    if request.headers.get("content-type") != "application/gzip":
        raise ApiError(403, "SignatureDoesNotMatch: the content type is application/gzip.")
    if request.headers.get(RANGE_HEADER) != size_range(settings):
        raise ApiError(403, f"SignatureDoesNotMatch: {RANGE_HEADER} is {size_range(settings)}.")
    size = 0
    async for part in request.stream():
        size += len(part)
    if size > settings.upload_limit:
        raise ApiError(400, f"EntityTooLarge: at most {settings.upload_limit} bytes.")
    upload.size = size
    return Response(status_code=200)
