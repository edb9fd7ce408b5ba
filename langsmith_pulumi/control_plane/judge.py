"""Mapping of answers that are no success to errors. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import (
    Answered,
    BadRequest,
    Conflict,
    ConflictKind,
    DeploymentMissing,
    Forbidden,
    InvalidRequest,
    Missing,
    NotAuthenticated,
    RateLimited,
    Redirected,
    RevisionMissing,
    RouteMissing,
    ServerFailure,
)
from .text import extract_detail, is_json_object, sanitize

if TYPE_CHECKING:
    from .scrub import Scrubber
    from .wire import Received

_BY_STATUS: dict[int, type[Answered]] = {
    400: BadRequest,
    401: NotAuthenticated,
    403: Forbidden,
    408: ServerFailure,
    422: InvalidRequest,
    425: ServerFailure,
    429: RateLimited,
}

_DEPLOYMENT_GONE = re.compile(
    r"deployment id ['\"]?(?P<id>[\w-]+)['\"]? (was )?not found", re.IGNORECASE
)
_NO_SUCH_ROUTE = {"not found", ""}
_REVISION_PATH = re.compile(r"/v2/deployments/[^/]+/revisions/[^/]+")

_WORKSPACE_ADVICE = (
    "The API key belongs to an organization, so the workspace has to be named: set its id with "
    "`pulumi config set langsmith:workspaceId`, or in LANGSMITH_WORKSPACE_ID."
)
_PRODUCT_ADVICE = (
    "An administrator has to enable LangSmith Deployment for the organization first, on the page "
    "Deployments of LangSmith (/host/deployments)."
)
_FORBIDDEN_ADVICE = (
    (re.compile(r"requires[ _]workspace|x-tenant-id", re.IGNORECASE), _WORKSPACE_ADVICE),
    (re.compile(r"not enabled for (this|your) organization", re.IGNORECASE), _PRODUCT_ADVICE),
)

_CONFLICTS: tuple[tuple[re.Pattern[str], ConflictKind], ...] = (
    (re.compile(r"agent environment", re.IGNORECASE), "agent_environment"),
    (
        re.compile(r"tracing project|exists a project|project .*exists", re.IGNORECASE),
        "project_exists",
    ),
)


def failure_of(received: Received, scrubber: Scrubber) -> Answered:
    """Return the error for an answer that is no success.

    It is classified by what was received, and shows that without secrets: a secret's value may be
    a word or an id that the kind of the error depends on.
    """
    redirected = received.status < 400  # noqa: PLR2004 - the boundary to failures
    said = _redirection(received.location) if redirected else extract_detail(received.text)
    error = _classified(received, sanitize(said), sanitize(said, redact=scrubber.scrub))
    error.request = received.request
    error.status = received.status
    error.request_id = received.request_id
    if isinstance(error, (RateLimited, ServerFailure)):
        error.retry_after = received.retry_after
    return error


def _classified(received: Received, said: str, shown: str) -> Answered:
    status = received.status
    if status < 400:  # noqa: PLR2004 - the boundary to failures
        return Redirected(shown)
    if status == 404:  # noqa: PLR2004
        return _not_found(received, said)(shown)
    if status == 403:  # noqa: PLR2004
        return Forbidden(shown, advice=_advice(said))
    if status == 409:  # noqa: PLR2004
        return Conflict(shown, kind=conflict_kind(said))
    fallback = BadRequest if status < 500 else ServerFailure  # noqa: PLR2004
    return _BY_STATUS.get(status, fallback)(shown)


def _redirection(location: str) -> str:
    """Name the host only: a path or a query may hold anything."""
    try:
        host = urlsplit(location).hostname
    except ValueError:
        host = None
    return f"redirected to {host}" if host else "redirected"


def _not_found(received: Received, said: str) -> type[Missing]:
    gone = _DEPLOYMENT_GONE.search(said)
    if gone and is_json_object(received.text) and _is_about(gone["id"], received.request):
        return DeploymentMissing
    if not is_json_object(received.text) or said.lower().rstrip(".") in _NO_SUCH_ROUTE:
        return RouteMissing
    if _REVISION_PATH.search(received.request):
        return RevisionMissing
    return Missing


def _is_about(deployment_id: str, request: str) -> bool:
    return deployment_id.lower() in request.lower()


def _advice(said: str) -> str:
    return next((advice for form, advice in _FORBIDDEN_ADVICE if form.search(said)), "")


def conflict_kind(detail: str) -> ConflictKind:
    """Tell the known forms of a 409 apart."""
    return next((kind for form, kind in _CONFLICTS if form.search(detail)), "other")
