"""The Kubernetes objects inside of a resource specification.

The service wants their keys in camelCase, unlike its own; programs may write either.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, AliasGenerator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from .fields import Flag, Model, NonEmpty, Text

Unread = dict[str, Any]
"""An object that the service passes on to Kubernetes; so do we."""


class _KubernetesModel(Model):
    model_config = ConfigDict(alias_generator=AliasGenerator(to_camel), populate_by_name=True)


class LocalObjectReference(_KubernetesModel):
    """A secret of type ``kubernetes.io/dockerconfigjson`` in the deployment's namespace."""

    name: NonEmpty


class Volume(_KubernetesModel):
    """Storage that containers can mount; besides the name, one member says of which kind."""

    name: NonEmpty
    config_map: Unread | None = None
    secret: Unread | None = None
    empty_dir: Unread | None = None
    persistent_volume_claim: Unread | None = None
    nfs: Unread | None = None
    projected: Unread | None = None
    downward_api: Annotated[
        Unread | None,
        Field(
            validation_alias=AliasChoices("downwardAPI", "downwardApi", "downward_api"),
            serialization_alias="downwardAPI",
        ),
    ] = None
    csi: Unread | None = None


class VolumeMount(_KubernetesModel):
    """Where a container sees a volume."""

    name: NonEmpty
    mount_path: NonEmpty
    sub_path: Text | None = None
    mount_propagation: NonEmpty | None = None
    sub_path_expr: Text | None = None
    read_only: Flag | None = None


class ResourceRequirements(_KubernetesModel):
    """What a container gets, in Kubernetes' own quantities (``"500m"``, ``"256Mi"``)."""

    limits: dict[str, Text] | None = None
    requests: dict[str, Text] | None = None


class EnvVar(_KubernetesModel):
    """An environment variable of an additional container."""

    name: NonEmpty
    value: Annotated[Text | None, Field(repr=False)] = None
    value_from: Unread | None = None


class Container(_KubernetesModel):
    """A container before (init) or beside (sidecar) the agent's own."""

    name: NonEmpty
    image: NonEmpty
    image_pull_policy: Literal["Always", "Never", "IfNotPresent"] | None = None
    command: list[Text] | None = None
    args: list[Text] | None = None
    working_dir: NonEmpty | None = None
    env: list[EnvVar] | None = None
    env_from: list[Unread] | None = None
    resources: ResourceRequirements | None = None
    volume_mounts: list[VolumeMount] | None = None
    security_context: Unread | None = None
    restart_policy: Literal["Always", "OnFailure"] | None = None
