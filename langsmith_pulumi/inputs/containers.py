"""Kubernetes containers that run before the agent (init containers) or beside it (sidecars).

Fields are written in snake_case and sent in Kubernetes' camelCase. Objects typed as plain mappings
are sent unchanged, so they are written as Kubernetes documents them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

import pulumi
from pulumi import Input
from typing_extensions import Required

from ._input_type import input_type
from .volumes import VolumeMountArgs, VolumeMountArgsDict

ImagePullPolicy: TypeAlias = Literal["Always", "Never", "IfNotPresent"]
"""Policy for pulling an image. Default: Kubernetes chooses by the image's tag."""

RestartPolicy: TypeAlias = Literal["Always", "OnFailure"]
"""Policy for restarting a container that has ended."""


@input_type
class ResourceRequirementsArgs:
    """Compute resources of a container, as Kubernetes quantities by name of the resource."""

    limits: Input[Mapping[str, Input[str]]] | None = None
    """Upper limits, such as ``{"memory": "256Mi"}``. Change: new revision."""
    requests: Input[Mapping[str, Input[str]]] | None = None
    """Reserved amounts, such as ``{"cpu": "100m"}``. Change: new revision."""


# Made from ResourceRequirementsArgs by docs/make_inputs.py; change that, then run `make docs`.
class ResourceRequirementsArgsDict(TypedDict, total=False):
    """Compute resources of a container, as Kubernetes quantities by name of the resource."""

    limits: Input[Mapping[str, Input[str]]] | None
    """Upper limits, such as ``{"memory": "256Mi"}``. Change: new revision."""
    requests: Input[Mapping[str, Input[str]]] | None
    """Reserved amounts, such as ``{"cpu": "100m"}``. Change: new revision."""


@input_type
class EnvVarArgs:
    """An environment variable of a container: a name with a value or with a reference to one."""

    name: Input[str]
    """Name of the variable. Change: new revision."""
    value: Input[str] | None = None
    """Its value; mark it as a Pulumi secret if it is one. Change: new revision."""
    value_from: Input[Mapping[str, Any]] | None = pulumi.property("valueFrom", default=None)
    """Reference to the value, such as ``{"secretKeyRef": {"name": ..., "key": ...}}``. Change: new
    revision."""


# Made from EnvVarArgs by docs/make_inputs.py; change that, then run `make docs`.
class EnvVarArgsDict(TypedDict, total=False):
    """An environment variable of a container: a name with a value or with a reference to one."""

    name: Required[Input[str]]
    """Name of the variable. Change: new revision."""
    value: Input[str] | None
    """Its value; mark it as a Pulumi secret if it is one. Change: new revision."""
    value_from: Input[Mapping[str, Any]] | None
    """Reference to the value, such as ``{"secretKeyRef": {"name": ..., "key": ...}}``. Change: new
    revision."""


@input_type
class ContainerArgs:
    """A container in the pod of the agent. external_docker only."""

    name: Input[str]
    """Name of the container, unique in its pod. Change: new revision."""
    image: Input[str]
    """Image to run. Change: new revision."""
    image_pull_policy: Input[ImagePullPolicy] | None = pulumi.property(
        "imagePullPolicy", default=None
    )
    """When to pull the image: ``Always``, ``Never`` or ``IfNotPresent``. Change: new revision."""
    command: Input[Sequence[Input[str]]] | None = None
    """Command to run. Default: the image's entry point. Change: new revision."""
    args: Input[Sequence[Input[str]]] | None = None
    """Arguments of the command. Default: those of the image. Change: new revision."""
    working_dir: Input[str] | None = pulumi.property("workingDir", default=None)
    """Working directory. Default: that of the image. Change: new revision."""
    env: Input[Sequence[Input[EnvVarArgs | EnvVarArgsDict]]] | None = None
    """Environment variables. Change: new revision."""
    env_from: Input[Sequence[Input[Mapping[str, Any]]]] | None = pulumi.property(
        "envFrom", default=None
    )
    """ConfigMaps and Secrets whose keys all become variables, such as ``{"secretRef": {"name":
    ...}}``. Change: new revision."""
    resources: Input[ResourceRequirementsArgs | ResourceRequirementsArgsDict] | None = None
    """CPU and memory. Change: new revision."""
    volume_mounts: Input[Sequence[Input[VolumeMountArgs | VolumeMountArgsDict]]] | None = (
        pulumi.property("volumeMounts", default=None)
    )
    """Volumes to mount into the container. Change: new revision."""
    security_context: Input[Mapping[str, Any]] | None = pulumi.property(
        "securityContext", default=None
    )
    """Security context of the container. Change: new revision."""
    restart_policy: Input[RestartPolicy] | None = pulumi.property("restartPolicy", default=None)
    """When to start it again: ``Always`` or ``OnFailure``. Change: new revision."""


# Made from ContainerArgs by docs/make_inputs.py; change that, then run `make docs`.
class ContainerArgsDict(TypedDict, total=False):
    """A container in the pod of the agent. external_docker only."""

    name: Required[Input[str]]
    """Name of the container, unique in its pod. Change: new revision."""
    image: Required[Input[str]]
    """Image to run. Change: new revision."""
    image_pull_policy: Input[ImagePullPolicy] | None
    """When to pull the image: ``Always``, ``Never`` or ``IfNotPresent``. Change: new revision."""
    command: Input[Sequence[Input[str]]] | None
    """Command to run. Default: the image's entry point. Change: new revision."""
    args: Input[Sequence[Input[str]]] | None
    """Arguments of the command. Default: those of the image. Change: new revision."""
    working_dir: Input[str] | None
    """Working directory. Default: that of the image. Change: new revision."""
    env: Input[Sequence[Input[EnvVarArgs | EnvVarArgsDict]]] | None
    """Environment variables. Change: new revision."""
    env_from: Input[Sequence[Input[Mapping[str, Any]]]] | None
    """ConfigMaps and Secrets whose keys all become variables, such as ``{"secretRef": {"name":
    ...}}``. Change: new revision."""
    resources: Input[ResourceRequirementsArgs | ResourceRequirementsArgsDict] | None
    """CPU and memory. Change: new revision."""
    volume_mounts: Input[Sequence[Input[VolumeMountArgs | VolumeMountArgsDict]]] | None
    """Volumes to mount into the container. Change: new revision."""
    security_context: Input[Mapping[str, Any]] | None
    """Security context of the container. Change: new revision."""
    restart_policy: Input[RestartPolicy] | None
    """When to start it again: ``Always`` or ``OnFailure``. Change: new revision."""
