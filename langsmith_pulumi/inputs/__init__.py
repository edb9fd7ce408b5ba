"""The typed arguments of deployments and listeners: each object as a class and as a dict.

``SourceConfigArgs(repo_url=...)`` is a class, ``SourceConfigArgsDict`` the type of a plain dict:
``{"repo_url": ...}``. Both have the same fields, may be nested in one another, and take a Pulumi
output wherever they take a value. A field left out, or None, is not managed: the service chooses.

Each field's description ends with what a change of it does:

- *Change: in place.* A setting changes; nothing is built.
- *Change: new revision.* The agent is built and deployed again while the old revision serves.
- *Change: replace.* The deployment is deleted and created again; its database is lost.

Fields with few values, such as ``source``, take literals, so that an editor completes them and a
type checker refuses a misspelt one; the preview refuses it too. A value from the stack's
configuration is a plain ``str``: ``cast(DeploymentSource, config.require("source"))`` passes it to
the type checker. ``DeploymentType`` takes any ``str``, for the service may know more tiers.
"""

from .containers import (
    ContainerArgs,
    ContainerArgsDict,
    EnvVarArgs,
    EnvVarArgsDict,
    ImagePullPolicy,
    ResourceRequirementsArgs,
    ResourceRequirementsArgsDict,
    RestartPolicy,
)
from .health_check import HealthCheckArgs, HealthCheckArgsDict
from .listener import ComputeConfigArgs, ComputeConfigArgsDict, ComputeType
from .resources import ResourceSpecArgs, ResourceSpecArgsDict
from .secrets import (
    EnvironmentVariablesMap,
    SecretReferenceArgs,
    SecretReferenceArgsDict,
    SecretsMap,
)
from .source import (
    DeploymentSize,
    DeploymentSource,
    DeploymentType,
    ListenerConfigArgs,
    ListenerConfigArgsDict,
    RevisionSource,
    SourceConfigArgs,
    SourceConfigArgsDict,
    SourceRevisionConfigArgs,
    SourceRevisionConfigArgsDict,
)
from .volumes import (
    LocalObjectReferenceArgs,
    LocalObjectReferenceArgsDict,
    VolumeArgs,
    VolumeArgsDict,
    VolumeMountArgs,
    VolumeMountArgsDict,
)

__all__ = [
    "ComputeConfigArgs",
    "ComputeConfigArgsDict",
    "ComputeType",
    "ContainerArgs",
    "ContainerArgsDict",
    "DeploymentSize",
    "DeploymentSource",
    "DeploymentType",
    "EnvVarArgs",
    "EnvVarArgsDict",
    "EnvironmentVariablesMap",
    "HealthCheckArgs",
    "HealthCheckArgsDict",
    "ImagePullPolicy",
    "ListenerConfigArgs",
    "ListenerConfigArgsDict",
    "LocalObjectReferenceArgs",
    "LocalObjectReferenceArgsDict",
    "ResourceRequirementsArgs",
    "ResourceRequirementsArgsDict",
    "ResourceSpecArgs",
    "ResourceSpecArgsDict",
    "RestartPolicy",
    "RevisionSource",
    "SecretReferenceArgs",
    "SecretReferenceArgsDict",
    "SecretsMap",
    "SourceConfigArgs",
    "SourceConfigArgsDict",
    "SourceRevisionConfigArgs",
    "SourceRevisionConfigArgsDict",
    "VolumeArgs",
    "VolumeArgsDict",
    "VolumeMountArgs",
    "VolumeMountArgsDict",
]
