"""The models of requests and answers, under one name."""

from .answers import Deployment, Page, Revision
from .fields import explain
from .kubernetes import (
    Container,
    EnvVar,
    LocalObjectReference,
    ResourceRequirements,
    Volume,
    VolumeMount,
)
from .requests import (
    DeploymentCreateRequest,
    DeploymentPatchRequest,
    DeploymentType,
    ListenerConfig,
    Secret,
    SecretReference,
    Source,
    SourceConfigPatch,
    SourceConfigRequest,
    SourceRevisionConfigRequest,
)
from .resources import ResourceSpec

__all__ = [
    "Container",
    "Deployment",
    "DeploymentCreateRequest",
    "DeploymentPatchRequest",
    "DeploymentType",
    "EnvVar",
    "ListenerConfig",
    "LocalObjectReference",
    "Page",
    "ResourceRequirements",
    "ResourceSpec",
    "Revision",
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
