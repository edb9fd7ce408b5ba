"""The form of records in responses of the API."""

from datetime import datetime, timezone
from typing import Any

from langsmith_pulumi.testing.simulator.lifecycle import WITH_COMMIT
from langsmith_pulumi.testing.simulator.records import (
    DeploymentRecord,
    ListenerRecord,
    RevisionRecord,
)
from langsmith_pulumi.testing.simulator.schemas import ResourceSpec
from langsmith_pulumi.testing.simulator.settings import Integration, Settings
from langsmith_pulumi.testing.simulator.validation import tier_kind

Json = dict[str, Any]

IMAGE_VERSION = "0.5.31"
AGENTS_PREFIX = "/_agents/"
OLDER_TYPES = {"serverless": "dev_zero", "dedicated": "prod"}

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
        **_newer_fields(deployment, settings),
        "id": deployment.id,
        "name": deployment.name,
        "display_name": deployment.display_name,
        "tenant_id": deployment.tenant_id,
        "source": deployment.source,
        "source_config": _source_config(deployment, settings),
        "source_revision_config": _revision_config(latest, settings)
        if latest
        else (None if settings.null_revision_config else _empty_revision_config()),
        "secrets": deployment.secrets if _shows_secrets(deployment, settings) else [],
        "secret_references": []
        if _has_no_references(deployment, settings)
        else deployment.secret_references,
        "created_at": timestamp(deployment.created_at),
        "updated_at": timestamp(deployment.updated_at),
        "status": deployment.timeline.status,
        "latest_revision_id": latest.id if latest else None,
        "active_revision_id": active.id if active else None,
        "image_version": IMAGE_VERSION if active else None,
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


def listener_view(listener: ListenerRecord) -> Json:
    """Return a listener in the form of the API."""
    return {
        "id": listener.id,
        "version": listener.version,
        "compute_type": "k8s",
        "compute_id": listener.compute_id,
        "compute_config": {"k8s_namespaces": listener.k8s_namespaces},
        "created_at": timestamp(listener.created_at),
        "updated_at": timestamp(listener.updated_at),
    }


def timestamp(seconds: float) -> str:
    """Return seconds since the epoch in the format of the service."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat()


def _newer_fields(deployment: DeploymentRecord, settings: Settings) -> Json:
    is_image = deployment.source == "external_docker"
    shown: Json = {}
    if settings.shows_url:
        shown["url"] = None if is_image else _url(deployment, settings)
    if settings.shows_previews:
        shown["is_preview"] = deployment.preview_of is not None
    if settings.shows_tiers and not is_image:
        kind = tier_kind(deployment.source_config.get("deployment_type"))
        shown["compute_tier"] = deployment.compute_tier or f"{kind}_S"
        database = deployment.database_tier or f"{kind}_S"
        shown["database_tier"] = database if kind == "DEDICATED" else None
    return shown


def _source_config(deployment: DeploymentRecord, settings: Settings) -> Json:
    shown = dict.fromkeys(SOURCE_CONFIG) | deployment.source_config
    shown["custom_url"] = shown["custom_url"] or _url(deployment, settings)
    if settings.images_show_type and deployment.source == "external_docker":
        shown |= {"deployment_type": "prod", "build_on_push": False}
    if settings.shows_older_types:
        kind = shown["deployment_type"]
        shown["deployment_type"] = OLDER_TYPES.get(str(kind), kind)
    if settings.lists_unset_resources and shown["resource_spec"]:
        shown["resource_spec"] = dict.fromkeys(ResourceSpec.model_fields) | shown["resource_spec"]
    if settings.as_built and deployment.source == "github":
        shown["repo_branch"] = deployment.revision_config.get("repo_ref")
    return {field: value for field, value in shown.items() if field not in (settings.omitted or ())}


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


def _url(deployment: DeploymentRecord, settings: Settings) -> str | None:
    if deployment.active is None:
        return None
    if settings.serve_agents:
        return f"{settings.url}{AGENTS_PREFIX}{deployment.id}"
    if deployment.source == "external_docker" and not settings.images_get_url:
        return None
    host = "langgraph.example.com" if deployment.source == "external_docker" else "us.langgraph.app"
    return f"https://{deployment.name}-{deployment.id.replace('-', '')}.{host}"


def _has_no_references(deployment: DeploymentRecord, settings: Settings) -> bool:
    return deployment.secret_references is None and bool(settings.empty_references)


def _shows_secrets(deployment: DeploymentRecord, settings: Settings) -> bool:
    if settings.secrets_at_once:
        return bool(deployment.revisions)
    return any(revision.status != "CREATING" for revision in deployment.revisions)
