"""New deployments and revisions, as the service would make them."""

from collections.abc import Mapping
from typing import Any

from langsmith_pulumi.testing.simulator import defaults
from langsmith_pulumi.testing.simulator.records import Deployment, Outcome, Revision
from langsmith_pulumi.testing.simulator.settings import Settings
from langsmith_pulumi.testing.simulator.workspace import Workspace, new_id

Body = Mapping[str, Any]

LONGEST_SELF_HOSTED_NAME = 21


def new_deployment(workspace: Workspace, body: Body, tenant_id: str) -> Deployment:
    """Make a deployment that has no revision yet."""
    clock = workspace.clock()
    return Deployment(
        id=new_id(),
        name=body["name"],
        tenant_id=tenant_id,
        source=body["source"],
        source_config=defaults.with_defaults(body["source"], body["source_config"]),
        secrets=body["secrets"],
        secret_references=body.get("secret_references"),
        agent=body.get("agent"),
        route_through_gateway=body.get("route_through_gateway"),
        course=workspace.pace.arrival(workspace.now()),
        created_at=clock,
        updated_at=clock,
    )


def new_revision(
    workspace: Workspace, deployment: Deployment, body: Body, outcome: Outcome
) -> Revision:
    """Make a revision from the newest one and the body; fields left out are carried over."""
    clock, now = workspace.clock(), workspace.now(deployment)
    source = body.get("revision_source", deployment.source)
    config = deployment.revision_config | body.get("source_revision_config", {})
    return Revision(
        id=new_id(),
        source=source,
        config=config,
        course=workspace.pace.revision(source, outcome.status, now),
        outcome=outcome,
        commit=_commit(deployment, config.get("repo_ref")),
        tracked_packages=body.get("tracked_packages"),
        created_at=clock,
        updated_at=clock,
    )


def natural_outcome(deployment: Deployment, settings: Settings) -> Outcome:
    """Tell how a revision ends when nobody arranged for an ending."""
    if not _covers_repository(deployment, settings):
        return Outcome("BUILD_FAILED", build_log=["remote: Repository not found."])
    if settings.hosting == "self-hosted" and len(deployment.name) > LONGEST_SELF_HOSTED_NAME:
        # The name of its autoscaler gets too long; the service gives up without a reason.
        return Outcome("DEPLOY_FAILED")
    return Outcome()


def _covers_repository(deployment: Deployment, settings: Settings) -> bool:
    url = deployment.source_config.get("repo_url")
    if url is None or settings.integrations is None:
        return True
    wanted = deployment.source_config["integration_id"]
    return any(
        _bare(url) in map(_bare, integration.repositories)
        for integration in settings.integrations
        if integration.id == wanted
    )


def _bare(url: str) -> str:
    return url.removesuffix(".git").lower()


def _commit(deployment: Deployment, ref: str | None) -> str | None:
    if ref is None:
        return None
    pushed = deployment.branch_heads.get(ref)
    return pushed or defaults.commit_of(deployment.source_config.get("repo_url", ""), ref)
