"""Factories for the requests, deployments and revisions of these tests."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from langsmith_pulumi.control_plane.models import DeploymentCreateRequest
from langsmith_pulumi.provider.payloads import makes_revision
from tests.control_plane.fake_server import EPOCH, Response

if TYPE_CHECKING:
    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.models import DeploymentPatchRequest
    from langsmith_pulumi.control_plane.responses import LiveDeployment

API_KEY = "lsv2_sk_0123456789abcdef_fedcba9876"
DEPLOYMENT_ID = "6f6c7b7e-0d5d-4a8c-9a52-6f5b7e9a1c11"
OTHER_ID = "0b1d1f9e-7a53-4a0f-8f1b-3b1f0a4f9d55"
FIRST_REVISION_ID = "11111111-1111-4111-8111-111111111111"
SECOND_REVISION_ID = "22222222-2222-4222-8222-222222222222"
WORKSPACE_ID = "44444444-4444-4444-8444-444444444444"
CANARY = 'hush "quoted" päßwörd-5f2c\nsecond line of it'

CREATE_FIELDS: dict[str, Any] = {
    "name": "support-agent",
    "source": "github",
    "source_config": {
        "integration_id": "33333333-3333-4333-8333-333333333333",
        "repo_url": "https://github.com/langchain-ai/react-agent",
        "deployment_type": "dev",
        "build_on_push": False,
    },
    "source_revision_config": {"repo_ref": "main", "langgraph_config_path": "langgraph.json"},
    "secrets": [{"name": "TOKEN", "value": CANARY}],
}


def create_request(**changes: Any) -> DeploymentCreateRequest:
    return DeploymentCreateRequest.model_validate({**CREATE_FIELDS, **changes})


def patch(
    client: ControlPlaneClient, body: DeploymentPatchRequest, previous: str | None = None
) -> LiveDeployment:
    """Send a PATCH as the provider does."""
    return client.patch(
        DEPLOYMENT_ID,
        body,
        makes_revision=makes_revision(body),
        previous_revision_id=previous,
    )


def timestamp(seconds: float) -> str:
    """Return a time by the server's clock, in seconds since the start of the test."""
    return datetime.fromtimestamp(EPOCH + seconds, timezone.utc).isoformat()


def deployment(**changes: Any) -> dict[str, Any]:
    return {
        **CREATE_FIELDS,
        "id": DEPLOYMENT_ID,
        "status": "READY",
        "created_at": timestamp(0),
        "updated_at": timestamp(0),
        "latest_revision_id": FIRST_REVISION_ID,
        "active_revision_id": FIRST_REVISION_ID,
        **changes,
    }


def revision(status: str = "DEPLOYED", **changes: Any) -> dict[str, Any]:
    return {
        "id": FIRST_REVISION_ID,
        "status": status,
        "created_at": timestamp(0),
        "updated_at": timestamp(0),
        **changes,
    }


def list_page(*items: dict[str, Any]) -> Response:
    return Response(body={"resources": list(items), "offset": len(items)})


def not_found(deployment_id: str = DEPLOYMENT_ID) -> Response:
    return Response(404, {"detail": f"Deployment ID {deployment_id} not found."})
