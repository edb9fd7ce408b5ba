"""Models of requests."""

from .fields import explain
from .health_check import HealthCheck, HealthCheckSetting
from .requests import (
    MAX_NAME_LENGTH,
    NAME_PATTERN,
    DeploymentCreateRequest,
    DeploymentPatchRequest,
    ListenerComputeConfig,
    ListenerConfig,
    ListenerCreateRequest,
    ListenerPatchRequest,
    ResourceTiersRequest,
    Secret,
    SecretReference,
    Source,
    SourceConfigPatch,
    SourceConfigRequest,
    SourceRevisionConfigRequest,
)
from .resources import (
    Container,
    EnvVar,
    LocalObjectReference,
    ResourceRequirements,
    ResourceSpec,
    Volume,
    VolumeMount,
)

__all__ = [
    "MAX_NAME_LENGTH",
    "NAME_PATTERN",
    "Container",
    "Deployment",
    "DeploymentCreateRequest",
    "DeploymentPatchRequest",
    "EnvVar",
    "HealthCheck",
    "HealthCheckSetting",
    "ListenerComputeConfig",
    "ListenerConfig",
    "ListenerCreateRequest",
    "ListenerPatchRequest",
    "LocalObjectReference",
    "ResourceRequirements",
    "ResourceSpec",
    "ResourceTiersRequest",
    "Secret",
    "SecretReference",
    "Source",
    "SourceConfigPatch",
    "SourceConfigRequest",
    "SourceRevisionConfigRequest",
    "Volume",
    "VolumeMount",
    "explain",
]
