"""The resources of a deployment, and the Kubernetes objects inside of them.

The service takes the keys of Kubernetes objects in camelCase, unlike its own; programs may write
either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AliasChoices, AliasGenerator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from .fields import Amount, CoreLimit, Cores, Figure, Flag, Model, NonEmpty, Scale, Text, TopScale

if TYPE_CHECKING:
    from collections.abc import Mapping


Passthrough = dict[str, Any]
"""An object that is passed on to Kubernetes as it is."""


class _KubernetesModel(Model):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=AliasGenerator(to_camel), populate_by_name=True
    )


class LocalObjectReference(_KubernetesModel):
    """A secret of type ``kubernetes.io/dockerconfigjson`` in the deployment's namespace."""

    name: NonEmpty


class Volume(_KubernetesModel):
    """A volume that containers can mount; one member besides the name gives its kind."""

    name: NonEmpty
    config_map: Passthrough | None = None
    secret: Passthrough | None = None
    empty_dir: Passthrough | None = None
    persistent_volume_claim: Passthrough | None = None
    nfs: Passthrough | None = None
    projected: Passthrough | None = None
    downward_api: Annotated[
        Passthrough | None,
        Field(
            validation_alias=AliasChoices("downwardAPI", "downwardApi", "downward_api"),
            serialization_alias="downwardAPI",
        ),
    ] = None
    csi: Passthrough | None = None


class VolumeMount(_KubernetesModel):
    """A mount of a volume in a container."""

    name: NonEmpty
    mount_path: NonEmpty
    sub_path: Text | None = None
    mount_propagation: NonEmpty | None = None
    sub_path_expr: Text | None = None
    read_only: Flag | None = None


class ResourceRequirements(_KubernetesModel):
    """Limits and requests of a container, as Kubernetes quantities (``"500m"``, ``"256Mi"``)."""

    limits: dict[str, Text] | None = None
    requests: dict[str, Text] | None = None


class EnvVar(_KubernetesModel):
    """An environment variable of an additional container."""

    name: NonEmpty
    value: Annotated[Text | None, Field(repr=False)] = None
    value_from: Passthrough | None = None


class Container(_KubernetesModel):
    """A container before (init) or beside (sidecar) the agent's own."""

    name: NonEmpty
    image: NonEmpty
    image_pull_policy: Literal["Always", "Never", "IfNotPresent"] | None = None
    command: list[Text] | None = None
    args: list[Text] | None = None
    working_dir: NonEmpty | None = None
    env: list[EnvVar] | None = None
    env_from: list[Passthrough] | None = None
    resources: ResourceRequirements | None = None
    volume_mounts: list[VolumeMount] | None = None
    security_context: Passthrough | None = None
    restart_policy: Literal["Always", "OnFailure"] | None = None


def _about(description: str) -> Any:
    return Field(default=None, description=description)


_NOT_FOR_USE = "In the service's schema, but marked as not for use."


class ResourceSpec(Model):
    """Replicas, CPU, memory and additions of ``external_docker`` deployments.

    The service overwrites the stored object as a whole and rounds CPU figures to one decimal.
    """

    min_scale: Scale | None = _about(
        "Least number of replicas; 0 only on tiers that scale to zero."
    )
    max_scale: TopScale | None = _about("Greatest number of replicas.")
    cpu: Cores | None = _about("CPU request of each replica, in cores.")
    cpu_limit: CoreLimit | None = _about("CPU limit of each replica; twice `cpu` by default.")
    memory_mb: Amount | None = _about("Memory request of each replica, in MB.")
    memory_limit_mb: Amount | None = _about("Memory limit; twice `memory_mb` by default.")

    queue_min_scale: Scale | None = _about("Least number of queue workers; as `min_scale`.")
    queue_max_scale: TopScale | None = _about("Greatest number of queue workers; as `max_scale`.")
    queue_cpu: Cores | None = _about("CPU request of each queue worker; as `cpu` by default.")
    queue_cpu_limit: CoreLimit | None = _about("Twice `queue_cpu` by default.")
    queue_memory_mb: Amount | None = _about("Memory request of each queue worker; as `memory_mb`.")
    queue_memory_limit_mb: Amount | None = _about("Twice `queue_memory_mb` by default.")

    orchestrator_min_scale: Scale | None = _about(_NOT_FOR_USE)
    orchestrator_max_scale: TopScale | None = _about(_NOT_FOR_USE)
    orchestrator_cpu: Figure | None = _about(_NOT_FOR_USE)
    orchestrator_cpu_limit: Figure | None = _about(_NOT_FOR_USE)
    orchestrator_memory_mb: Amount | None = _about(_NOT_FOR_USE)
    orchestrator_memory_limit_mb: Amount | None = _about(_NOT_FOR_USE)
    executor_cpu: Figure | None = _about(_NOT_FOR_USE)
    executor_cpu_limit: Figure | None = _about(_NOT_FOR_USE)
    executor_memory_mb: Amount | None = _about(_NOT_FOR_USE)
    executor_memory_limit_mb: Amount | None = _about(_NOT_FOR_USE)

    redis_cpu: Cores | None = _about("CPU request of Redis, in cores.")
    redis_cpu_limit: CoreLimit | None = _about("Twice `redis_cpu` by default.")
    redis_memory_mb: Amount | None = _about("Memory request of Redis, in MB.")
    redis_memory_limit_mb: Amount | None = _about("As `redis_memory_mb` by default.")

    db_cpu: Figure | None = _about("CPU request of Postgres, in cores.")
    db_cpu_limit: Figure | None = _about("Twice `db_cpu` by default.")
    db_memory_mb: Amount | None = _about("Memory request of Postgres, in MB.")
    db_memory_limit_mb: Amount | None = _about("Twice `db_memory_mb` by default.")
    db_storage_gi: Amount | None = _about("Storage of Postgres, in GiB.")
    db_max_connections: Amount | None = _about("How many connections Postgres takes.")

    labels: dict[str, Text] | None = _about("Labels of the Kubernetes resources.")
    annotations: dict[str, Text] | None = _about("Annotations of the Kubernetes resources.")
    service_account_name: NonEmpty | None = _about("An existing service account of the namespace.")
    image_pull_secrets: list[LocalObjectReference] | None = None
    volumes: list[Volume] | None = None
    volume_mounts: list[VolumeMount] | None = None
    init_containers: list[Container] | None = None
    sidecars: list[Container] | None = None


def in_wire_format(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return a specification in the service's spelling, with unknown fields as they are.

    A PATCH sends stored and managed fields together. A newer service may have stored fields that
    this version does not know; they must be neither lost nor refused.
    """
    return {
        name: _field_in_wire_format(name, value)
        for name, value in spec.items()
        if value is not None
    }


def _field_in_wire_format(name: str, value: Any) -> Any:
    try:
        return ResourceSpec.model_validate({name: value}).payload()[name]
    except ValidationError:
        return value
