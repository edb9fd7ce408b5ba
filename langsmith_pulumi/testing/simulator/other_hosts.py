"""The routes that are on other hosts in reality: agents, and the target of uploads.

Clients send no API key of the control plane there.
"""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from langsmith_pulumi.testing.simulator.admin_api import TrafficDependency
from langsmith_pulumi.testing.simulator.api import ServiceDependency
from langsmith_pulumi.testing.simulator.error_responses import ApiError, not_found, unknown_route
from langsmith_pulumi.testing.simulator.uploads import RANGE_HEADER, UPLOADS_PREFIX, size_range
from langsmith_pulumi.testing.simulator.views import AGENTS_PREFIX

KEY_HEADERS = frozenset({"x-api-key", "authorization"})
OTHER_HOSTS = (AGENTS_PREFIX, UPLOADS_PREFIX)

router: APIRouter = APIRouter()


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
    """Take the archive of a folder; one that is cut off, or too large, is not stored."""
    limit = service.workspace.settings.upload_limit
    if token not in service.workspace.records.uploads:
        raise not_found("Upload", token)
    _check_headers(request.headers, size_range(limit))
    content = bytearray()
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            content += part if size <= limit else b""
    except ClientDisconnect:
        return Response(status_code=400)  # which nobody receives
    if size > limit:
        raise ApiError(400, f"EntityTooLarge: at most {limit} bytes.")
    service.uploads.store(token, bytes(content))
    return Response(status_code=200)


def _check_headers(headers: Headers, allowed_range: str) -> None:
    for name in KEY_HEADERS & set(headers):
        raise ApiError(400, f"The API key does not belong here: {name} is not a signed header.")
    for name, value in (("Content-Type", "application/gzip"), (RANGE_HEADER, allowed_range)):
        if headers.get(name) != value:
            raise ApiError(403, f"SignatureDoesNotMatch: {name} has to be {value}.")
