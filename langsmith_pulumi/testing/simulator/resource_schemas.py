"""The resources of a deployment, down to the Kubernetes objects that are passed on unread."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from langsmith_pulumi.testing.simulator.strict import Strict

Cpu = Annotated[float, Field(ge=0.1, le=8)]
CpuLimit = Annotated[float, Field(ge=0.1, le=16)]
Amount = Annotated[int, Field(gt=0)]
Replicas = Annotated[int, Field(ge=0)]
Object = dict[str, Any]


class _Kubernetes(Strict):
    model_config = ConfigDict(alias_generator=to_camel)


class LocalObjectReference(Strict):
    """A secret by name, in the namespace of the deployment."""

    name: str


class Volume(_Kubernetes):
    """A volume; what it is made of is passed on unread."""

    name: str | None = None
    config_map: Object | None = None
    secret: Object | None = None
    empty_dir: Object | None = None
    persistent_volume_claim: Object | None = None
    nfs: Object | None = None
    projected: Object | None = None
    downward_api: Annotated[Object | None, Field(alias="downwardAPI")] = None
    csi: Object | None = None


class VolumeMount(_Kubernetes):
    """Where a container finds a volume."""

    name: str | None = None
    mount_path: str | None = None
    sub_path: str | None = None
    mount_propagation: str | None = None
    sub_path_expr: str | None = None
    read_only: bool | None = None


class ResourceRequirements(_Kubernetes):
    """Limits and requests of a container."""

    limits: dict[str, str] | None = None
    requests: dict[str, str] | None = None


class EnvVar(_Kubernetes):
    """An environment variable of a container."""

    name: str
    value: str | None = None
    value_from: Object | None = None


class Container(_Kubernetes):
    """A container that runs before or beside the agent."""

    name: str
    image: str
    image_pull_policy: str | None = None
    command: list[str] | None = None
    args: list[str] | None = None
    working_dir: str | None = None
    env: list[EnvVar] | None = None
    env_from: list[Object] | None = None
    resources: ResourceRequirements | None = None
    volume_mounts: list[VolumeMount] | None = None
    security_context: Object | None = None
    restart_policy: str | None = None


class ResourceSpec(Strict):
    """The figures of a deployment: the agent, its queue workers, Redis and Postgres."""

    min_scale: Replicas | None = None
    max_scale: Replicas | None = None
    cpu: Cpu | None = None
    cpu_limit: CpuLimit | None = None
    memory_mb: Amount | None = None
    memory_limit_mb: Amount | None = None
    queue_min_scale: Replicas | None = None
    queue_max_scale: Replicas | None = None
    queue_cpu: Cpu | None = None
    queue_cpu_limit: CpuLimit | None = None
    queue_memory_mb: Amount | None = None
    queue_memory_limit_mb: Amount | None = None
    orchestrator_cpu: float | None = None
    orchestrator_cpu_limit: float | None = None
    orchestrator_memory_mb: int | None = None
    orchestrator_memory_limit_mb: int | None = None
    orchestrator_min_scale: int | None = None
    orchestrator_max_scale: int | None = None
    executor_cpu: float | None = None
    executor_cpu_limit: float | None = None
    executor_memory_mb: int | None = None
    executor_memory_limit_mb: int | None = None
    redis_cpu: Cpu | None = None
    redis_cpu_limit: CpuLimit | None = None
    redis_memory_mb: Amount | None = None
    redis_memory_limit_mb: Amount | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    service_account_name: str | None = None
    image_pull_secrets: list[LocalObjectReference] | None = None
    volumes: list[Volume] | None = None
    volume_mounts: list[VolumeMount] | None = None
    init_containers: list[Container] | None = None
    sidecars: list[Container] | None = None
    db_cpu: float | None = None
    db_cpu_limit: float | None = None
    db_memory_mb: Amount | None = None
    db_memory_limit_mb: Amount | None = None
    db_storage_gi: Amount | None = None
    db_max_connections: Amount | None = None
