"""From an answer that is no success to the error that names it. Pure."""

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
from .wording import is_json_object, quotable, said

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
_READ_AT_MOST = 20_000
"""Characters of an error page that are looked at."""
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
    """Return the error for an answer that is no success."""
    error = _classified(received, quotable(scrubber.scrub(said(received.text)[:_READ_AT_MOST])))
    error.request = received.request
    error.status = received.status
    error.request_id = received.request_id
    if isinstance(error, (RateLimited, ServerFailure)):
        error.retry_after = received.retry_after
    return error


def _classified(received: Received, detail: str) -> Answered:
    status = received.status
    if status < 400:  # noqa: PLR2004 - the boundary between redirects and failures
        return _redirected(received)
    if status == 404:  # noqa: PLR2004
        return _missing(received, detail)
    if status == 403:  # noqa: PLR2004
        return Forbidden(detail, advice=_advice(detail))
    if status == 409:  # noqa: PLR2004
        return Conflict(detail, kind=conflict_kind(detail))
    fallback = BadRequest if status < 500 else ServerFailure  # noqa: PLR2004
    return _BY_STATUS.get(status, fallback)(detail)


def _redirected(received: Received) -> Redirected:
    """Name the host only: a path or a query may hold anything."""
    try:
        host = urlsplit(received.location).hostname
    except ValueError:
        host = None
    return Redirected(f"redirected to {quotable(host)}" if host else "redirected")


def _missing(received: Received, detail: str) -> Missing:
    gone = _DEPLOYMENT_GONE.search(detail)
    if gone and is_json_object(received.text) and _is_about(gone["id"], received.request):
        return DeploymentMissing(detail)
    if not is_json_object(received.text) or detail.lower().rstrip(".") in _NO_SUCH_ROUTE:
        return RouteMissing(detail)
    if _REVISION_PATH.search(received.request):
        return RevisionMissing(detail)
    return Missing(detail)


def _is_about(deployment_id: str, request: str) -> bool:
    return deployment_id.lower() in request.lower()


def _advice(detail: str) -> str:
    return next((advice for form, advice in _FORBIDDEN_ADVICE if form.search(detail)), "")


def conflict_kind(detail: str) -> ConflictKind:
    """Tell the known forms of a 409 apart."""
    return next((kind for form, kind in _CONFLICTS if form.search(detail)), "other")
