"""The form of records in responses of the API."""

from datetime import datetime, timezone
from typing import Any

from langsmith_pulumi.testing.simulator.lifecycle import (
    IMAGE_STATUSES,
    STATUSES_OF_SOURCE,
    WITH_COMMIT,
    WITH_DEPLOY_LOG,
    WITHOUT_BUILD_LOG,
)
from langsmith_pulumi.testing.simulator.records import DeploymentRecord, RevisionRecord
from langsmith_pulumi.testing.simulator.settings import Integration, Listener, Settings

Json = dict[str, Any]

IMAGE_VERSION = "0.5.31"

SOURCE_CONFIG = (
    "integration_id",
    "repo_url",
    "deployment_type",
    "build_on_push",
    "custom_url",
    "resource_spec",
    "listener_id",
    "listener_config",
    "install_command",
    "build_command",
    "template_id",
)
SOURCE_REVISION_CONFIG = (
    "repo_ref",
    "langgraph_config_path",
    "image_uri",
    "source_tarball_path",
)


def deployment_view(deployment: DeploymentRecord, settings: Settings) -> Json:
    """Return a deployment in the form of the API, with its secret values."""
    latest, active = deployment.latest, deployment.active
    return {
        "id": deployment.id,
        "name": deployment.name,
        "display_name": deployment.display_name,
        "tenant_id": deployment.tenant_id,
        "source": deployment.source,
        "source_config": _source_config(deployment, settings),
        "source_revision_config": _revision_config(latest, settings)
        if latest
        else _empty_revision_config(),
        "secrets": deployment.secrets if _has_started(deployment) else [],
        "secret_references": deployment.secret_references,
        "created_at": timestamp(deployment.created_at),
        "updated_at": timestamp(deployment.updated_at),
        "status": deployment.timeline.status,
        "latest_revision_id": latest.id if latest else None,
        "active_revision_id": active.id if active else None,
        "image_version": IMAGE_VERSION if active else None,
        "url": _url(deployment) if deployment.source != "external_docker" else None,
        "agent": deployment.agent,
        "route_through_gateway": deployment.route_through_gateway,
    }


def revision_view(revision: RevisionRecord, settings: Settings) -> Json:
    """Return a revision in the form of the API."""
    return {
        "id": revision.id,
        "created_at": timestamp(revision.created_at),
        "updated_at": timestamp(revision.updated_at),
        "status": revision.status,
        "status_message": revision.outcome.status_message
        if revision.timeline.is_finished
        else None,
        "source": revision.source,
        "source_revision_config": _revision_config(revision, settings),
    }


def build_log(deployment: DeploymentRecord, revision: RevisionRecord) -> list[str]:
    """Return the lines of the build log, which exist as soon as the build has begun."""
    if revision.status in WITHOUT_BUILD_LOG:
        return []
    if revision.outcome.build_log or STATUSES_OF_SOURCE[revision.source] == IMAGE_STATUSES:
        return revision.outcome.build_log
    return [
        f"Fetching {revision.commit or 'source'} for {deployment.name}",
        "Building the image",
        "Pushing the image",
    ]


def deploy_log(deployment: DeploymentRecord, revision: RevisionRecord) -> list[str]:
    """Return the lines of the server log, which exist as soon as the server starts."""
    if revision.status not in WITH_DEPLOY_LOG:
        return []
    return revision.outcome.deploy_log or [
        f"Starting {deployment.name}",
        "Application startup complete",
    ]


def integration_view(integration: Integration) -> Json:
    """Return a GitHub integration in the form of the API."""
    return {
        "id": integration.id,
        "installation_id": integration.installation_id,
        "name": integration.name,
    }


def repository_view(integration: Integration, number: int, url: str) -> Json:
    """Return a repository of an integration in the form of the API."""
    owner, name = url.removesuffix(".git").split("/")[-2:]
    return {
        "host_integration_id": integration.id,
        "id": number,
        "name": name,
        "owner": owner,
        "url": url,
        "default_branch": "main",
    }


def listener_view(listener: Listener) -> Json:
    """Return a listener in the form of the API."""
    return {
        "id": listener.id,
        "version": "0.1.0",
        "compute_type": "k8s",
        "compute_id": listener.compute_id,
        "compute_config": {"k8s_namespaces": list(listener.k8s_namespaces)},
        "created_at": timestamp(0),
        "updated_at": timestamp(0),
    }


def timestamp(seconds: float) -> str:
    """Return seconds since the epoch in the format of the service."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def _source_config(deployment: DeploymentRecord, settings: Settings) -> Json:
    shown = dict.fromkeys(SOURCE_CONFIG) | deployment.source_config
    shown["custom_url"] = shown["custom_url"] or _url(deployment)
    if settings.as_built and deployment.source == "github":
        shown["repo_branch"] = deployment.revision_config.get("repo_ref")
    return {field: value for field, value in shown.items() if field not in settings.omitted}


def _revision_config(revision: RevisionRecord, settings: Settings) -> Json:
    built = revision.status in WITH_COMMIT
    shown = (
        _empty_revision_config() | revision.config | {"tracked_packages": revision.tracked_packages}
    )
    if built:
        shown["repo_commit_sha"] = revision.commit
    if built and settings.as_built and revision.commit:
        shown["repo_ref"] = revision.commit
        shown["image_uri"] = f"registry.langgraph.app/{revision.id}:{revision.commit[:12]}"
    return shown


def _empty_revision_config() -> Json:
    return dict.fromkeys((*SOURCE_REVISION_CONFIG, "repo_commit_sha", "tracked_packages"))


def _url(deployment: DeploymentRecord) -> str | None:
    if deployment.active is None:
        return None
    host = "langgraph.example.com" if deployment.source == "external_docker" else "us.langgraph.app"
    return f"https://{deployment.name}-{deployment.id.replace('-', '')}.{host}"


def _has_started(deployment: DeploymentRecord) -> bool:
    return any(revision.status != "CREATING" for revision in deployment.revisions)
