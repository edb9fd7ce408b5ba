"""Map responses with an error status to errors. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .errors import (
    APIStatusError,
    BadRequest,
    Conflict,
    ConflictKind,
    DeploymentNotFound,
    Forbidden,
    ForbiddenKind,
    InvalidRequest,
    ListenerNotFound,
    NotAuthenticated,
    NotFound,
    RateLimited,
    Redirected,
    RevisionNotFound,
    RouteNotFound,
    ServerError,
)
from .text import extract_detail, is_json_object, sanitize

if TYPE_CHECKING:
    from .redaction import Redactor
    from .responses import RawResponse

_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequest,
    401: NotAuthenticated,
    403: Forbidden,
    408: ServerError,
    422: InvalidRequest,
    425: ServerError,
    429: RateLimited,
}

_DEPLOYMENT_NOT_FOUND = re.compile(
    r"deployment id ['\"]?(?P<id>[\w-]+)['\"]? (was )?not found", re.IGNORECASE
)
_LISTENER_NOT_FOUND = re.compile(
    r"listener id ['\"]?(?P<id>[\w-]+)['\"]? (was )?not found", re.IGNORECASE
)
_ROUTE_NOT_FOUND = {"not found", ""}
_REVISION_PATH = re.compile(r"/v2/deployments/[^/]+/revisions/[^/]+")

_WORKSPACE_ADVICE = (
    "The API key belongs to an organization, so the workspace has to be named: set its id with "
    "`pulumi config set langsmith:workspaceId`, or in LANGSMITH_WORKSPACE_ID."
)
_PRODUCT_ADVICE = (
    "An administrator has to enable LangSmith Deployment for the organization first, on the page "
    "Deployments of LangSmith (/host/deployments)."
)
_LISTENER_ADVICE = (
    "Listeners need an organization with a self-hosted enterprise plan. If yours has one, use a "
    "key with permission for them in this workspace, and check the setting langsmith:workspaceId."
)
_FOREIGN_WORKSPACE_ADVICE = (
    "The API key is not one of this workspace. Check the workspace's id in the setting "
    "langsmith:workspaceId (or LANGSMITH_WORKSPACE_ID), or use a key of this workspace."
)
_LISTENERS_PATH = "/v2/listeners"
_FORBIDDEN: tuple[tuple[re.Pattern[str], ForbiddenKind, str], ...] = (
    (
        re.compile(
            r"\b(invalid|unknown|expired|revoked) (api )?(key|token|credentials)\b"
            r"|\b(key|token|credentials) (is |are |was |has |has been )?"
            r"(invalid|not valid|unknown|expired|revoked)\b",
            re.IGNORECASE,
        ),
        "key",
        NotAuthenticated.next_step,
    ),
    (
        re.compile(
            r"requires[ _]workspace|provide\b.*x-tenant-id|x-tenant-id\b.*\b(required|missing)",
            re.IGNORECASE,
        ),
        "workspace",
        _WORKSPACE_ADVICE,
    ),
    (
        re.compile(r"not enabled for (this|your|the) organization", re.IGNORECASE),
        "product",
        _PRODUCT_ADVICE,
    ),
    (re.compile(r"\b(permissions?|roles?|scopes?)\b", re.IGNORECASE), "other", ""),
    (
        re.compile(r"\b(workspace|tenant)\b|x-tenant-id", re.IGNORECASE),
        "workspace",
        _FOREIGN_WORKSPACE_ADVICE,
    ),
)
"""What a 403 is about and what to do, by its text; the first pattern that matches counts.

Which status and text a wrong key gets is not published, so both 401 and 403 are understood.
"""

_CHECK_URL = "langsmith:controlPlaneUrl (or LANGSMITH_ENDPOINT)"
_UNSENT_ADVICE = (
    (
        # The texts of Linux, macOS and Windows.
        re.compile(
            r"name (or service )?not known|nodename nor|getaddrinfo|name resolution", re.IGNORECASE
        ),
        f"No host of this name was found: check its spelling in {_CHECK_URL}, and the network.",
    ),
    (
        re.compile(r"refused", re.IGNORECASE),
        f"Nothing listens at this address: check host and port in {_CHECK_URL}.",
    ),
    (
        re.compile(r"certificate", re.IGNORECASE),
        (
            "The host's certificate is not trusted here. If an authority of your own has signed "
            f"it, name that one's file in SSL_CERT_FILE; else check the host in {_CHECK_URL}."
        ),
    ),
    (
        re.compile(r"\bssl\b|\btls\b", re.IGNORECASE),
        f"The host does not answer with TLS: check https or http, and the port, in {_CHECK_URL}.",
    ),
)
"""What to do if no connection was made, by the text of the operating system."""

_CONFLICTS: tuple[tuple[re.Pattern[str], ConflictKind], ...] = (
    (re.compile(r"agent environment", re.IGNORECASE), "agent_environment"),
    (
        re.compile(r"tracing project|exists a project|project .*exists", re.IGNORECASE),
        "project_exists",
    ),
    (
        # The wording is not published, so a text that names both is enough.
        re.compile(
            r"(?=.*\b(revision|build|rollout|resize|deployment)\b)"
            r".*\b(in progress|under ?way|ongoing|still (running|building|deploying))\b",
            re.IGNORECASE | re.DOTALL,
        ),
        "revision_in_progress",
    ),
)


def error_for(response: RawResponse, redactor: Redactor) -> APIStatusError:
    """Return the error for a response with an error status.

    It is classified by the text as received, and shows the text without secrets: the value of a
    secret may be a word or an id that the class of the error depends on.
    """
    redirected = response.status < 400  # noqa: PLR2004 - the boundary to failures
    detail = _redirection(response.location) if redirected else extract_detail(response.text)
    error = _classify(response, sanitize(detail), sanitize(detail, redact=redactor.redact))
    error.request = response.request
    error.status = response.status
    error.request_id = response.request_id
    if isinstance(error, (RateLimited, ServerError)):
        error.retry_after = response.retry_after
    return error


def _classify(response: RawResponse, detail: str, redacted: str) -> APIStatusError:
    status = response.status
    if status < 400:  # noqa: PLR2004 - the boundary to failures
        return Redirected(redacted)
    if status == 404:  # noqa: PLR2004
        return _not_found(response, detail)(redacted)
    if status == 403:  # noqa: PLR2004
        return _forbidden(detail, redacted, response.request)
    if status == 409:  # noqa: PLR2004
        return Conflict(redacted, kind=conflict_kind(detail))
    fallback = BadRequest if status < 500 else ServerError  # noqa: PLR2004
    return _BY_STATUS.get(status, fallback)(redacted)


def unsent_advice(cause: str) -> str:
    """Return what to do if a request could not be sent, or "" if its cause does not tell."""
    known = (advice for pattern, advice in _UNSENT_ADVICE if pattern.search(cause))
    return next((f"It changed nothing. {advice}" for advice in known), "")


def _redirection(location: str) -> str:
    """Return the host of a redirection alone, because a path or a query may hold secrets."""
    try:
        host = urlsplit(location).hostname
    except ValueError:
        host = None
    return f"redirected to {host}" if host else "redirected"


def _not_found(response: RawResponse, detail: str) -> type[NotFound]:
    missing = _DEPLOYMENT_NOT_FOUND.search(detail)
    if missing and is_json_object(response.text) and _is_about(missing["id"], response.request):
        return DeploymentNotFound
    listener = _LISTENER_NOT_FOUND.search(detail)
    path = f"{_LISTENERS_PATH}/{listener['id']}" if listener else ""
    if listener and is_json_object(response.text) and _ends_with(response.request, path):
        return ListenerNotFound
    if not is_json_object(response.text) or detail.lower().rstrip(".") in _ROUTE_NOT_FOUND:
        return RouteNotFound
    if _REVISION_PATH.search(response.request):
        return RevisionNotFound
    return NotFound


def _is_about(deployment_id: str, request: str) -> bool:
    return deployment_id.lower() in request.lower()


def _ends_with(request: str, path: str) -> bool:
    return request.lower().endswith(path.lower())


def _forbidden(detail: str, redacted: str, request: str) -> Forbidden:
    known = ((kind, advice) for pattern, kind, advice in _FORBIDDEN if pattern.search(detail))
    default = _LISTENER_ADVICE if _LISTENERS_PATH in request else ""
    kind, advice = next(known, ("other", ""))
    error = Forbidden(redacted, advice=advice or default)
    error.kind = kind
    return error


def conflict_kind(detail: str) -> ConflictKind:
    """Return the kind of a 409 by its text."""
    return next((kind for pattern, kind in _CONFLICTS if pattern.search(detail)), "other")
