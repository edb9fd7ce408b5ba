"""Look-ups of deployments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langsmith_pulumi.provider.error_boundary import ProviderError

from .connection import Place, look_up, plain, with_inputs
from .results import DeploymentResult
from .values import line, time_text, without_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pulumi

    from langsmith_pulumi.control_plane.client import ControlPlaneClient
    from langsmith_pulumi.control_plane.responses import LiveDeployment
    from langsmith_pulumi.inputs import DeploymentType


@plain
def get_deployment(
    name: str | None = None,
    *,
    deployment_id: str | None = None,
    workspace_id: str | None = None,
    control_plane_url: str | None = None,
) -> DeploymentResult:
    """Return the deployment of a name or of an id; one of the two has to be given.

    It is asked for in previews too. There must be one: to find out whether there is, use
    ``list_deployments(name=...)``.

    Args:
        name: The exact name. Deployments that the service makes for pull requests are not found by name.
        deployment_id: The id (UUID).
        workspace_id: The workspace (UUID) to ask, where it is not that of the settings.
        control_plane_url: The control plane to ask, where it is not that of the settings; its key is the one that ``langsmith:apiKeys`` has for it.

    Raises:
        pulumi.RunError: there is no such deployment, or the control plane could not be asked. The
            text says what to do, and Pulumi prints it without a traceback.
    """  # noqa: E501 - an editor shows one line of an argument's description
    operation = f"looking up the deployment {(name or deployment_id or '')!r}"

    def ask(client: ControlPlaneClient) -> DeploymentResult:
        if bool(name) == bool(deployment_id):
            raise ProviderError("get_deployment needs name or deployment_id, and not both.")
        live = client.get(deployment_id) if deployment_id else client.find(name or "")
        if live is None:
            raise ProviderError(_no_deployment(client, name))
        return _result(client, live)

    return look_up(operation, Place(workspace_id, control_plane_url), ask)


def get_deployment_output(
    name: pulumi.Input[str | None] = None,
    *,
    deployment_id: pulumi.Input[str | None] = None,
    workspace_id: pulumi.Input[str | None] = None,
    control_plane_url: pulumi.Input[str | None] = None,
) -> pulumi.Output[DeploymentResult]:
    """Return the deployment of a name or of an id, both of which may be outputs.

    See ``get_deployment``. While an input is unknown in a preview, so is the result.
    """
    return with_inputs(
        get_deployment,
        name=name,
        deployment_id=deployment_id,
        workspace_id=workspace_id,
        control_plane_url=control_plane_url,
    )


@plain
def list_deployments(  # noqa: PLR0913 - the filters of the API, each by name
    *,
    name: str | None = None,
    name_contains: str | None = None,
    status: str | None = None,
    deployment_type: DeploymentType | None = None,
    image_version: str | None = None,
    deployment_ids: Sequence[str] | None = None,
    tag_value_ids: Sequence[str] | None = None,
    remote_reconciled: bool | None = None,
    agent_id: str | None = None,
    agent_environment: str | None = None,
    include_previews: bool = False,
    workspace_id: str | None = None,
    control_plane_url: str | None = None,
) -> list[DeploymentResult]:
    """Return all deployments of the workspace that pass every filter given, sorted by name.

    The control plane filters, page by page; ``name`` and ``deployment_ids`` are compared here too,
    because older services ignore filters that they do not know.

    Args:
        name: The exact name.
        name_contains: A part of the name.
        status: The status of the deployment, such as ``READY``.
        deployment_type: The type on Cloud, such as ``dedicated``.
        image_version: The version of the agent server.
        deployment_ids: Ids (UUIDs) of deployments.
        tag_value_ids: Ids (UUIDs) of the values of tags.
        remote_reconciled: Whether a listener has carried out the last change; the vendor does not document it further.
        agent_id: The agent that a deployment belongs to (private beta of the vendor).
        agent_environment: The environment of that agent, such as ``production``.
        include_previews: Whether to return deployments, too, that the service has made for pull requests. Default false.
        workspace_id: The workspace (UUID) to ask, where it is not that of the settings.
        control_plane_url: The control plane to ask, where it is not that of the settings; its key is the one that ``langsmith:apiKeys`` has for it.

    Raises:
        pulumi.RunError: the control plane could not be asked, or refuses a filter.
    """  # noqa: E501 - an editor shows one line of an argument's description
    given: dict[str, Any] = {
        "name": name,
        "name_contains": name_contains,
        "status": status,
        "deployment_type": deployment_type,
        "image_version": image_version,
        "deployment_ids": deployment_ids,
        "tag_value_ids": tag_value_ids,
        "remote_reconciled": remote_reconciled,
        "agent_id": agent_id,
        "agent_environment": agent_environment,
    }
    filters = {key: _query(value) for key, value in given.items() if value or value is False}

    def ask(client: ControlPlaneClient) -> list[DeploymentResult]:
        found = client.search(filters, include_previews=include_previews)
        chosen = [_result(client, live) for live in _of_ids(found, deployment_ids)]
        return sorted(chosen, key=lambda deployment: deployment.name)

    return look_up("listing deployments", Place(workspace_id, control_plane_url), ask)


def list_deployments_output(  # noqa: PLR0913 - the filters of the API, each by name
    *,
    name: pulumi.Input[str | None] = None,
    name_contains: pulumi.Input[str | None] = None,
    status: pulumi.Input[str | None] = None,
    deployment_type: pulumi.Input[DeploymentType | None] = None,
    image_version: pulumi.Input[str | None] = None,
    deployment_ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    tag_value_ids: pulumi.Input[Sequence[pulumi.Input[str]] | None] = None,
    remote_reconciled: pulumi.Input[bool | None] = None,
    agent_id: pulumi.Input[str | None] = None,
    agent_environment: pulumi.Input[str | None] = None,
    include_previews: pulumi.Input[bool] = False,
    workspace_id: pulumi.Input[str | None] = None,
    control_plane_url: pulumi.Input[str | None] = None,
) -> pulumi.Output[list[DeploymentResult]]:
    """Return all deployments that pass every filter given; filters may be outputs.

    See ``list_deployments``. While an input is unknown in a preview, so is the result.
    """
    return with_inputs(
        list_deployments,
        name=name,
        name_contains=name_contains,
        status=status,
        deployment_type=deployment_type,
        image_version=image_version,
        deployment_ids=deployment_ids,
        tag_value_ids=tag_value_ids,
        remote_reconciled=remote_reconciled,
        agent_id=agent_id,
        agent_environment=agent_environment,
        include_previews=include_previews,
        workspace_id=workspace_id,
        control_plane_url=control_plane_url,
    )


def _no_deployment(client: ControlPlaneClient, name: str | None) -> str:
    where = f"workspace {client.workspace}" if client.workspace else "workspace of the API key"
    return (
        f"There is no deployment named {name!r} in the {where} at {client.url}. Check the name and "
        "the settings; where there may be none, use list_deployments(name=...)."
    )


def _query(value: Any) -> str:
    """Return a filter in the form of the API's queries."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else ",".join(value)


def _of_ids(found: Iterator[LiveDeployment], ids: Sequence[str] | None) -> list[LiveDeployment]:
    wanted = None if ids is None else {identifier.lower() for identifier in ids}
    return [live for live in found if wanted is None or live.id.lower() in wanted]


def _result(client: ControlPlaneClient, live: LiveDeployment) -> DeploymentResult:
    from langsmith_pulumi.control_plane.comparison import live_size

    references = [reference.get("name") for reference in live.secret_references or ()]
    names = {*live.secrets, *(name for name in references if isinstance(name, str))}
    return DeploymentResult(
        id=live.id,
        name=live.name,
        display_name=line(live.display_name),
        source=live.source,
        status=live.status,
        url=line(live.public_url),
        workspace_id=live.tenant_id or client.workspace,
        control_plane_url=client.url,
        dashboard_url=client.dashboard_url(live),
        latest_revision_id=live.latest_revision_id,
        active_revision_id=live.active_revision_id,
        repo_commit_sha=line(live.source_revision_config.get("repo_commit_sha")),
        image_version=live.image_version,
        is_preview=bool(live.is_preview),
        compute_size=live_size(live, "compute_tier"),
        database_size=live_size(live, "database_tier"),
        variable_names=sorted(names),
        created_at=time_text(live.created_at),
        updated_at=time_text(live.updated_at),
        source_config=without_values(live.source_config),
        source_revision_config=without_values(live.source_revision_config),
    )
