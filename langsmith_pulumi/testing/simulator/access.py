"""Who is let in."""

import hmac

from starlette.datastructures import Headers

from langsmith_pulumi.testing.simulator.refusals import (
    Refusal,
    not_enabled,
    workspace_required,
)
from langsmith_pulumi.testing.simulator.settings import Settings


def check_key(headers: Headers, settings: Settings) -> None:
    """Refuse whoever has no key or the wrong one; a bearer token will do."""
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    key = headers.get("x-api-key") or bearer
    if not key:
        raise Refusal(401, "Missing authentication headers.")
    if not hmac.compare_digest(key.encode(), settings.api_key.encode()):
        raise Refusal(403, "Invalid API key.")


def check_workspace(headers: Headers, settings: Settings) -> None:
    """Refuse a request without a workspace, for a foreign one, or before deployments are on."""
    workspace_id = headers.get("x-tenant-id")
    if settings.requires_workspace and not workspace_id:
        raise workspace_required()
    if workspace_id and settings.workspace_id not in (None, workspace_id):
        raise Refusal(403, "This API key has no access to the workspace in 'X-Tenant-Id'.")
    if not settings.enabled:
        raise not_enabled()
