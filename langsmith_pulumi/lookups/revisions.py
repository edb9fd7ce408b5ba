"""Look-ups of revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_pulumi.provider.error_boundary import ProviderError

from .connection import Place, look_up, plain, with_inputs
from .results import RevisionResult
from .values import line, time_text, without_values

if TYPE_CHECKING:
    import pulumi

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import Revision


@plain
def get_revision(
    deployment_id: str,
    revision_id: str,
    *,
    workspace_id: str | None = None,
    control_plane_url: str | None = None,
) -> RevisionResult:
    """Return a revision of a deployment.

    Args:
        deployment_id: The id (UUID) of the deployment.
        revision_id: The id (UUID) of the revision, such as ``latest_revision_id`` of the deployment.
        workspace_id: The workspace (UUID) to ask, where it is not that of the settings.
        control_plane_url: The control plane to ask, where it is not that of the settings; its key is the one that ``langsmith:apiKeys`` has for it.

    Raises:
        pulumi.RunError: there is no such revision, or the control plane could not be asked.
    """  # noqa: E501 - an editor shows one line of an argument's description

    def ask(client: ControlPlaneClient) -> RevisionResult:
        return _result(deployment_id, client.revision(deployment_id, revision_id))

    operation = f"looking up the revision {revision_id!r}"
    return look_up(operation, Place(workspace_id, control_plane_url), ask)


def get_revision_output(
    deployment_id: pulumi.Input[str],
    revision_id: pulumi.Input[str],
    *,
    workspace_id: pulumi.Input[str | None] = None,
    control_plane_url: pulumi.Input[str | None] = None,
) -> pulumi.Output[RevisionResult]:
    """Return a revision of a deployment; the ids may be outputs.

    See ``get_revision``. While an input is unknown in a preview, so is the result.
    """
    return with_inputs(
        get_revision,
        deployment_id=deployment_id,
        revision_id=revision_id,
        workspace_id=workspace_id,
        control_plane_url=control_plane_url,
    )


@plain
def list_revisions(
    deployment_id: str,
    *,
    limit: int = 20,
    workspace_id: str | None = None,
    control_plane_url: str | None = None,
) -> list[RevisionResult]:
    """Return the newest revisions of a deployment, the newest first.

    Args:
        deployment_id: The id (UUID) of the deployment.
        limit: The greatest number of revisions, at least 1. Default 20.
        workspace_id: The workspace (UUID) to ask, where it is not that of the settings.
        control_plane_url: The control plane to ask, where it is not that of the settings; its key is the one that ``langsmith:apiKeys`` has for it.

    Raises:
        pulumi.RunError: there is no such deployment, or the control plane could not be asked.
    """  # noqa: E501 - an editor shows one line of an argument's description

    def ask(client: ControlPlaneClient) -> list[RevisionResult]:
        if limit < 1:
            raise ProviderError(f"list_revisions: limit is {limit}, and has to be at least 1.")
        found = client.revisions(deployment_id, int(limit))
        return [_result(deployment_id, revision) for revision in found]

    operation = f"listing the revisions of the deployment {deployment_id!r}"
    return look_up(operation, Place(workspace_id, control_plane_url), ask)


def list_revisions_output(
    deployment_id: pulumi.Input[str],
    *,
    limit: pulumi.Input[int] = 20,
    workspace_id: pulumi.Input[str | None] = None,
    control_plane_url: pulumi.Input[str | None] = None,
) -> pulumi.Output[list[RevisionResult]]:
    """Return the newest revisions of a deployment, whose id may be an output.

    See ``list_revisions``. While an input is unknown in a preview, so is the result.
    """
    return with_inputs(
        list_revisions,
        deployment_id=deployment_id,
        limit=limit,
        workspace_id=workspace_id,
        control_plane_url=control_plane_url,
    )


def _result(deployment_id: str, revision: Revision) -> RevisionResult:
    config = revision.source_revision_config
    return RevisionResult(
        id=revision.id,
        deployment_id=deployment_id,
        status=revision.status,
        status_message=revision.status_message,
        source=revision.source or None,
        repo_commit_sha=line(config.get("repo_commit_sha")),
        image_uri=line(config.get("image_uri")),
        created_at=time_text(revision.created_at),
        updated_at=time_text(revision.updated_at),
        source_revision_config=without_values(config),
    )
