"""Kubernetes volumes and mounts of a deployment.

Fields are written in snake_case and sent in Kubernetes' camelCase. The *content* of a volume's
source is sent unchanged, so it is written as Kubernetes documents it.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

import pulumi
from pulumi import Input
from typing_extensions import Required

from ._input_type import input_type


@input_type
class LocalObjectReferenceArgs:
    """A Kubernetes object in the deployment's namespace."""

    name: Input[str]
    """Name of a Secret of type ``kubernetes.io/dockerconfigjson``. Change: new revision."""


# Made from LocalObjectReferenceArgs by docs/make_inputs.py; change that, then run `make docs`.
class LocalObjectReferenceArgsDict(TypedDict, total=False):
    """A Kubernetes object in the deployment's namespace."""

    name: Required[Input[str]]
    """Name of a Secret of type ``kubernetes.io/dockerconfigjson``. Change: new revision."""


@input_type
class VolumeArgs:
    """A Kubernetes volume: its name and exactly one source of its content."""

    name: Input[str] | None = None
    """Name by which mounts refer to the volume; Kubernetes needs it. Change: new revision."""
    config_map: Input[Mapping[str, Any]] | None = pulumi.property("configMap", default=None)
    """ConfigMap whose keys become files. Change: new revision."""
    secret: Input[Mapping[str, Any]] | None = None
    """Kubernetes Secret whose keys become files. Change: new revision."""
    empty_dir: Input[Mapping[str, Any]] | None = pulumi.property("emptyDir", default=None)
    """Directory that lives as long as its pod; ``{}`` is enough. Change: new revision."""
    persistent_volume_claim: Input[Mapping[str, Any]] | None = pulumi.property(
        "persistentVolumeClaim", default=None
    )
    """Claim of a persistent volume. Change: new revision."""
    nfs: Input[Mapping[str, Any]] | None = None
    """Directory of an NFS server. Change: new revision."""
    projected: Input[Mapping[str, Any]] | None = None
    """Several sources in one directory. Change: new revision."""
    downward_api: Input[Mapping[str, Any]] | None = pulumi.property("downwardAPI", default=None)
    """Fields of the pod as files. Change: new revision."""
    csi: Input[Mapping[str, Any]] | None = None
    """Volume of a CSI driver. Change: new revision."""


# Made from VolumeArgs by docs/make_inputs.py; change that, then run `make docs`.
class VolumeArgsDict(TypedDict, total=False):
    """A Kubernetes volume: its name and exactly one source of its content."""

    name: Input[str] | None
    """Name by which mounts refer to the volume; Kubernetes needs it. Change: new revision."""
    config_map: Input[Mapping[str, Any]] | None
    """ConfigMap whose keys become files. Change: new revision."""
    secret: Input[Mapping[str, Any]] | None
    """Kubernetes Secret whose keys become files. Change: new revision."""
    empty_dir: Input[Mapping[str, Any]] | None
    """Directory that lives as long as its pod; ``{}`` is enough. Change: new revision."""
    persistent_volume_claim: Input[Mapping[str, Any]] | None
    """Claim of a persistent volume. Change: new revision."""
    nfs: Input[Mapping[str, Any]] | None
    """Directory of an NFS server. Change: new revision."""
    projected: Input[Mapping[str, Any]] | None
    """Several sources in one directory. Change: new revision."""
    downward_api: Input[Mapping[str, Any]] | None
    """Fields of the pod as files. Change: new revision."""
    csi: Input[Mapping[str, Any]] | None
    """Volume of a CSI driver. Change: new revision."""


@input_type
class VolumeMountArgs:
    """A volume as it is mounted into a container."""

    name: Input[str] | None = None
    """Name of the volume; Kubernetes needs it. Change: new revision."""
    mount_path: Input[str] | None = pulumi.property("mountPath", default=None)
    """Path in the container; Kubernetes needs it. Change: new revision."""
    sub_path: Input[str] | None = pulumi.property("subPath", default=None)
    """Path within the volume. Default: its root. Change: new revision."""
    mount_propagation: Input[str] | None = pulumi.property("mountPropagation", default=None)
    """Propagation of later mounts between host and container: ``None``, ``HostToContainer`` or
    ``Bidirectional``. Default: ``None``. Change: new revision."""
    sub_path_expr: Input[str] | None = pulumi.property("subPathExpr", default=None)
    """As ``sub_path``, with ``$(NAME)`` replaced by environment variables; not together with it.
    Change: new revision."""
    read_only: Input[bool] | None = pulumi.property("readOnly", default=None)
    """Mount read-only. Default: False. Change: new revision."""


# Made from VolumeMountArgs by docs/make_inputs.py; change that, then run `make docs`.
class VolumeMountArgsDict(TypedDict, total=False):
    """A volume as it is mounted into a container."""

    name: Input[str] | None
    """Name of the volume; Kubernetes needs it. Change: new revision."""
    mount_path: Input[str] | None
    """Path in the container; Kubernetes needs it. Change: new revision."""
    sub_path: Input[str] | None
    """Path within the volume. Default: its root. Change: new revision."""
    mount_propagation: Input[str] | None
    """Propagation of later mounts between host and container: ``None``, ``HostToContainer`` or
    ``Bidirectional``. Default: ``None``. Change: new revision."""
    sub_path_expr: Input[str] | None
    """As ``sub_path``, with ``$(NAME)`` replaced by environment variables; not together with it.
    Change: new revision."""
    read_only: Input[bool] | None
    """Mount read-only. Default: False. Change: new revision."""
