"""The error responses of the service, and how a response is sent from outside the application.

The wording marked "seen" was met by clients of the real service; the rest is ours.
"""

import json

from fastapi.exceptions import RequestValidationError
from starlette.types import Send


class ApiError(Exception):
    """An error response of the service: a status and a detail."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def not_found(kind: str, identifier: str) -> ApiError:
    """Return the error for an unknown deployment, revision or listener (seen)."""
    return ApiError(404, f"{kind} ID {identifier} not found.")


def name_taken(name: str) -> ApiError:
    """Return the error for a name that a tracing project holds (seen)."""
    return ApiError(
        409,
        "Deployments create a tracing project in LangSmith with the same name as the deployment. "
        f"There already exists a project in LangSmith named: {name}.",
    )


def agent_environment_taken() -> ApiError:
    """Return the error for a repository and config path that are deployed already (seen)."""
    return ApiError(409, "A deployment already exists for this agent environment.")


def listener_exists(compute_id: str) -> ApiError:
    """Return the error for a second listener of one cluster."""
    return ApiError(409, f"A listener with compute ID {compute_id} already exists.")


def listener_in_use(listener_id: str, deployment_id: str) -> ApiError:
    """Return the error for deleting a listener that a deployment names; a guess."""
    return ApiError(409, f"Listener ID {listener_id} is in use by deployment ID {deployment_id}.")


def listeners_not_in_plan() -> ApiError:
    """Return the error for an organization whose plan does not include listeners."""
    return ApiError(
        403, "Listeners are available for organizations with self-hosted enterprise plans only."
    )


def listener_required(listener_ids: list[str]) -> ApiError:
    """Return the error for an image without a listener, in a workspace that has some (seen)."""
    return ApiError(
        400,
        "Source configuration error: 'source_config.listener_id' is required for workspace "
        f"with available listener IDs: {listener_ids}",
    )


def unknown_route() -> ApiError:
    """Return the error for a route that this version of the service does not have."""
    return ApiError(404, "Not Found")


def missing_field(name: str) -> RequestValidationError:
    """Return the error for a field that is required although the schema does not say so."""
    return RequestValidationError(
        [{"loc": ["body", name], "msg": "Field required", "type": "missing", "input": None}]
    )


def unknown_value(loc: tuple[str, ...], value: str) -> RequestValidationError:
    """Return the error for a word that this version of the service does not know."""
    message = f"Input should be another value than '{value}'"
    return RequestValidationError(
        [{"loc": ["body", *loc], "msg": message, "type": "literal_error", "input": value}]
    )


def unknown_archive(path: str) -> ApiError:
    """Return the error for the path of an archive that no upload URL came with."""
    return ApiError(
        400,
        "Source revision configuration error: 'source_revision_config.source_tarball_path' "
        f"'{path}' does not belong to an upload URL of this deployment.",
    )


def revision_in_progress(revision_id: str) -> ApiError:
    """Return the error for a request for a revision while another one is in progress."""
    return ApiError(
        409, f"Revision ID {revision_id} is in progress. Wait for it to finish, or interrupt it."
    )


def not_enabled() -> ApiError:
    """Return the error for an organization that has not enabled deployments (seen)."""
    return ApiError(403, "LangSmith Deployment is not enabled for this organization")


def workspace_required() -> ApiError:
    """Return the error for an organization-scoped key without a workspace header (seen)."""
    return ApiError(
        403,
        "This API key is org-scoped and requires workspace specification. "
        "Please provide 'X-Tenant-ID' header.",
    )


async def send_error(error: ApiError, send: Send) -> None:
    """Send an error in the form of the API."""
    body = json.dumps({"detail": error.detail}).encode()
    await send_response(error.status, "application/json", body, send)


async def send_response(status: int, content_type: str, body: bytes, send: Send) -> None:
    """Send a whole response."""
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
