"""New deployments and revisions, completed with the service's own defaults."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from langsmith_pulumi.testing.simulator.records import DeploymentRecord, Outcome, RevisionRecord
from langsmith_pulumi.testing.simulator.settings import Settings
from langsmith_pulumi.testing.simulator.workspace import Workspace, new_id

Body = Mapping[str, Any]

CPU_FIELD = re.compile(r"(.+_)?cpu(_limit)?")
LONGEST_SELF_HOSTED_NAME = 21

_COMMIT = re.compile(r"[0-9a-f]{40}")


def new_deployment(workspace: Workspace, body: Body, tenant_id: str) -> DeploymentRecord:
    """Make a deployment that has no revision yet."""
    clock = workspace.clock()
    return DeploymentRecord(
        id=new_id(),
        name=body["name"],
        tenant_id=tenant_id,
        source=body["source"],
        source_config=with_defaults(body["source"], body["source_config"]),
        secrets=body["secrets"],
        secret_references=body.get("secret_references"),
        agent=body.get("agent"),
        route_through_gateway=body.get("route_through_gateway"),
        timeline=workspace.timing.creation(workspace.now()),
        created_at=clock,
        updated_at=clock,
    )


def new_preview(workspace: Workspace, parent: DeploymentRecord, number: int) -> DeploymentRecord:
    """Make the preview build of a pull request, which has the parent's configuration."""
    body = {
        "name": f"{parent.name}-pr-{number}",
        "source": parent.source,
        "source_config": {**parent.source_config, "build_on_push": True},
        "secrets": list(parent.secrets),
    }
    preview = new_deployment(workspace, body, parent.tenant_id)
    preview.preview_of = parent.id
    return preview


def new_revision(
    workspace: Workspace, deployment: DeploymentRecord, body: Body, outcome: Outcome
) -> RevisionRecord:
    """Make a revision from the newest one and the body; fields left out are carried over."""
    clock, now = workspace.clock(), workspace.now(deployment)
    source = body.get("revision_source", deployment.source)
    config = deployment.revision_config | body.get("source_revision_config", {})
    return RevisionRecord(
        id=new_id(),
        source=source,
        config=config,
        timeline=workspace.timing.revision(source, outcome.status, now),
        outcome=outcome,
        commit=_commit(deployment, config.get("repo_ref")),
        tracked_packages=body.get("tracked_packages"),
        created_at=clock,
        updated_at=clock,
    )


def default_outcome(deployment: DeploymentRecord, settings: Settings) -> Outcome:
    """Return how a revision ends if no outcome was set for it."""
    if not _covers_repository(deployment, settings):
        return Outcome("BUILD_FAILED", build_log=["remote: Repository not found."])
    if settings.hosting == "self-hosted" and len(deployment.name) > LONGEST_SELF_HOSTED_NAME:
        # The name of its autoscaler gets too long; the service fails without a reason.
        return Outcome("DEPLOY_FAILED")
    return Outcome()


def with_defaults(source: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source configuration with defaults added and CPU values rounded."""
    completed = dict(config)
    if source != "external_docker":
        completed.setdefault("build_on_push", False)
    if "resource_spec" in config:
        completed["resource_spec"] = _with_resource_defaults(config["resource_spec"])
    return completed


def _with_resource_defaults(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Complete a resource spec: one replica of 1 CPU and 2048 MB; CPUs keep one decimal."""
    least = spec.get("min_scale", 1)
    filled = {"min_scale": least, "max_scale": max(1, least), "cpu": 1, "memory_mb": 2048, **spec}
    return {
        key: round(value, 1) if CPU_FIELD.fullmatch(key) else value for key, value in filled.items()
    }


def _covers_repository(deployment: DeploymentRecord, settings: Settings) -> bool:
    url = deployment.source_config.get("repo_url")
    if url is None or settings.integrations is None:
        return True
    wanted = deployment.source_config["integration_id"]
    return any(
        _normalize(url) in map(_normalize, integration.repositories)
        for integration in settings.integrations
        if integration.id == wanted
    )


def _normalize(url: str) -> str:
    return url.removesuffix(".git").lower()


def _commit(deployment: DeploymentRecord, ref: str | None) -> str | None:
    if ref is None:
        return None
    pushed = deployment.branch_heads.get(ref)
    return pushed or _resolve_ref(deployment.source_config.get("repo_url", ""), ref)


def _resolve_ref(repo_url: str, ref: str) -> str:
    """Return a ref that is a commit as it is, and for any other ref a made-up, stable commit."""
    if _COMMIT.fullmatch(ref):
        return ref
    return hashlib.sha1(f"{repo_url}@{ref}".encode(), usedforsecurity=False).hexdigest()
