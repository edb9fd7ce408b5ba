"""Kubernetes containers that run before the agent (init containers) or beside it (sidecars).

Programs write snake_case; the control plane takes Kubernetes' own camelCase. Objects typed as plain
mappings are handed to Kubernetes unread, and so are written as Kubernetes writes them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, TypedDict

import pulumi
from pulumi import Input
from typing_extensions import Required

from ._input_type import input_type
from .volumes import VolumeMountArgs, VolumeMountArgsDict

ImagePullPolicy: TypeAlias = Literal["Always", "Never", "IfNotPresent"]
"""When an image is pulled. Default: Kubernetes chooses by the image's tag."""

RestartPolicy: TypeAlias = Literal["Always", "OnFailure"]
"""When a container is started again after it ended."""


@input_type
class ResourceRequirementsArgs:
    """Compute resources of a container, as Kubernetes quantities by name of the resource."""

    limits: Input[Mapping[str, Input[str]]] | None = None
    """The most it may use, such as ``{"memory": "256Mi"}``. Change: new revision."""
    requests: Input[Mapping[str, Input[str]]] | None = None
    """What is kept free for it, such as ``{"cpu": "100m"}``. Change: new revision."""


# Made from ResourceRequirementsArgs by docs/make_inputs.py; change that, then run `make docs`.
class ResourceRequirementsArgsDict(TypedDict, total=False):
    """Compute resources of a container, as Kubernetes quantities by name of the resource."""

    limits: Input[Mapping[str, Input[str]]] | None
    """The most it may use, such as ``{"memory": "256Mi"}``. Change: new revision."""
    requests: Input[Mapping[str, Input[str]]] | None
    """What is kept free for it, such as ``{"cpu": "100m"}``. Change: new revision."""


@input_type
class EnvVarArgs:
    """An environment variable of a container: a name with a value, or with where to find one."""

    name: Input[str]
    """Name of the variable. Change: new revision."""
    value: Input[str] | None = None
    """Its value; mark it as a Pulumi secret where it is one. Change: new revision."""
    value_from: Input[Mapping[str, Any]] | None = pulumi.property("valueFrom", default=None)
    """Where Kubernetes finds the value, such as ``{"secretKeyRef": {"name": ..., "key": ...}}``.
    Change: new revision."""


# Made from EnvVarArgs by docs/make_inputs.py; change that, then run `make docs`.
class EnvVarArgsDict(TypedDict, total=False):
    """An environment variable of a container: a name with a value, or with where to find one."""

    name: Required[Input[str]]
    """Name of the variable. Change: new revision."""
    value: Input[str] | None
    """Its value; mark it as a Pulumi secret where it is one. Change: new revision."""
    value_from: Input[Mapping[str, Any]] | None
    """Where Kubernetes finds the value, such as ``{"secretKeyRef": {"name": ..., "key": ...}}``.
    Change: new revision."""


@input_type
class ContainerArgs:
    """A container beside that of the agent. external_docker only."""

    name: Input[str]
    """Name of the container, unique in its pod. Change: new revision."""
    image: Input[str]
    """Image to run. Change: new revision."""
    image_pull_policy: Input[ImagePullPolicy] | None = pulumi.property(
        "imagePullPolicy", default=None
    )
    """When to pull the image: ``Always``, ``Never`` or ``IfNotPresent``. Change: new revision."""
    command: Input[Sequence[Input[str]]] | None = None
    """Program to run. Default: the image's entry point. Change: new revision."""
    args: Input[Sequence[Input[str]]] | None = None
    """Arguments of that program. Default: those of the image. Change: new revision."""
    working_dir: Input[str] | None = pulumi.property("workingDir", default=None)
    """Folder to run it in. Default: that of the image. Change: new revision."""
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
    """Volumes that the container sees. Change: new revision."""
    security_context: Input[Mapping[str, Any]] | None = pulumi.property(
        "securityContext", default=None
    )
    """Rights that the container runs with. Change: new revision."""
    restart_policy: Input[RestartPolicy] | None = pulumi.property("restartPolicy", default=None)
    """When to start it again: ``Always`` or ``OnFailure``. Change: new revision."""


# Made from ContainerArgs by docs/make_inputs.py; change that, then run `make docs`.
class ContainerArgsDict(TypedDict, total=False):
    """A container beside that of the agent. external_docker only."""

    name: Required[Input[str]]
    """Name of the container, unique in its pod. Change: new revision."""
    image: Required[Input[str]]
    """Image to run. Change: new revision."""
    image_pull_policy: Input[ImagePullPolicy] | None
    """When to pull the image: ``Always``, ``Never`` or ``IfNotPresent``. Change: new revision."""
    command: Input[Sequence[Input[str]]] | None
    """Program to run. Default: the image's entry point. Change: new revision."""
    args: Input[Sequence[Input[str]]] | None
    """Arguments of that program. Default: those of the image. Change: new revision."""
    working_dir: Input[str] | None
    """Folder to run it in. Default: that of the image. Change: new revision."""
    env: Input[Sequence[Input[EnvVarArgs | EnvVarArgsDict]]] | None
    """Environment variables. Change: new revision."""
    env_from: Input[Sequence[Input[Mapping[str, Any]]]] | None
    """ConfigMaps and Secrets whose keys all become variables, such as ``{"secretRef": {"name":
    ...}}``. Change: new revision."""
    resources: Input[ResourceRequirementsArgs | ResourceRequirementsArgsDict] | None
    """CPU and memory. Change: new revision."""
    volume_mounts: Input[Sequence[Input[VolumeMountArgs | VolumeMountArgsDict]]] | None
    """Volumes that the container sees. Change: new revision."""
    security_context: Input[Mapping[str, Any]] | None
    """Rights that the container runs with. Change: new revision."""
    restart_policy: Input[RestartPolicy] | None
    """When to start it again: ``Always`` or ``OnFailure``. Change: new revision."""
