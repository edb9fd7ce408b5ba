"""The validation rules of the service, as functions of plain values.

Bodies have no nulls: the service takes null and absent for the same.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langsmith_pulumi.testing.simulator.error_responses import (
    ApiError,
    listener_required,
    not_found,
    unknown_value,
)
from langsmith_pulumi.testing.simulator.records import ListenerRecord
from langsmith_pulumi.testing.simulator.settings import Settings

Body = Mapping[str, Any]

NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
TAG = "refs/tags/"
FIXED = (
    "integration_id",
    "deployment_type",
    "listener_id",
    "listener_config",
    "template_id",
)
MAY_SCALE_TO_ZERO = frozenset({"dev_zero", "dev_free_zero", "serverless"})
NEW_TYPES = frozenset({"serverless", "dedicated"})
DEDICATED_TYPES = frozenset({"prod", "dedicated"})

# Names of environment variables that users cannot set; Cloud reserves more than self-hosted.
RESERVED_NAMES = frozenset(
    {
        "LANGCHAIN_TRACING_V2",
        "LANGSMITH_TRACING_V2",
        "LANGCHAIN_ENDPOINT",
        "LANGCHAIN_PROJECT",
        "LANGSMITH_PROJECT",
        "LANGSMITH_LANGGRAPH_GIT_REPO",
        "LANGGRAPH_GIT_REPO_PATH",
        "LANGCHAIN_API_KEY",
        "LANGSMITH_CONTROL_PLANE_API_KEY",
        "POSTGRES_URI",
        "POSTGRES_PASSWORD",
        "DATABASE_URI",
        "LANGSMITH_LANGGRAPH_GIT_REF",
        "LANGSMITH_LANGGRAPH_GIT_REF_SHA",
        "LANGGRAPH_AUTH_TYPE",
        "LANGSMITH_AUTH_ENDPOINT",
        "LANGSMITH_TENANT_ID",
        "LANGSMITH_AUTH_VERIFY_TENANT_ID",
        "LANGSMITH_HOST_PROJECT_ID",
        "LANGSMITH_HOST_PROJECT_NAME",
        "LANGSMITH_HOST_REVISION_ID",
        "LOG_JSON",
        "LOG_DICT_TRACEBACKS",
        "REDIS_URI",
        "LANGCHAIN_CALLBACKS_BACKGROUND",
        "DD_TRACE_PSYCOPG_ENABLED",
        "DD_TRACE_REDIS_ENABLED",
        "LANGSMITH_DEPLOYMENT_NAME",
        "LANGGRAPH_CLOUD_LICENSE_KEY",
    }
)
RESERVED_NAMES_ON_CLOUD = frozenset(
    {
        "LANGSMITH_API_KEY",
        "LANGSMITH_ENDPOINT",
        "POSTGRES_URI_CUSTOM",
        "REDIS_URI_CUSTOM",
        "PATH",
        "PORT",
        "MOUNT_PREFIX",
        "LSD_ENV",
        "LSD_DD_API_KEY",
        "LSD_DD_ENDPOINT",
        "LSD_DEPLOYMENT_TYPE",
    }
)


@dataclass(frozen=True)
class Fields:
    """The fields that one source requires, and the others that it accepts."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()


def _fields(required: str = "", optional: str = "") -> Fields:
    return Fields(frozenset(required.split()), frozenset(optional.split()))


SOURCE_CONFIG = {
    "github": _fields(
        "integration_id repo_url deployment_type build_on_push", "install_command build_command"
    ),
    "external_docker": _fields("resource_spec", "listener_id listener_config custom_url"),
    "internal_docker": _fields("deployment_type"),
    "internal_source": _fields("deployment_type", "install_command build_command"),
    "internal_template": _fields("template_id deployment_type"),
}
_ANY_GITHUB = Fields(
    SOURCE_CONFIG["github"].required,
    SOURCE_CONFIG["github"].optional | {"resource_spec", "custom_url"},
)
SOURCE_REVISION_CONFIG = {
    "github": _fields("repo_ref langgraph_config_path"),
    "external_docker": _fields("image_uri"),
    "internal_docker": _fields(optional="image_uri"),
    "internal_source": _fields(optional="source_tarball_path langgraph_config_path"),
    "internal_template": _fields(),
}


def check_create(body: Body, settings: Settings, listeners: Sequence[ListenerRecord]) -> None:
    """Raise a 400 or 404 if the fields do not fit the source, each other, or the hosting."""
    source, config = body["source"], body["source_config"]
    _check_name(body["name"])
    _check_source(source, settings, listeners)
    _check_required("source_config", config, source, SOURCE_CONFIG)
    _check_required(
        "source_revision_config", body["source_revision_config"], source, SOURCE_REVISION_CONFIG
    )
    _check_placement(source, config, {listener.id: listener for listener in listeners})
    _check_integration(config, settings)
    _check_type(config.get("deployment_type"), settings)
    check_change(body, source, settings)
    check_merged(config, body["source_revision_config"])


def check_patch(body: Body, source: str, settings: Settings) -> None:
    """Raise a 400 if a patch names a fixed field, even unchanged, or one of another source."""
    fixed = (*FIXED, *(("repo_url",) if settings.fixed_repo_url else ()))
    for field in fixed:
        if field in body.get("source_config", {}):
            raise ApiError(
                400, f"Source configuration error: 'source_config.{field}' cannot be updated."
            )
    check_change(body, source, settings)
    _check_repository(body.get("source_config", {}), settings)


def check_change(body: Body, source: str, settings: Settings) -> None:
    """Raise a 400 if a field belongs to another source, or a secret's name is reserved."""
    revision_source = body.get("revision_source", source)
    allowed = SOURCE_CONFIG | ({"github": _ANY_GITHUB} if settings.github_resources else {})
    _check_foreign("source_config", body.get("source_config", {}), source, allowed)
    _check_foreign(
        "source_revision_config",
        body.get("source_revision_config", {}),
        revision_source,
        SOURCE_REVISION_CONFIG,
    )
    if body.get("secret_references") and source != "external_docker":
        raise ApiError(400, f"'secret_references' cannot be set for source '{source}'.")
    _check_secret_names((secret["name"] for secret in body.get("secrets", ())), source, settings)


def check_merged(config: Body, revision_config: Body) -> None:
    """Raise a 400 if the parts of a merged configuration contradict each other."""
    if config.get("build_on_push") and revision_config.get("repo_ref", "").startswith(TAG):
        raise ApiError(
            400,
            "Source configuration error: 'source_config.build_on_push' must be false when "
            "'source_revision_config.repo_ref' is a tag.",
        )
    spec = config.get("resource_spec", {})
    _check_scale(spec, "", config.get("deployment_type"))
    _check_scale(spec, "queue_", config.get("deployment_type"))


def check_tiers(body: Body, source: str, deployment_type: str | None) -> None:
    """Raise a 400 if there is no size, or one that does not fit the type of the deployment."""
    if source == "external_docker":
        raise ApiError(400, "Resource tiers are available on Cloud only.")
    if not body:
        raise ApiError(400, "At least one of 'compute_tier' and 'database_tier' is required.")
    kind = tier_kind(deployment_type)
    if "database_tier" in body and kind != "DEDICATED":
        raise ApiError(400, "'database_tier' can be set for dedicated deployments only.")
    for field, tier in sorted(body.items()):
        if not tier.startswith(kind):
            raise ApiError(400, f"'{field}' {tier} does not fit a {kind.lower()} deployment.")


def tier_kind(deployment_type: str | None) -> str:
    """Return the first part of the tiers of a deployment type."""
    return "DEDICATED" if deployment_type in DEDICATED_TYPES else "SERVERLESS"


def _check_type(deployment_type: str | None, settings: Settings) -> None:
    if deployment_type in NEW_TYPES and not settings.new_types:
        raise unknown_value(("source_config", "deployment_type"), str(deployment_type))
    if deployment_type in MAY_SCALE_TO_ZERO and not settings.scales_to_zero:
        raise ApiError(400, "Scale to zero deployments are not supported in AWS environments")


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ApiError(
            400,
            "Deployment name must start with a lower-case letter, contain only lower-case letters, "
            "digits and dashes, end in a letter or digit, and have at most 63 characters.",
        )


def _check_source(source: str, settings: Settings, listeners: Sequence[ListenerRecord]) -> None:
    image = source == "external_docker"
    is_rejected = {
        "any": False,
        "cloud": image and not listeners,
        "self-hosted": not image,
    }
    if is_rejected[settings.hosting or "any"]:
        raise ApiError(400, f"Source '{source}' is not available for this workspace.")


def _check_required(part: str, config: Body, source: str, table: Mapping[str, Fields]) -> None:
    for field in sorted(table[source].required - config.keys()):
        raise ApiError(
            400, f"{_error_of(part)}: '{part}.{field}' is required for source '{source}'."
        )


def _check_foreign(part: str, config: Body, source: str, table: Mapping[str, Fields]) -> None:
    known = table[source].required | table[source].optional
    for field in sorted(config.keys() - known):
        raise ApiError(
            400, f"{_error_of(part)}: '{part}.{field}' cannot be set for source '{source}'."
        )


def _error_of(part: str) -> str:
    return (
        "Source configuration error"
        if part == "source_config"
        else "Source revision configuration error"
    )


def _check_placement(source: str, config: Body, listeners: Mapping[str, ListenerRecord]) -> None:
    if source != "external_docker":
        return
    listener_id = config.get("listener_id")
    if listener_id is None:
        if listeners:
            raise listener_required(list(listeners))
        return
    if listener_id not in listeners:
        raise not_found("Listener", listener_id)
    namespace = config.get("listener_config", {}).get("k8s_namespace")
    if namespace and namespace not in (listeners[listener_id].k8s_namespaces or ()):
        raise ApiError(
            400,
            "Source configuration error: 'source_config.listener_config.k8s_namespace' "
            f"'{namespace}' is not served by listener ID {listener_id}.",
        )


def _check_integration(config: Body, settings: Settings) -> None:
    if "integration_id" not in config or settings.integrations is None:
        return
    if config["integration_id"] not in {integration.id for integration in settings.integrations}:
        raise not_found("Integration", config["integration_id"])


def _check_repository(config: Body, settings: Settings) -> None:
    """Raise a 400 if no GitHub integration of the workspace covers a changed repository."""
    if "repo_url" not in config or settings.integrations is None:
        return
    covered = {url for integration in settings.integrations for url in integration.repositories}
    if config["repo_url"] not in covered:
        raise ApiError(
            400,
            "Source configuration error: the GitHub app cannot read 'source_config.repo_url' "
            f"{config['repo_url']}.",
        )


def _check_secret_names(names: Iterable[str], source: str, settings: Settings) -> None:
    on_cloud = settings.hosting == "cloud" or (
        settings.hosting == "any" and source != "external_docker"
    )
    reserved = RESERVED_NAMES | RESERVED_NAMES_ON_CLOUD if on_cloud else RESERVED_NAMES
    for name in sorted(reserved.intersection(names)):
        raise ApiError(400, f"Secret name '{name}' is reserved.")


def _check_scale(spec: Body, prefix: str, deployment_type: str | None) -> None:
    least, most = spec.get(f"{prefix}min_scale"), spec.get(f"{prefix}max_scale")
    if least == 0 and deployment_type not in MAY_SCALE_TO_ZERO:
        raise ApiError(400, f"Source configuration error: '{prefix}min_scale' must be at least 1.")
    if least is not None and most is not None and least > most:
        raise ApiError(
            400, f"Source configuration error: '{prefix}min_scale' is above '{prefix}max_scale'."
        )
